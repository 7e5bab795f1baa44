//! The evidence: a chart for each fact, all on one time axis, one crosshair through all.

use leptos::prelude::*;
use watchkeeper_common::analysis::FactView;
use watchkeeper_common::incident::IncidentDetail;

use super::Lit;
use crate::components::chart::{Chart, Plot};
use crate::components::clock::use_clock;
use crate::model::number::{unit_name, with_unit};

#[component]
pub(super) fn Evidence(data: Signal<IncidentDetail>, lit: Lit) -> impl IntoView {
    let facts = Memo::new(move |_| data.get().evidence);
    view! {
        <section class="evidence" aria-labelledby="evidence-heading">
            <h2 id="evidence-heading">"Evidence"</h2>
            {move || facts.with(|facts| {
                if facts.is_empty() {
                    return view! { <p class="muted">"This incident has no series to show: it speaks of what could not be measured."</p> }.into_any();
                }
                view! { <FactCharts facts=facts.clone() lit=lit/> }.into_any()
            })}
        </section>
    }
}

/// Charts of facts under one another, aligned in time.
#[component]
pub(crate) fn FactCharts(facts: Vec<FactView>, lit: Lit) -> impl IntoView {
    let clock = use_clock();
    let cursor = RwSignal::new(None);
    let span = span(&facts);
    let at = move |share: f64| {
        let instant = span.0 + (span.1 - span.0) * share;
        jiff::Timestamp::from_millisecond(instant as i64).map(|at| clock.hour(at)).unwrap_or_default()
    };
    view! {
        {facts.into_iter().map(|fact| view! { <FactChart fact=fact span=span cursor=cursor lit=lit/> }).collect_view()}
        <div class="time-axis" aria-hidden="true">
            {[0.0, 0.25, 0.5, 0.75, 1.0].map(|share| view! { <span>{move || at(share)}</span> }).collect_view()}
        </div>
    }
}

#[component]
fn FactChart(fact: FactView, span: (f64, f64), cursor: RwSignal<Option<f64>>, lit: Lit) -> impl IntoView {
    let unit = fact.unit;
    let id = fact.id.clone();
    let expected = fact
        .expected
        .as_ref()
        .map(|range| (with_unit(range.low, unit), with_unit(range.high, unit)))
        .map(|(low, high)| if low == high { format!("expected {low}") } else { format!("expected {low}–{high}") });
    let plot = Plot {
        label: format!("{} on {}: {}", fact.metric, fact.instance, fact.text),
        samples: fact.points.iter().map(|point| (millis(point.at), point.value)).collect(),
        band: fact.expected.as_ref().map(|range| (range.low, range.high)),
        window: (millis(fact.window.start), millis(fact.window.end)),
        span,
    };
    let charted = plot.samples.iter().any(|(_, value)| value.is_some());
    view! {
        <figure class="fact" id=format!("fact-{id}") class:lit=move || lit.with(|lit| lit.as_ref() == Some(&id))>
            <figcaption>
                <span class="chip still">{fact.id.clone()}</span>
                <code class="series">{fact.metric.clone()}</code>
                <span class="muted">{fact.target_name.clone()} " · " {fact.instance.clone()}</span>
                <span class="fact-value"><strong>{with_unit(fact.observed, unit)}</strong> " " <span class="muted">{expected}</span></span>
            </figcaption>
            <p class="fact-text">{fact.text.clone()}</p>
            {charted.then(|| view! { <Chart plot=plot unit=unit_name(unit) cursor=cursor show=move |value| with_unit(value, unit)/> })}
        </figure>
    }
}

/// The time that all charts together cover.
fn span(facts: &[FactView]) -> (f64, f64) {
    let of = |fact: &FactView| {
        let first = fact.points.first().map_or(fact.window.start, |point| point.at.min(fact.window.start));
        let last = fact.points.last().map_or(fact.window.end, |point| point.at.max(fact.window.end));
        (millis(first), millis(last))
    };
    facts.iter().map(of).fold((f64::INFINITY, f64::NEG_INFINITY), |all, one| (all.0.min(one.0), all.1.max(one.1)))
}

fn millis(at: jiff::Timestamp) -> f64 {
    at.as_millisecond() as f64
}
