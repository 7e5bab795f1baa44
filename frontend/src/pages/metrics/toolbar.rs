//! The way into a stretch of time and out of it again. How far back the charts go stands in the top bar.

use crate::components::chart::TimeAxis;
use crate::components::clock::{stamp, use_clock};
use crate::dom::prelude::*;
use crate::model::range::Range;

#[component]
pub(super) fn Toolbar(range: Memo<Range>, axis: TimeAxis) -> impl IntoPiece {
    let clock = use_clock();
    let between = move || match range.get() {
        Range::Last(_) => None,
        Range::Between(from, to) => Some(format!("{} to {}", clock.full(stamp(from)), clock.full(stamp(to)))),
    };
    view! {
        <div class="toolbar">
            <div class="segments" role="group" aria-label="Zoom">
                <button type="button" aria-label="Zoom in" title="Zoom in (drag over a chart, or +)" on:click=move |_| axis.zoom_in()>"+"</button>
                <button type="button" aria-label="Zoom out" title="Zoom out (−)" on:click=move |_| axis.zoom_out()>"−"</button>
            </div>
            <p class="muted small" role="status">{dynamic(between)}</p>
        </div>
    }
}
