//! Names of lines: beside them up to five, in a list beyond.

use super::{Drawing, is_labelled};
use crate::dom::prelude::*;
use crate::model::chart::LABELLED;
use crate::model::chart::draw::line_class;
use crate::model::chart::label::spread;
use crate::model::number::with_unit;

/// Room for one name, in per cent of the height.
const ROOM: f64 = 11.0;

/// Each name at the end of its line, while nothing is pointed at.
#[component]
pub(super) fn EndLabels(drawing: Drawing) -> impl IntoPiece {
    let labels = move || {
        let layout = drawing.layout.get();
        drawing.plot.with(|plot| {
            if !is_labelled(plot) {
                return Vec::new();
            }
            let seen = plot.visible(drawing.axis.span());
            let end = |values: &[f64]| {
                let seen = values.get(seen.clone()).unwrap_or_default();
                seen.iter().rev().copied().find(|value| value.is_finite()).map_or(50.0, |value| layout.top(value))
            };
            let heights: Vec<f64> = plot.traces.iter().map(|trace| end(&trace.values)).collect();
            let heights = spread(&heights, ROOM, 100.0);
            let label = |(index, (trace, height)): (usize, (&crate::model::chart::Trace, f64))| {
                let class = format!("end-label clip {}", line_class(index, plot.traces.len()));
                view! { <span class=class style:top=format!("{height:.1}%")>{trace.label.clone()}</span> }
            };
            plot.traces.iter().zip(heights).enumerate().map(label).collect()
        })
    };
    view! { <div class="end-labels" aria-hidden="true" hidden=derived(move || drawing.place.get().is_some())>{dynamic(labels)}</div> }
}

/// A button for each of many lines: pointing lights it, pressing keeps it lit.
#[component]
pub(super) fn Legend(drawing: Drawing) -> impl IntoPiece {
    let lit = drawing.lit;
    // Names stay while values change.
    let names = Memo::new(move |_| {
        drawing.plot.with(|plot| {
            let many = plot.traces.len() > LABELLED;
            plot.traces.iter().filter(|_| many).map(|trace| trace.label.clone()).collect::<Vec<_>>()
        })
    });
    let last = move |index: usize| {
        drawing.plot.with(|plot| {
            let trace = plot.traces.get(index)?;
            let last = trace.values.iter().rev().copied().find(|value| value.is_finite())?;
            Some(with_unit(last, plot.unit))
        })
    };
    let entry = move |(index, name): (usize, String)| {
        let press = move |_| lit.chosen.update(|chosen| *chosen = (*chosen != Some(index)).then_some(index));
        view! {
            <li>
                <button type="button" class="legend-entry" aria-pressed=derived(move || (lit.chosen.get() == Some(index)).to_string())
                    on:pointerenter=move |_| lit.pointed.set(Some(index)) on:pointerleave=move |_| lit.pointed.set(None)
                    on:focus=move |_| lit.pointed.set(Some(index)) on:blur=move |_| lit.pointed.set(None) on:click=press>
                    <span class="clip">{name}</span> <strong>{dynamic(move || last(index))}</strong>
                </button>
            </li>
        }
    };
    let list = move || {
        names.with(|names| {
            (!names.is_empty()).then(|| view! {
            <ul class="legend" aria-label="Series">{names.iter().cloned().enumerate().map(entry).collect_view()}</ul>
        })
        })
    };
    view! { {dynamic(list)} }
}
