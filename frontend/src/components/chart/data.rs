//! The numbers of a chart as a table, made when somebody asks for it.

use super::Drawing;
use super::readout::moment;
use crate::components::clock::{stamp, use_clock};
use crate::components::copy::CopyButton;
use crate::dom::prelude::*;
use crate::model::number::{counted, with_unit};

/// Most lines that become columns.
const COLUMNS: usize = 6;

#[component]
pub(super) fn Data(drawing: Drawing) -> impl IntoPiece {
    let open = RwSignal::new(false);
    view! {
        <details class="chart-data" prop:open=derived(move || open.get())>
            <summary on:click=move |event| { event.prevent_default(); open.update(|open| *open = !*open); }>"Table"</summary>
            {dynamic(move || open.get().then(|| view! { <Table drawing=drawing/> }))}
        </details>
    }
}

#[component]
fn Table(drawing: Drawing) -> impl IntoPiece {
    let clock = use_clock();
    let heads = move || {
        drawing.plot.with(|plot| {
            let name = |label: &str| if label.is_empty() { "Value".to_owned() } else { label.to_owned() };
            let heads = plot.traces.iter().take(COLUMNS);
            heads.map(|trace| view! { <th scope="col" class="end">{name(&trace.label)}</th> }).collect_view()
        })
    };
    let rows = move || {
        let span = drawing.axis.span();
        drawing.plot.with(|plot| {
            let row = |place: usize| {
                let at = plot.times.get(place).copied().unwrap_or_default();
                let cell = |value: f64| if value.is_finite() { with_unit(value, plot.unit) } else { "–".to_owned() };
                let cells: Vec<_> = plot
                    .at(place)
                    .take(COLUMNS)
                    .map(|(_, _, value)| view! { <td class="end">{cell(value)}</td> })
                    .collect();
                view! { <tr><th scope="row">{moment(clock, span, at)}</th>{cells}</tr> }
            };
            plot.table(span).into_iter().map(row).collect_view()
        })
    };
    let left_out = move || {
        let more = drawing.plot.with(|plot| plot.traces.len().saturating_sub(COLUMNS));
        (more > 0).then(|| {
            format!("{} more in the copy.", counted(u32::try_from(more).unwrap_or(u32::MAX), "series is", "series are"))
        })
    };
    let csv = Signal::derive(move || drawing.plot.with(|plot| plot.csv(|at| stamp(at).to_string())));
    view! {
        <div class="chart-table" tabindex="0" role="region" aria-label="Values">
            <table><thead><tr><th scope="col">"Time"</th>{dynamic(heads)}</tr></thead><tbody>{dynamic(rows)}</tbody></table>
        </div>
        <p class="muted small">{dynamic(left_out)} " " <CopyButton text=csv label="Copy all as CSV"/></p>
    }
}
