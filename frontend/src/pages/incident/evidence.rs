//! The evidence: a chart for each fact, all on one time axis, one crosshair through all.

use watchkeeper_common::analysis::FactView;
use watchkeeper_common::incident::IncidentDetail;

use super::Lit;
use crate::components::chart::{Chart, TimeAxis, TimeTicks};
use crate::components::latest::Shown;
use crate::dom::prelude::*;
use crate::model::chart::{Plot, Shade, Span, Trace};
use crate::model::number::with_unit;
use crate::pages::metrics::chart_of;
use crate::router::A;

#[component]
pub(super) fn Evidence(data: Shown<IncidentDetail>, lit: Lit) -> impl IntoPiece {
    let facts = Memo::new(move |_| data.get().evidence);
    view! {
        <section class="evidence" aria-labelledby="evidence-heading">
            <h2 id="evidence-heading">"Evidence"</h2>
            {dynamic(move || facts.with(|facts| {
                if facts.is_empty() {
                    return view! { <p class="muted">"This incident has no series to show: it speaks of what could not be measured."</p> };
                }
                view! { <FactCharts facts=facts.clone() lit=lit/> }
            }))}
        </section>
    }
}

/// Lights the fact that the address points at, by its id or the first of a metric, and goes there.
pub(crate) fn point(facts: Signal<Vec<FactView>>, at: Signal<(Option<String>, Option<String>)>, lit: Lit) {
    effect(move |before: Option<(Option<String>, Option<String>)>| {
        let wanted = at.get();
        if before.as_ref() == Some(&wanted) {
            return wanted;
        }
        let is_it = |fact: &&FactView| wanted.0.as_ref() == Some(&fact.id) || wanted.1.as_ref() == Some(&fact.metric);
        let found = facts.with_untracked(|facts| facts.iter().find(is_it).map(|fact| fact.id.clone()));
        if let Some(id) = found {
            lit.set(Some(id.clone()));
            request_animation_frame(move || super::reach(&format!("fact-{id}")));
        }
        wanted
    });
}

/// Charts of facts under one another, aligned in time.
#[component]
pub(crate) fn FactCharts(facts: Vec<FactView>, lit: Lit) -> impl IntoPiece {
    let axis = TimeAxis::of(span(&facts));
    view! {
        {facts.into_iter().map(|fact| view! { <FactChart fact=fact axis=axis lit=lit/> }).collect_view()}
        <TimeTicks axis=axis/>
    }
}

#[component]
fn FactChart(fact: FactView, axis: TimeAxis, lit: Lit) -> impl IntoPiece {
    let unit = fact.unit;
    let id = fact.id.clone();
    let expected = fact
        .expected
        .as_ref()
        .map(|range| (with_unit(range.low, unit), with_unit(range.high, unit)))
        .map(|(low, high)| if low == high { format!("expected {low}") } else { format!("expected {low}–{high}") });
    let plot = plot(&fact);
    let more = chart_of(&fact.instance, &fact.metric, Some(axis.span_untracked()));
    let charted = !plot.is_empty();
    view! {
        <figure class="fact" id=format!("fact-{id}") tabindex="-1" class:lit=derived(move || lit.with(|lit| lit.as_ref() == Some(&id)))>
            <figcaption>
                <span class="chip still">{fact.id.clone()}</span>
                <A href=more class="series" title="Open in Metrics"><code>{fact.metric.clone()}</code></A>
                <span class="muted">{fact.target_name.clone()} " · " {fact.instance.clone()}</span>
                <span class="fact-value"><strong>{with_unit(fact.observed, unit)}</strong> " " <span class="muted">{expected}</span></span>
            </figcaption>
            <p class="fact-text">{fact.text.clone()}</p>
            {charted.then(|| view! { <Chart plot=Signal::stored(plot) axis=axis/> })}
        </figure>
    }
}

/// A fact's samples over its expected range, its window shaded.
fn plot(fact: &FactView) -> Plot {
    Plot {
        title: format!("{} on {}", fact.metric, fact.instance),
        unit: fact.unit,
        times: fact.points.iter().map(|point| millis(point.at)).collect(),
        traces: vec![Trace {
            label: String::new(),
            values: fact.points.iter().map(|point| point.value.unwrap_or(f64::NAN)).collect(),
            band: fact.expected.as_ref().map(|range| (range.low, range.high)),
        }],
        shades: vec![Shade {
            span: (millis(fact.window.start), millis(fact.window.end)),
            tone: "medium",
            label: String::new(),
        }],
    }
}

/// The time that all charts together cover.
fn span(facts: &[FactView]) -> Span {
    let of = |fact: &FactView| {
        let first = fact.points.first().map_or(fact.window.start, |point| point.at.min(fact.window.start));
        let last = fact.points.last().map_or(fact.window.end, |point| point.at.max(fact.window.end));
        (millis(first), millis(last))
    };
    facts.iter().map(of).fold((f64::INFINITY, f64::NEG_INFINITY), |all, one| (all.0.min(one.0), all.1.max(one.1)))
}

fn millis(at: watchkeeper_common::time::Timestamp) -> f64 {
    at.as_millisecond() as f64
}
