//! What the pointer and the keys move over: the crosshair, and marking a stretch to look at closely.
//!
//! A mouse marks by dragging; a finger moves the crosshair, as it would otherwise hide what it marks. By keyboard: arrows move,
//! with Shift they mark, Enter goes in, `+` and `-` zoom, Escape lets go.

use wasm_bindgen::JsCast;
use web_sys::{KeyboardEvent, PointerEvent};

use super::Drawing;
use super::readout::said;
use crate::dom::prelude::*;
use crate::model::chart::draw::Layout;
use crate::model::chart::scale::Scale;

/// How near the pointer must be to a line to light it, in per cent of the height.
const NEAR: f64 = 8.0;

#[component]
pub(super) fn Scrub(drawing: Drawing) -> impl IntoPiece {
    let axis = drawing.axis;
    let said = said(drawing);
    let down = move |event: PointerEvent| {
        let Some((at, _)) = under(&event, drawing) else { return };
        axis.cursor.set(Some(at));
        if event.pointer_type() != "touch" && event.button() == 0 {
            axis.marked.set(Some((at, at)));
            if let Some(element) = element(&event) {
                // Without capture, marking ends at the chart's edge.
                element.set_pointer_capture(event.pointer_id()).unwrap_or_default();
            }
        }
    };
    let moved = move |event: PointerEvent| {
        let Some((at, height)) = under(&event, drawing) else { return };
        axis.cursor.set(Some(at));
        if let Some((from, _)) = axis.marked.get_untracked() {
            axis.marked.set(Some((from, at)));
        } else {
            light(drawing, height);
        }
    };
    let left = move |_: PointerEvent| {
        if axis.marked.with_untracked(Option::is_none) {
            axis.cursor.set(None);
        }
        drawing.lit.pointed.set(None);
    };
    let let_go = move || {
        axis.cursor.set(None);
        axis.marked.set(None);
    };
    let mark = move || {
        let (a, b) = axis.marked.get()?;
        drawing.layout.with(|layout| {
            let (from, to) = (layout.left(a.min(b)).max(0.0), layout.left(a.max(b)).min(100.0));
            Some(view! { <span class="mark-span" style:left=format!("{from:.2}%") style:width=format!("{:.2}%", to - from)></span> })
        })
    };
    let share = move || {
        let (from, to) = axis.span();
        axis.cursor.get().map_or(100.0, |at| ((at - from) / (to - from) * 100.0).clamp(0.0, 100.0).round())
    };
    view! {
        <div class="scrub" tabindex="0" role="slider" aria-valuemin="0" aria-valuemax="100" aria-valuenow=derived(share)
            aria-label=derived(move || format!("Time in {}", drawing.plot.with(|plot| plot.title.clone())))
            aria-valuetext=derived(move || said.get())
            on:pointerdown=down on:pointermove=moved on:pointerleave=left
            on:pointerup=move |_| axis.zoom_to_mark() on:pointercancel=move |_| let_go()
            on:dblclick=move |_| axis.zoom_out()
            on:keydown=move |event| key(drawing, &event) on:blur=move |_| let_go()>
            {dynamic(mark)}
        </div>
    }
}

fn element(event: &PointerEvent) -> Option<web_sys::Element> {
    event.current_target()?.dyn_into().ok()
}

/// The instant under the pointer, and its height from the top in per cent.
fn under(event: &PointerEvent, drawing: Drawing) -> Option<(f64, f64)> {
    let bounds = element(event)?.get_bounding_client_rect();
    let pixels = Scale::new(drawing.axis.span_untracked(), (bounds.left(), bounds.right()));
    let (from, to) = drawing.axis.span_untracked();
    let at = pixels.value(f64::from(event.client_x())).clamp(from, to);
    Some((at, (f64::from(event.client_y()) - bounds.top()) / bounds.height().max(1.0) * 100.0))
}

/// Lights the line under the pointer, where there are several.
fn light(drawing: Drawing, height: f64) {
    let Some(place) = drawing.place.get_untracked() else { return };
    let nearest = drawing.plot.with_untracked(|plot| {
        drawing.layout.with_untracked(|layout: &Layout| {
            let lines = plot.at(place).filter(|(_, _, value)| value.is_finite());
            let distance = lines.map(|(index, _, value)| (index, (layout.top(value) - height).abs()));
            distance.min_by(|a, b| a.1.total_cmp(&b.1)).filter(|(_, distance)| *distance < NEAR).map(|(index, _)| index)
        })
    });
    if drawing.lit.pointed.get_untracked() != nearest {
        drawing.lit.pointed.set(nearest);
    }
}

fn key(drawing: Drawing, event: &KeyboardEvent) {
    let axis = drawing.axis;
    let step = |by: isize| {
        let (from, to) = axis.span_untracked();
        let here = axis.cursor.get_untracked().unwrap_or(to);
        let there = drawing.plot.with_untracked(|plot| {
            let last = plot.times.len().saturating_sub(1);
            let place = plot.nearest(here).unwrap_or(last).saturating_add_signed(by).min(last);
            plot.times.get(place).copied().unwrap_or(here)
        });
        let there = there.clamp(from, to);
        if event.shift_key() {
            let began = axis.marked.get_untracked().map_or(here, |(began, _)| began);
            axis.marked.set(Some((began, there)));
        }
        axis.cursor.set(Some(there));
    };
    match event.key().as_str() {
        "ArrowLeft" => step(-1),
        "ArrowRight" => step(1),
        "PageUp" => step(-10),
        "PageDown" => step(10),
        "Home" => step(isize::MIN / 2),
        "End" => step(isize::MAX / 2),
        "Enter" => axis.zoom_to_mark(),
        "+" | "=" => axis.zoom_in(),
        "-" => axis.zoom_out(),
        "Escape" => {
            axis.cursor.set(None);
            axis.marked.set(None);
        }
        _ => return,
    }
    event.prevent_default();
}
