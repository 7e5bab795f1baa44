//! Which time is shown: presets up to now, a stretch that was zoomed into, and the way in and out.

use leptos::prelude::*;

use super::Steer;
use crate::components::chart::TimeAxis;
use crate::components::clock::{stamp, use_clock};
use crate::components::reactive::{derived, dynamic};
use crate::model::range::{PRESETS, Range};

#[component]
pub(super) fn Toolbar(steer: Steer, range: Memo<Range>, axis: TimeAxis) -> impl IntoView {
    let clock = use_clock();
    let preset = move |(_, words, seconds): &(&'static str, &'static str, u32)| {
        let (words, seconds) = (*words, *seconds);
        let pressed = move || (range.get() == Range::Last(seconds)).to_string();
        let set = move |_| steer.turn(|shown| shown.range = Range::Last(seconds));
        view! { <button type="button" aria-pressed=derived(pressed) on:click=set>{words}</button> }
    };
    let between = move || match range.get() {
        Range::Last(_) => None,
        Range::Between(from, to) => Some(format!("{} to {}", clock.full(stamp(from)), clock.full(stamp(to)))),
    };
    view! {
        <div class="toolbar">
            <div class="segments" role="group" aria-label="Time, up to now">{PRESETS.iter().map(preset).collect_view()}</div>
            <div class="segments" role="group" aria-label="Zoom">
                <button type="button" aria-label="Zoom in" title="Zoom in (drag over a chart, or +)" on:click=move |_| axis.zoom_in()>"+"</button>
                <button type="button" aria-label="Zoom out" title="Zoom out (−)" on:click=move |_| axis.zoom_out()>"−"</button>
            </div>
            <p class="muted small" role="status">{dynamic(between)}</p>
        </div>
    }
    .into_any()
}
