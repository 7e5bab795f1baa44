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

use watchkeeper_common::page::Page;
use watchkeeper_common::target::{ExporterKind, HealthState, TargetView};

use self::form::TargetForm;
use self::install::InstallLines;
use self::row::Row;
use self::selection::{Chosen, SelectionBar};
use self::suggestions::Suggestions;
use crate::api::{Session, view};
use crate::components::dialog::Dialog;
use crate::components::filters::{Filters, clear, pager, select, typed};
use crate::components::live::{Live, live, nouns};
use crate::components::remote::{Empty, Skeleton, remote};
use crate::components::title::title;
use crate::dom::prelude::*;
use crate::router::A;
use crate::routes::Place;

/// How often a page asks that waits for a first scrape.
const FIRST_SCRAPE: Duration = Duration::from_secs(4);

/// What the form is open for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Editing {
    New,
    Existing(Box<TargetView>),
}

const NAMES: &[&str] = &["q", "state", "kind"];

pub(crate) fn targets(session: Session) -> Piece {
    title(|| "Targets".to_owned());
    let filters = Filters::of(Place::Targets, NAMES);
    let page = live(nouns![Target], move || filters.wanted(), move |wanted| session.targets(wanted));
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
    let none = move || {
        if filters.narrowed() {
            view! { <NoneFits/> }
        } else {
            view! { <Install edit=edit/> }
        }
    };
    view! {
        <header class="head">
            <h1>"Targets"</h1>
            <div class="buttons">
                <A href=Place::TargetsBulk.href() class="button">"Add many"</A>
                <button type="button" class="primary" on:click=move |_| edit.run(Editing::New)>"Add target"</button>
            </div>
        </header>
        {(!view::is_demo()).then(|| view! { <Suggestions session=session changed=changed/> })}
        <div class="filters" role="search" aria-label="Filter targets">
            {typed(filters, "q", "Search", "name, address or tag")}
            {select(filters, "state", "State", HealthState::ALL.iter().map(|state| state.as_str()).collect())}
            {select(filters, "kind", "Exporter", ExporterKind::ALL.iter().map(|kind| kind.as_str()).collect())}
            {clear(filters)}
        </div>
        {remote(page, Skeleton::Rows(4), move |page| view! {
            <Show when=move || page.with(|page| !page.items.is_empty()) fallback=none>
                <Table rows=Signal::derive(move || page.get().items) session=session edit=edit changed=changed/>
            </Show>
            {pager(filters, Signal::derive(move || page.with(|page| page.next_cursor.clone())))}
        })}
        <Dialog open=open heading=Signal::derive(heading)>
            <TargetForm session=session editing=editing.get_untracked() done=done/>
        </Dialog>
    }
}

/// While a target waits for its first scrape, somebody waits with it: asks more often.
fn first_scrapes(page: Live<Page<TargetView>>) {
    let waits = move || {
        let pending = |row: &TargetView| row.health.state == HealthState::Pending;
        page.data.with_untracked(|page| page.is_some_and(|page| page.items.iter().any(pending)))
    };
    let ask = move || {
        if waits() {
            page.again();
        }
    };
    let timer = set_interval(ask, FIRST_SCRAPE);
    on_cleanup(move || timer.clear());
}

#[component]
fn Table(
    rows: Signal<Vec<TargetView>>,
    session: Session,
    edit: Callback<Editing>,
    changed: Callback<()>,
) -> impl IntoPiece {
    let chosen = Chosen::new(rows);
    let key = |row: &TargetView| row.id.clone();
    let row_of =
        move |id: String| Signal::derive(move || rows.with(|rows| rows.iter().find(|row| row.id == id).cloned()));
    let row = move |target: TargetView| {
        view! { <Row target=row_of(target.id) session=session chosen=chosen edit=edit changed=changed/> }
    };
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
                    {keyed(move || rows.get(), key, row)}
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn NoneFits() -> impl IntoPiece {
    view! {
        <Empty heading="No target matches">
            <p>"Other words or another state may. " <A href=Place::Targets.href()>"Show all"</A></p>
        </Empty>
    }
}

/// No target yet: how to get something to scrape, with the command filled in.
#[component]
fn Install(edit: Callback<Editing>) -> impl IntoPiece {
    view! {
        <Empty heading="Nothing is watched yet">
            <p>"A target is the address of an exporter: a small program that tells how a machine or a service does. Install one where you want to look, then add its address."</p>
            <InstallLines kind=Signal::stored(ExporterKind::Node)/>
            <p><button type="button" on:click=move |_| edit.run(Editing::New)>"Type its address"</button></p>
        </Empty>
    }
}
