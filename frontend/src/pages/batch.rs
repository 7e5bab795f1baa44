//! One batch: its receipt and the facts it found, one of them lit when the address names it.

use watchkeeper_common::analysis::{BatchDetail, Trigger, Unit};

use crate::api::Session;
use crate::components::badge::StateBadge;
use crate::components::clock::use_clock;
use crate::components::latest::Shown;
use crate::components::live::{live, nouns};
use crate::components::remote::{Skeleton, remote};
use crate::components::title::title;
use crate::dom::prelude::*;
use crate::model::number::{counted, grouped, with_unit};
use crate::model::words;
use crate::pages::incident::{FactCharts, Lit, point};
use crate::router::{A, use_id, use_query};
use crate::routes::Place;

pub(crate) fn batch(session: Session) -> Piece {
    title(|| "Batch".to_owned());
    let id = use_id();
    let detail = live(nouns![Batch], move || id.get(), move |id| session.batch(&id));
    view! {
        <p class="crumb"><A href=Place::Batches.href()>"← Batches"</A></p>
        {remote(detail, Skeleton::Text, |detail| view! { <Receipt detail=detail/> })}
    }
}

#[component]
fn Receipt(detail: Shown<BatchDetail>) -> impl IntoPiece {
    let clock = use_clock();
    let facts = Memo::new(move |_| detail.get().facts);
    let lit: Lit = RwSignal::new(None);
    let query = use_query();
    point(facts.into(), Signal::derive(move || (query.with(|query| query.get("fact")), None)), lit);
    let cost = move || {
        let receipt = detail.get().batch.receipt;
        let called = if receipt.model_called { "the model was asked" } else { "no model was asked" };
        format!(
            "{}, {}; {called}, {} prompt tokens where all metrics as text would take {}.",
            counted(receipt.targets, "target", "targets"),
            counted(receipt.series, "series", "series"),
            grouped(receipt.prompt_tokens.into()),
            grouped(receipt.full_text_tokens.into()),
        )
    };
    let took = move || {
        let batch = detail.get().batch;
        let took = (batch.finished_at.as_millisecond() - batch.started_at.as_millisecond()).max(0);
        let asked = match batch.trigger {
            Trigger::Schedule => "on schedule",
            Trigger::Manual => "asked for by a person",
        };
        format!("{}, {asked}, in {}", clock.full(batch.window.end), with_unit(took as f64 / 1e3, Unit::Seconds))
    };
    let quiet = move || facts.with(Vec::is_empty) && detail.with(|detail| detail.batch.error.is_none());
    let incidents = move || {
        detail
            .get()
            .batch
            .incident_ids
            .into_iter()
            .map(|id| view! { <A href=Place::Incident(id).href()>"Open its incident"</A> " " })
            .collect_view()
    };
    view! {
        <header class="incident-head">
            <div class="incident-state"><StateBadge badge=Signal::derive(move || words::outcome(detail.get().batch.outcome))/></div>
            <h1>{dynamic(move || { let batch = detail.get().batch; batch.error.unwrap_or(batch.receipt.text) })}</h1>
            <p class="muted">{dynamic(took)}</p>
            <p>{dynamic(cost)}</p>
            {dynamic(move || detail.get().batch.truncated.map(|what| view! { <p class="well">{what}</p> }))}
            <p>{dynamic(incidents)}</p>
        </header>
        {dynamic(move || facts.with(|facts| (!facts.is_empty()).then(|| view! {
            <section class="evidence" aria-labelledby="facts-heading">
                <h2 id="facts-heading">"Facts"</h2><FactCharts facts=facts.clone() lit=lit/>
            </section>
        })))}
        <Show when=quiet>
            <p class="muted">"Nothing left its baseline. " <A href=Place::Metrics.href()>"Look at the numbers themselves"</A></p>
        </Show>
    }
}
