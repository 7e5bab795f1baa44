//! Single metrics that were not as they should be; each row leads to its evidence.

use watchkeeper_common::analysis::{AnomalyView, Severity};

use crate::api::Session;
use crate::components::badge::StateBadge;
use crate::components::clock::Ago;
use crate::components::filters::{Filters, clear, dated, pager, select, typed};
use crate::components::live::{live, nouns};
use crate::components::remote::{Empty, Skeleton, remote};
use crate::components::title::title;
use crate::dom::prelude::*;
use crate::model::words;
use crate::pages::incidents::Tabs;
use crate::router::A;
use crate::routes::Place;

const NAMES: &[&str] = &["severity", "instance", "metric", "incident_id", "since", "from", "to"];

pub(crate) fn anomalies(session: Session) -> Piece {
    title(|| "Anomalies".to_owned());
    let filters = Filters::of(Place::Anomalies, NAMES);
    let page = live(nouns![Batch], move || filters.wanted(), move |wanted| session.anomalies(dated(wanted)));
    view! {
        <header class="head"><h1>"Anomalies"</h1></header>
        <Tabs/>
        <div class="filters" role="search" aria-label="Filter anomalies">
            {select(filters, "severity", "Severity", Severity::ALL.iter().rev().map(|severity| severity.as_str()).collect())}
            {typed(filters, "instance", "Instance", "host:port")}
            {typed(filters, "metric", "Metric", "node_load1")}
            {clear(filters)}
        </div>
        {remote(page, Skeleton::Rows(6), move |page| view! {
            <Show when=move || page.with(|page| !page.items.is_empty()) fallback=move || none(filters)>
                <Table rows=Signal::derive(move || page.get().items)/>
            </Show>
            {pager(filters, Signal::derive(move || page.with(|page| page.next_cursor.clone())))}
        })}
    }
}

fn none(filters: Filters) -> Piece {
    if filters.narrowed() {
        return view! { <Empty heading="No anomaly matches"><p>"Instance and metric are compared whole. " <A href=Place::Anomalies.href()>"Show all"</A></p></Empty> };
    }
    view! {
        <Empty heading="No metric has been out of line">
            <p>"When a metric leaves its expected range, it stands here with what was seen, what was expected, and its proof."</p>
            <p><A href=Place::Batches.href()>"See what is being checked"</A></p>
        </Empty>
    }
}

#[component]
fn Table(rows: Signal<Vec<AnomalyView>>) -> impl IntoPiece {
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label="Anomalies">
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Severity"</th>
                        <th scope="col">"Metric"</th>
                        <th scope="col">"What was seen"</th>
                        <th scope="col" class="end">"Observed"</th>
                        <th scope="col" class="end">"Expected"</th>
                        <th scope="col" class="end">"When"</th>
                    </tr>
                </thead>
                <tbody>{each(move || rows.get(), row)}</tbody>
            </table>
        </div>
    }
}

fn row(anomaly: AnomalyView) -> Piece {
    // The incident shows its newest facts; the batch, those of the moment.
    let fact = anomaly.fact_ids.first().cloned().unwrap_or_default();
    let batch = Place::Batch(anomaly.batch_id.clone()).with(&[("fact", &fact)]);
    let proof = match &anomaly.incident_id {
        Some(id) => Place::Incident(id.clone()).with(&[("metric", &anomaly.metric)]),
        None => batch.clone(),
    };
    view! {
        <tr>
            <td><StateBadge badge=words::severity(anomaly.severity)/></td>
            <td class="main">
                <A href=proof><code>{anomaly.metric.clone()}</code></A>
                <span class="muted small address">{anomaly.instance.clone()}</span>
            </td>
            <td class="wide">{anomaly.symptom.clone()}</td>
            <td class="end" data-name="observed">{anomaly.observed.clone()}</td>
            <td class="end" data-name="expected">{anomaly.expected.clone()}</td>
            <td class="end"><A href=batch class="plain-link"><Ago at=anomaly.at/><span class="unseen">" (its batch)"</span></A></td>
        </tr>
    }
}
