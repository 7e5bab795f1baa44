//! The list of incidents; its filters live in the address, and several can be acknowledged at once.

use std::collections::BTreeSet;

use watchkeeper_common::analysis::Severity;
use watchkeeper_common::incident::{Acknowledged, IncidentState, IncidentView};

use crate::api::{Fault, Session};
use crate::components::action::Doing;
use crate::components::badge::StateBadge;
use crate::components::clock::Ago;
use crate::components::filters::{Filters, clear, dated, pager, select, typed};
use crate::components::live::{live, nouns};
use crate::components::remote::{Empty, Skeleton, remote};
use crate::components::title::title;
use crate::components::toast::use_toaster;
use crate::dom::prelude::*;
use crate::model::number::counted;
use crate::model::order::gathered;
use crate::model::words;
use crate::router::A;
use crate::routes::Place;

const NAMES: &[&str] = &["state", "severity", "instance", "since", "from", "to", "search"];

/// Ids that are ticked.
type Chosen = RwSignal<BTreeSet<String>>;

pub(crate) fn incidents(session: Session) -> Piece {
    title(|| "Incidents".to_owned());
    let filters = Filters::of(Place::Incidents, NAMES);
    let page = live(nouns![Incident], move || filters.wanted(), move |wanted| session.incidents(dated(wanted)));
    let chosen: Chosen = RwSignal::new(BTreeSet::new());
    view! {
        <header class="head"><h1>"Incidents"</h1></header>
        <Tabs/>
        <div class="filters" role="search" aria-label="Filter incidents">
            {typed(filters, "search", "Search", "title or instance")}
            {select(filters, "state", "State", IncidentState::ALL.iter().map(|state| state.as_str()).collect())}
            {select(filters, "severity", "Severity", Severity::ALL.iter().rev().map(|severity| severity.as_str()).collect())}
            {typed(filters, "instance", "Instance", "host:port")}
            {clear(filters)}
        </div>
        {remote(page, Skeleton::Rows(5), move |page| view! {
            <Show when=move || page.with(|page| !page.items.is_empty()) fallback=move || none(filters)>
                <Bulk chosen=chosen session=session/>
                <ChoosableRows rows=Signal::derive(move || page.get().items) chosen=chosen/>
            </Show>
            {pager(filters, Signal::derive(move || page.with(|page| page.next_cursor.clone())))}
        })}
    }
}

fn none(filters: Filters) -> Piece {
    if filters.narrowed() {
        return view! { <Empty heading="No incident matches"><p>"Other filters may show more. " <A href=Place::Incidents.href()>"Show all"</A></p></Empty> };
    }
    view! {
        <Empty heading="Nothing has broken yet">
            <p>"When series leave their baseline, an incident opens here with its cause and the facts that prove it."</p>
            <p><A href=Place::Batches.href()>"See what is being checked"</A></p>
        </Empty>
    }
}

/// Incidents, single metrics out of line, and what was said of the causes.
#[component]
pub(crate) fn Tabs() -> impl IntoPiece {
    view! {
        <nav class="tabs" aria-label="Incidents">
            <A href=Place::Incidents.href() exact=true>"Incidents"</A>
            <A href=Place::Anomalies.href()>"Anomalies"</A>
            <A href=Place::RootCauses.href()>"Root causes"</A>
        </nav>
    }
}

/// What can be done with those that are ticked; there only while some are.
#[component]
fn Bulk(chosen: Chosen, session: Session) -> impl IntoPiece {
    let toaster = use_toaster();
    let doing = Doing::new();
    let settle = move |outcome: Result<Acknowledged, Fault>| match outcome {
        Ok(Acknowledged { acknowledged, refused }) => {
            chosen.update(BTreeSet::clear);
            let count = u32::try_from(acknowledged.len()).unwrap_or(u32::MAX);
            let done = format!("Acknowledged {}.", counted(count, "incident", "incidents"));
            match refused.first() {
                None => toaster.good(done),
                Some(first) => toaster.bad(format!("{done} {} not: {}.", refused.len(), first.why)),
            }
        }
        Err(fault) => toaster.bad(fault.message()),
    };
    let acknowledge = move |_| {
        let ids = chosen.with_untracked(|chosen| chosen.iter().cloned().collect());
        doing.start(session.acknowledge_all(ids), settle);
    };
    let count = move || chosen.with(|chosen| u32::try_from(chosen.len()).unwrap_or(u32::MAX));
    view! {
        <div class="bulk" role="group" aria-label="With the ticked incidents" hidden=derived(move || count() == 0)>
            <span role="status">{dynamic(move || format!("{} ticked", counted(count(), "incident", "incidents")))}</span>
            <button type="button" class="primary small" disabled=derived(move || doing.pending().get()) on:click=acknowledge>
                {dynamic(move || if doing.pending().get() { "Acknowledging…" } else { "Acknowledge" })}
            </button>
            <button type="button" class="quiet small" on:click=move |_| chosen.update(BTreeSet::clear)>"Untick all"</button>
        </div>
    }
}

/// Rows with a tick box before each that is open.
#[component]
fn ChoosableRows(rows: Signal<Vec<IncidentView>>, chosen: Chosen) -> impl IntoPiece {
    // What left the page is no longer ticked.
    effect(move |_| {
        let here: BTreeSet<String> = rows.with(|rows| gathered(rows.iter().map(|row| row.id.clone())));
        if chosen.with_untracked(|chosen| !chosen.is_subset(&here)) {
            chosen.update(|chosen| chosen.retain(|id| here.contains(id)));
        }
    });
    let open = move |rows: &[IncidentView]| -> BTreeSet<String> {
        gathered(rows.iter().filter(|row| row.state == IncidentState::Open).map(|row| row.id.clone()))
    };
    let all = move |event: web_sys::Event| {
        let ids = if event_target_checked(&event) { rows.with_untracked(|rows| open(rows)) } else { BTreeSet::new() };
        chosen.set(ids);
    };
    let some_open = move || rows.with(|rows| !open(rows).is_empty());
    let row = move |incident: IncidentView| {
        let id = incident.id.clone();
        let (own, shown) = (id.clone(), id);
        let tick = move |event: web_sys::Event| {
            let on = event_target_checked(&event);
            chosen.update(|chosen| {
                if on {
                    chosen.insert(own.clone())
                } else {
                    chosen.remove(&own)
                };
            });
        };
        let label = format!("Tick {}", incident.title);
        let boxed = (incident.state == IncidentState::Open).then(|| view! {
            <input type="checkbox" aria-label=label prop:checked=derived(move || chosen.with(|chosen| chosen.contains(&shown))) on:change=tick/>
        });
        view! { <li class="choosable"><span class="tick">{boxed}</span>{row_link(incident)}</li> }
    };
    view! {
        <ul class="rows">
            <Show when=some_open>
                <li class="choosable all">
                    <label class="check small">
                        <input type="checkbox" prop:checked=derived(move || { let open = rows.with(|rows| open(rows)); chosen.with(|chosen| *chosen == open) }) on:change=all/>
                        "Tick all open ones"
                    </label>
                </li>
            </Show>
            {each(move || rows.get(), row)}
        </ul>
    }
}

/// Incidents as rows; each is a link.
#[component]
pub(crate) fn IncidentRows(rows: Signal<Vec<IncidentView>>) -> impl IntoPiece {
    let row = |incident: IncidentView| view! { <li>{row_link(incident)}</li> };
    view! { <ul class="rows">{each(move || rows.get(), row)}</ul> }
}

pub(crate) fn row_link(incident: IncidentView) -> Piece {
    let eased = incident.eased_to.map(|now| format!("now {}", now.as_str()));
    let people = incident.assignee.clone().map(|who| format!(" · {who}"));
    let (severity, state, opened_at) = (incident.severity, incident.state, incident.opened_at);
    view! {
        <A href=Place::Incident(incident.id.clone()).href() class="row-link">
            <span class="row-lead">
                <StateBadge badge=words::severity(severity)/>
                <span class="muted small">{eased}</span>
            </span>
            <span class="row-main">
                <strong>{incident.title.clone()}</strong>
                <span class="muted clip">{incident.summary.clone()}</span>
            </span>
            <span class="row-side">
                <StateBadge badge=words::incident_state(state)/>
                <span class="muted small"><Ago at=opened_at/>{people}</span>
            </span>
        </A>
    }
}
