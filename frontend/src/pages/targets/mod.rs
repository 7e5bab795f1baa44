//! Targets: what is watched, and how its last scrape went.

mod actions;
pub(crate) mod bulk;
pub(crate) mod detail;
mod form;
mod history;
mod install;
mod row;
mod selection;
pub(crate) mod suggestions;

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::A;
use leptos_router::hooks::{use_navigate, use_query_map};
use watchkeeper_common::page::Page;
use watchkeeper_common::target::{ExporterKind, HealthState, TargetView};

use self::form::TargetForm;
use self::install::InstallLines;
use self::row::Row;
use self::selection::{Chosen, SelectionBar};
use self::suggestions::Suggestions;
use crate::api::{Session, TargetFilter, view};
use crate::components::dialog::Dialog;
use crate::components::filters::Select;
use crate::components::live::{Live, live, nouns};
use crate::components::reactive::{Show, derived, dynamic};
use crate::components::remote::{Empty, Skeleton, remote};
use crate::components::title::title;
use crate::routes::Place;

/// How often a page asks that waits for a first scrape.
const FIRST_SCRAPE: Duration = Duration::from_secs(4);

/// What the form is open for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Editing {
    New,
    Existing(Box<TargetView>),
}

/// Narrows the list by what a person picked.
#[derive(Clone, Copy)]
struct Filter {
    now: Memo<TargetFilter>,
    go: Callback<TargetFilter>,
}

impl Filter {
    fn set(&self, change: impl FnOnce(&mut TargetFilter)) {
        let mut filter = TargetFilter { cursor: None, ..self.now.get_untracked() };
        change(&mut filter);
        self.go.run(filter);
    }
}

fn href(filter: &TargetFilter) -> String {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let (q, state, kind, cursor) = (text(&filter.q), text(&filter.state), text(&filter.kind), text(&filter.cursor));
    Place::Targets.with(&[("q", &q), ("state", &state), ("kind", &kind), ("cursor", &cursor)])
}

pub(crate) fn targets(session: Session) -> AnyView {
    title(|| "Targets".to_owned());
    let query = use_query_map();
    let navigate = use_navigate();
    let now = Memo::new(move |_| {
        let query = query.read();
        TargetFilter {
            q: query.get("q"),
            state: query.get("state"),
            kind: query.get("kind"),
            cursor: query.get("cursor"),
        }
    });
    let go = Callback::new(move |filter: TargetFilter| {
        navigate(&href(&filter), NavigateOptions { scroll: false, ..NavigateOptions::default() });
    });
    let filter = Filter { now, go };
    let page = live(nouns![Target], move || now.get(), move |filter| session.targets(&filter));
    first_scrapes(page);
    let editing = RwSignal::new(Editing::New);
    let open = RwSignal::new(false);
    let edit = Callback::new(move |what: Editing| {
        editing.set(what);
        open.set(true);
    });
    let changed = Callback::new(move |()| page.again());
    let done = move |()| {
        open.set(false);
        page.again();
    };
    let heading = move || match editing.get() {
        Editing::New => "Add a target".to_owned(),
        Editing::Existing(target) => format!("Edit {}", target.name),
    };
    let narrowed = move || now.with(|filter| *filter != TargetFilter::default());
    let none = move || {
        if narrowed() { view! { <NoneFits/> }.into_any() } else { view! { <Install edit=edit/> }.into_any() }
    };
    view! {
        <header class="head">
            <h1>"Targets"</h1>
            <div class="buttons">
                <A href=Place::TargetsBulk.href() attr:class="button">"Add many"</A>
                <button type="button" class="primary" on:click=move |_| edit.run(Editing::New)>"Add target"</button>
            </div>
        </header>
        {(!view::is_demo()).then(|| view! { <Suggestions session=session changed=changed/> })}
        <Filters filter=filter/>
        {remote(page, Skeleton::Rows(4), move |page| view! {
            <Show when=move || page.with(|page| !page.items.is_empty()) fallback=none>
                <Table rows=Signal::derive(move || page.get().items) session=session edit=edit changed=changed/>
            </Show>
            {dynamic(move || page.get().next_cursor.map(|cursor| {
                let more = href(&TargetFilter { cursor: Some(cursor), ..now.get() });
                view! { <p><A href=more>"More targets"</A></p> }
            }))}
        })}
        <Dialog open=open heading=Signal::derive(heading)>
            <TargetForm session=session editing=editing.get_untracked() done=done/>
        </Dialog>
    }
    .into_any()
}

/// While a target waits for its first scrape, somebody waits with it: asks more often.
fn first_scrapes(page: Live<Page<TargetView>>) {
    let waits = move || {
        let pending = |row: &TargetView| row.health.state == HealthState::Pending;
        page.data.with_untracked(|page| page.as_ref().is_some_and(|page| page.items.iter().any(pending)))
    };
    let ask = move || {
        if waits() {
            page.again();
        }
    };
    if let Ok(timer) = set_interval_with_handle(ask, FIRST_SCRAPE) {
        on_cleanup(move || timer.clear());
    }
}

#[component]
fn Filters(filter: Filter) -> impl IntoView {
    let now = filter.now;
    let some = |value: String| Some(value.trim().to_owned()).filter(|value| !value.is_empty());
    let search = move |event: web_sys::Event| {
        let text = some(event_target_value(&event));
        if filter.now.with_untracked(|now| now.q != text) {
            filter.set(|now| now.q = text);
        }
    };
    view! {
        <div class="filters">
            <label class="filter grow">
                <span>"Search"</span>
                <input type="search" placeholder="name, address or tag" prop:value=derived(move || now.get().q.unwrap_or_default())
                    on:change=search on:search=search/>
            </label>
            <Select label="State" name="state" chosen=Signal::derive(move || now.get().state)
                pick=move |state| filter.set(|now| now.state = some(state))
                options=HealthState::ALL.iter().map(|state| state.as_str()).collect()/>
            <Select label="Exporter" name="kind" chosen=Signal::derive(move || now.get().kind)
                pick=move |kind| filter.set(|now| now.kind = some(kind))
                options=ExporterKind::ALL.iter().map(|kind| kind.as_str()).collect()/>
        </div>
    }
    .into_any()
}

#[component]
fn Table(
    rows: Signal<Vec<TargetView>>,
    session: Session,
    edit: Callback<Editing>,
    changed: Callback<()>,
) -> impl IntoView {
    let chosen = Chosen::new(rows);
    let key = |row: &TargetView| row.id.clone();
    let row_of =
        move |id: String| Signal::derive(move || rows.with(|rows| rows.iter().find(|row| row.id == id).cloned()));
    view! {
        <SelectionBar chosen=chosen session=session changed=changed/>
        <div class="table-wrap" tabindex="0" role="region" aria-label="Targets">
            <table class="targets">
                <thead>
                    <tr>
                        <th scope="col" class="pick">
                            <input type="checkbox" aria-label="Choose all of this page" prop:checked=derived(move || chosen.all())
                                on:change=move |_| chosen.toggle_all()/>
                        </th>
                        <th scope="col">"Health"</th>
                        <th scope="col">"Target"</th>
                        <th scope="col">"Tags"</th>
                        <th scope="col" class="end">"Last scrape"</th>
                        <th scope="col"><span class="unseen">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody>
                    <For each=move || rows.get() key=key let:target>
                        <Row target=row_of(target.id) session=session chosen=chosen edit=edit changed=changed/>
                    </For>
                </tbody>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn NoneFits() -> impl IntoView {
    view! {
        <Empty heading="No target matches">
            <p>"Other words or another state may. " <A href=Place::Targets.href()>"Show all"</A></p>
        </Empty>
    }
}

/// No target yet: how to get something to scrape, with the command filled in.
#[component]
fn Install(edit: Callback<Editing>) -> impl IntoView {
    view! {
        <Empty heading="Nothing is watched yet">
            <p>"A target is the address of an exporter: a small program that tells how a machine or a service does. Install one where you want to look, then add its address."</p>
            <InstallLines kind=Signal::stored(ExporterKind::Node)/>
            <p><button type="button" on:click=move |_| edit.run(Editing::New)>"Type its address"</button></p>
        </Empty>
    }
    .into_any()
}
