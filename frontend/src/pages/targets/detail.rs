//! One target: how it stands and what to do about it, its scrapes, its metrics, its incidents, and the labels it gets.

use watchkeeper_common::problem::ErrorCode;
use watchkeeper_common::target::TargetView;

use super::Editing;
use super::actions::Actions;
use super::form::TargetForm;
use super::history::History;
use crate::api::{Fault, Session};
use crate::components::badge::StateBadge;
use crate::components::clock::Ago;
use crate::components::copy::Command;
use crate::components::dialog::Dialog;
use crate::components::latest::Shown;
use crate::components::live::{live, nouns};
use crate::components::remote::{Empty, Skeleton, remote};
use crate::components::title::title;
use crate::dom::prelude::*;
use crate::model::{form, remedy, words};
use crate::pages::incidents::IncidentRows;
use crate::pages::metrics::chart_of;
use crate::router::{A, NavigateOptions, use_id, use_navigate};
use crate::routes::Place;

pub(crate) fn target(session: Session) -> Piece {
    let id: Signal<String> = use_id().into();
    let found = live(nouns![Target], move || id.get(), move |id| session.target(&id));
    title(move || found.data.with(|data| data.map_or_else(|| "Target".to_owned(), |data| data.name.clone())));
    let missing = Memo::new(move |_| {
        !found.data.is_there()
            && found.fault.with(|fault| fault.as_ref().and_then(Fault::code) == Some(ErrorCode::NotFound))
    });
    let open = RwSignal::new(false);
    let navigate = use_navigate();
    let gone = Callback::new(move |()| navigate(&Place::Targets.href(), NavigateOptions::default()));
    let done = move |()| {
        open.set(false);
        found.again();
    };
    let heading = move || found.data.with(|data| data.map_or_else(String::new, |data| format!("Edit {}", data.name)));
    let page = remote(found, Skeleton::Text, move |target| {
        view! {
            <Header target=target session=session edit=Callback::new(move |_| open.set(true))
                changed=Callback::new(move |()| found.again()) gone=gone/>
            <History session=session id=id/>
            <Incidents target=target session=session/>
            <Labels id=id session=session/>
            <Dialog open=open heading=Signal::derive(heading)>
                <TargetForm session=session editing=Editing::Existing(Box::new(target.get_untracked())) done=done/>
            </Dialog>
        }
    });
    view! {
        <p class="crumb"><A href=Place::Targets.href()>"← Targets"</A></p>
        <Show when=move || missing.get()>
            <Empty heading="No such target"><p>"It may have been deleted, or the address is mistyped."</p></Empty>
        </Show>
        <div class="stack" hidden=derived(move || missing.get())>{page}</div>
    }
}

#[component]
fn Header(
    target: Shown<TargetView>,
    session: Session,
    edit: Callback<Editing>,
    changed: Callback<()>,
    gone: Callback<()>,
) -> impl IntoPiece {
    let url = move || target.with(|target| format!("{}://{}{}", target.scheme, target.address, target.metrics_path));
    let about = move || {
        target.with(|target| {
            let tags = form::tags_text(&target.tags);
            let kind = words::exporter(target.kind).0;
            if tags.is_empty() { kind.to_owned() } else { format!("{kind} · {tags}") }
        })
    };
    let charts = Memo::new(move |_| target.with(|target| chart_of(&target.address, "", None)));
    view! {
        <header class="incident-head">
            <div class="incident-state">
                <StateBadge badge=Signal::derive(move || words::health(target.get().health.state))/>
                {dynamic(move || target.get().health.last_scrape.map(|at| view! { <span class="muted small">"scraped " <Ago at=at/></span> }))}
            </div>
            <div class="buttons">
                {dynamic(move || view! { <A href=charts.get() class="button primary">"Charts"</A> })}
                <Actions target=Signal::derive(move || Some(target.get())) session=session edit=edit changed=changed deleted=gone/>
            </div>
            <h1>{dynamic(move || target.get().name)}</h1>
            <p class="muted"><code>{dynamic(url)}</code> " · " {dynamic(about)}</p>
        </header>
        {dynamic(move || target.with(trouble))}
    }
}

/// What is the matter, what to do, and the scraper's own words.
fn trouble(target: &TargetView) -> Option<Piece> {
    let remedy = remedy::of(target);
    let words = target.health.error.clone();
    if remedy.is_none() && words.is_none() {
        return None;
    }
    let advice = remedy.map(|remedy| {
        view! {
            <p><strong>{remedy.what}</strong>". " {remedy.act}</p>
            {remedy.command.map(|command| view! { <Command text=Signal::stored(command)/> })}
        }
    });
    Some(
        view! { <section class="notice bad" aria-label="What is the matter">{advice}{words.map(|words| view! { <p class="well">{words}</p> })}</section> },
    )
}

#[component]
fn Incidents(target: Shown<TargetView>, session: Session) -> impl IntoPiece {
    let address = Memo::new(move |_| target.with(|target| target.address.clone()));
    let of_target = move |address: String| session.incidents(vec![("instance", address)]);
    let page = live(nouns![Incident], move || address.get(), of_target);
    view! {
        <section class="card" aria-labelledby="target-incidents">
            <h2 id="target-incidents">"Incidents"</h2>
            {remote(page, Skeleton::Rows(2), |page| view! {
                <Show when=move || page.with(|page| !page.items.is_empty())
                    fallback=|| view! { <p class="muted">"None so far."</p> }>
                    <IncidentRows rows=Signal::derive(move || page.get().items)/>
                </Show>
            })}
        </section>
    }
}

/// What Prometheus is told, which is also what every series of it carries.
#[component]
fn Labels(id: Signal<String>, session: Session) -> impl IntoPiece {
    let group = live(nouns![Target], move || id.get(), move |id| session.discovery(&id));
    let label = |(name, value): (String, String)| view! { <div><dt><code>{name}</code></dt><dd><code>{value}</code></dd></div> };
    view! {
        <section class="card" aria-labelledby="labels-heading">
            <h2 id="labels-heading">"Labels of its series"</h2>
            {remote(group, Skeleton::Text, move |group| view! {
                <dl class="labels">{dynamic(move || group.get().labels.into_iter().map(label).collect_view())}</dl>
            })}
            <p class="muted small">"Service discovery tells these while the target is not paused."</p>
        </section>
    }
}
