//! The lower half of an incident: other explanations, its history, the messages it caused.

use watchkeeper_common::incident::{IncidentDetail, TimelineEntry, TimelineKind};

use super::{Lit, chip};
use crate::api::Session;
use crate::components::action::Doing;
use crate::components::clock::Ago;
use crate::components::dialog::Confirm;
use crate::components::latest::Shown;
use crate::components::live::{live, nouns};
use crate::components::remote::{Skeleton, remote};
use crate::components::toast::use_toaster;
use crate::dom::prelude::*;
use crate::model::words;
use crate::pages::deliveries::DeliveryTable;
use crate::router::A;
use crate::routes::Place;

#[component]
pub(super) fn Hypotheses(data: Shown<IncidentDetail>, lit: Lit) -> impl IntoPiece {
    let all = Memo::new(move |_| data.get().hypotheses);
    let chips = move |ids: Vec<String>| ids.into_iter().map(|id| chip(id, lit)).collect_view();
    let side = move |word: &'static str, ids: Vec<String>| {
        (!ids.is_empty())
            .then(|| view! { <span class="side"><span class="muted small">{word}</span> {chips(ids)}</span> })
    };
    view! {
        <Show when=move || all.with(|all| !all.is_empty())>
            <section class="card" aria-labelledby="other-heading">
                <h2 id="other-heading">"Other explanations"</h2>
                <ul class="plain">
                    {dynamic(move || all.get().into_iter().map(|one| view! {
                        <li><p>{one.cause}</p>{side("for", one.supporting)} {side("against", one.against)}</li>
                    }).collect_view())}
                </ul>
            </section>
        </Show>
    }
}

#[component]
pub(super) fn Timeline(
    data: Shown<IncidentDetail>,
    session: Session,
    changed: Callback<IncidentDetail>,
) -> impl IntoPiece {
    let entries = Memo::new(move |_| data.get().timeline);
    let toaster = use_toaster();
    let me = session.me();
    let doing = Doing::new();
    // Which one is to go, once that is confirmed.
    let (asked, going) = (RwSignal::new(false), StoredValue::new(0));
    let delete = move |()| {
        let id = data.with_untracked(|data| data.incident.id.clone());
        doing.start(session.delete_comment(&id, going.get_value()), move |outcome| {
            asked.set(false);
            match outcome {
                Ok(now) => changed.run(now),
                Err(fault) => toaster.bad(fault.message()),
            }
        });
    };
    let own = move |entry: &TimelineEntry| {
        entry.kind == TimelineKind::Commented && me.get().is_some_and(|me| me.username == entry.actor)
    };
    let row = move |entry: TimelineEntry| {
        let seq = entry.seq;
        let ask = move |_| {
            going.set_value(seq);
            asked.set(true);
        };
        let act = own(&entry).then(|| view! {
            <button type="button" class="quiet small" aria-label="Delete your comment" on:click=ask>"Delete"</button>
        });
        self::entry(entry, act.into_piece())
    };
    view! {
        <section class="card" aria-labelledby="timeline-heading">
            <h2 id="timeline-heading">"Timeline"</h2>
            <ol class="timeline">{each(move || entries.get().into_iter().rev().collect(), row)}</ol>
            <Confirm open=asked heading="Delete your comment?"
                consequence="Its words are gone for good. The timeline keeps that one was deleted."
                verb="Delete comment" pending=doing.pending() confirm=delete/>
        </section>
    }
}

fn entry(entry: TimelineEntry, act: Piece) -> Piece {
    let detail = match (entry.kind, entry.detail) {
        (TimelineKind::Commented, Some(text)) => view! { <blockquote class="said">{text}</blockquote> },
        (TimelineKind::Assigned, to) => {
            view! { <p class="muted">{to.map_or_else(|| "to nobody".to_owned(), |to| format!("to {to}"))}</p> }
        }
        (_, Some(detail)) => view! { <p class="muted">{detail}</p> },
        (_, None) => ().into_piece(),
    };
    view! {
        <li>
            <strong>{words::timeline(entry.kind)}</strong> " by " {actor(entry.actor)} " "
            <span class="muted small"><Ago at=entry.at/></span> " " {act}
            {detail}
        </li>
    }
}

/// Who made a change; a batch is a link to what it saw.
fn actor(actor: String) -> impl IntoPiece {
    match actor.strip_prefix("batch ") {
        Some(id) => view! { <A href=Place::Batch(id.to_owned()).href()>"a batch"</A> },
        None => actor.into_piece(),
    }
}

#[component]
pub(super) fn Messages(data: Shown<IncidentDetail>, session: Session) -> impl IntoPiece {
    let id = move || data.with(|data| data.incident.id.clone());
    let page_live = live(nouns![Delivery], id, move |id| session.deliveries(vec![("incident", id)]));
    view! {
        <section class="card" aria-labelledby="messages-heading">
            <h2 id="messages-heading">"Messages"</h2>
            {remote(page_live, Skeleton::Rows(2), move |page| view! {
                <Show when=move || page.with(|page| !page.items.is_empty())
                    fallback=|| view! { <p class="muted">"No message was due for this incident."</p> }>
                    <DeliveryTable rows=Signal::derive(move || page.get().items) titled=false session=session changed=move |()| page_live.again()/>
                </Show>
            })}
        </section>
    }
}
