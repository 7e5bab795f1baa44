//! The crosshair and what it reads: the time, and every line's value there.

use super::{Drawing, Lit};
use crate::components::clock::{Clock, stamp, use_clock};
use crate::dom::prelude::*;
use crate::model::chart::draw::line_class;
use crate::model::chart::{LABELLED, Plot, Span};
use crate::model::number::with_unit;
use crate::model::order::sorted;

/// Most values that are listed.
const LISTED: usize = 8;

#[component]
pub(super) fn Readout(drawing: Drawing) -> impl IntoPiece {
    let clock = use_clock();
    let reading = move || {
        let place = drawing.place.get()?;
        let span = drawing.axis.span();
        drawing.plot.with(|plot| {
            let at = plot.times.get(place).copied().filter(|at| (span.0..=span.1).contains(at))?;
            let layout = drawing.layout.get();
            let left = layout.left(at);
            let dots = (plot.traces.len() <= LABELLED).then(|| {
                let found = plot.at(place).filter(|(_, _, value)| value.is_finite());
                let dot = |(index, _, value): (usize, _, f64)| {
                    let class = format!("dot {}", line_class(index, plot.traces.len()));
                    view! { <span class=class style:left=format!("{left:.2}%") style:top=format!("{:.2}%", layout.top(value))></span> }
                };
                found.map(dot).collect_view()
            });
            let side = if left > 50.0 { "readout before" } else { "readout after" };
            let panel = panel(plot, place, span, at, clock, drawing.lit);
            Some(view! {
                <span class="crosshair" style:left=format!("{left:.2}%")></span>
                {dots}
                <div class=side style:left=format!("{left:.2}%")>{panel}</div>
            })
        })
    };
    view! { <div class="reading" aria-hidden="true">{dynamic(reading)}</div> }
}

fn panel(plot: &Plot, place: usize, span: Span, at: f64, clock: Clock, lit: Lit) -> Piece {
    let values: Vec<(usize, String, f64)> = plot
        .at(place)
        .map(|(index, trace, value)| (index, trace.label.clone(), value))
        .filter(|(_, _, value)| value.is_finite())
        .collect();
    let mut values = sorted(values, |a, b| b.2.total_cmp(&a.2));
    let lit = lit.get();
    if let Some(found) = values.iter().position(|(index, ..)| Some(*index) == lit).filter(|found| *found >= LISTED) {
        // What is pointed at is always listed.
        let one = values.remove(found);
        values.insert(0, one);
    }
    let more = values.len().saturating_sub(LISTED);
    let none = values.is_empty();
    let row = |(index, label, value): (usize, String, f64)| {
        let key = format!("key {}", line_class(index, plot.traces.len()));
        let class = if Some(index) == lit { "reading-row lit" } else { "reading-row" };
        view! {
            <span class=class>
                {(plot.traces.len() > 1).then(|| view! { <span class=key></span> })}
                <span class="clip">{label}</span>
                <strong>{with_unit(value, plot.unit)}</strong>
            </span>
        }
    };
    let shades =
        plot.shades.iter().filter(|shade| (shade.span.0..=shade.span.1).contains(&at) && !shade.label.is_empty());
    let shades: Vec<String> = shades.take(2).map(|shade| shade.label.clone()).collect();
    view! {
        <span class="muted">{moment(clock, span, at)}</span>
        {values.into_iter().take(LISTED).map(row).collect_view()}
        {none.then_some("no sample")}
        {(more > 0).then(|| view! { <span class="muted">{format!("and {more} more")}</span> })}
        {shades.into_iter().map(|text| view! { <span class="clip muted">{text}</span> }).collect_view()}
    }
}

/// With the day where the span holds more than one.
pub(super) fn moment(clock: Clock, (from, to): Span, at: f64) -> String {
    let at = stamp(at);
    if to - from > 26.0 * 3_600_000.0 {
        format!("{} {}", clock.short_day(at), clock.hour(at))
    } else {
        clock.second(at)
    }
}

/// The same for whom it cannot be drawn.
pub(super) fn said(drawing: Drawing) -> Memo<String> {
    let clock = use_clock();
    Memo::new(move |_| {
        let Some(place) = drawing.place.get() else { return String::new() };
        let span = drawing.axis.span();
        drawing.plot.with(|plot| {
            let at = plot.times.get(place).copied().unwrap_or(span.1);
            let found = plot.at(place).filter(|(_, _, value)| value.is_finite());
            let values: Vec<String> = found
                .take(LISTED)
                .map(|(_, trace, value)| format!("{} {}", trace.label, with_unit(value, plot.unit)).trim().to_owned())
                .collect();
            let values = if values.is_empty() { "no sample".to_owned() } else { values.join(", ") };
            format!("{}: {values}", moment(clock, span, at))
        })
    })
}
