//! The list of incidents; its filters live in the address.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::A;
use leptos_router::hooks::{use_navigate, use_query_map};
use watchkeeper_common::analysis::Severity;
use watchkeeper_common::incident::{IncidentState, IncidentView};

use crate::api::{IncidentFilter, Session};
use crate::components::badge::StateBadge;
use crate::components::clock::Ago;
use crate::components::live::{live, nouns};
use crate::components::remote::{Empty, Skeleton, remote};
use crate::components::title::title;
use crate::model::words;
use crate::routes::Place;

pub(crate) fn incidents(session: Session) -> AnyView {
    title(|| "Incidents".to_owned());
    let query = use_query_map();
    let filter = move || {
        let query = query.read();
        IncidentFilter {
            state: query.get("state"),
            severity: query.get("severity"),
            instance: None,
            cursor: query.get("cursor"),
        }
    };
    let page = live(nouns![Incident], filter, move |filter| async move { session.incidents(&filter).await });
    let narrowed = move || filter() != IncidentFilter::default();
    let none = move || {
        if narrowed() {
            view! { <Empty heading="No incident matches"><p>"Other filters may show more. " <A href=Place::Incidents.href()>"Show all"</A></p></Empty> }.into_any()
        } else {
            view! {
                <Empty heading="Nothing has broken yet">
                    <p>"When series leave their baseline, an incident opens here with its cause and the facts that prove it."</p>
                    <p><A href=Place::Batches.href()>"See what is being checked"</A></p>
                </Empty>
            }
            .into_any()
        }
    };
    view! {
        <header class="head"><h1>"Incidents"</h1></header>
        <Tabs/>
        <Filters state=Signal::derive(move || filter().state) severity=Signal::derive(move || filter().severity)/>
        {remote(page, Skeleton::Rows(5), move |page| view! {
            <Show when=move || page.with(|page| !page.items.is_empty()) fallback=none>
                <IncidentRows rows=Signal::derive(move || page.get().items)/>
            </Show>
            {move || page.get().next_cursor.map(|cursor| {
                let filter = filter();
                let (state, severity) = (filter.state.unwrap_or_default(), filter.severity.unwrap_or_default());
                let older = Place::Incidents.with(&[("state", &state), ("severity", &severity), ("cursor", &cursor)]);
                view! { <p><A href=older>"Older incidents"</A></p> }
            })}
        })}
    }
    .into_any()
}

/// Incidents, and the batches they come from.
#[component]
pub(crate) fn Tabs() -> impl IntoView {
    view! {
        <nav class="tabs" aria-label="Incidents">
            <A href=Place::Incidents.href()>"Incidents"</A>
            <A href=Place::Batches.href()>"Batches"</A>
        </nav>
    }
}

#[component]
fn Filters(state: Signal<Option<String>>, severity: Signal<Option<String>>) -> impl IntoView {
    let go = use_navigate();
    let narrow = move |state: Option<String>, severity: Option<String>| {
        let to = Place::Incidents
            .with(&[("state", &state.unwrap_or_default()), ("severity", &severity.unwrap_or_default())]);
        go(&to, NavigateOptions { scroll: false, ..NavigateOptions::default() });
    };
    let by_state = {
        let narrow = narrow.clone();
        move |value: String| narrow(Some(value), severity.get_untracked())
    };
    let by_severity = move |value: String| narrow(state.get_untracked(), Some(value));
    view! {
        <div class="filters">
            <Select label="State" name="state" chosen=state pick=by_state
                options=IncidentState::ALL.iter().map(|state| state.as_str()).collect()/>
            <Select label="Severity" name="severity" chosen=severity pick=by_severity
                options=Severity::ALL.iter().rev().map(|severity| severity.as_str()).collect()/>
        </div>
    }
}

#[component]
pub(crate) fn Select(
    label: &'static str,
    name: &'static str,
    chosen: Signal<Option<String>>,
    options: Vec<&'static str>,
    #[prop(into)] pick: Callback<String>,
) -> impl IntoView {
    let option = move |word: &'static str| {
        view! { <option value=word selected=move || chosen.get().as_deref() == Some(word)>{word}</option> }
    };
    view! {
        <label class="filter">
            <span>{label}</span>
            <select name=name on:change:target=move |event| pick.run(event.target().value())>
                <option value="" selected=move || chosen.get().is_none()>"any"</option>
                {options.into_iter().map(option).collect_view()}
            </select>
        </label>
    }
}

/// Incidents as rows; each is a link.
#[component]
pub(crate) fn IncidentRows(rows: Signal<Vec<IncidentView>>) -> impl IntoView {
    let row = |incident: IncidentView| {
        let summary = incident.summary.clone();
        view! {
            <li>
                <A href=Place::Incident(incident.id.clone()).href() attr:class="row-link">
                    <StateBadge badge=words::severity(incident.severity)/>
                    <span class="row-main">
                        <strong>{incident.title.clone()}</strong>
                        <span class="muted clip">{summary}</span>
                    </span>
                    <span class="row-side">
                        <StateBadge badge=words::incident_state(incident.state)/>
                        <span class="muted small"><Ago at=incident.opened_at/></span>
                    </span>
                </A>
            </li>
        }
    };
    view! { <ul class="rows">{move || rows.get().into_iter().map(row).collect_view()}</ul> }
}
