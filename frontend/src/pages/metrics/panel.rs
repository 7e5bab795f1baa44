//! One metric of an instance over the page's time: its chart, and what to do when there is none.

use watchkeeper_common::metric::MetricRange;

use super::Steer;
use super::choose::about;
use crate::api::{RangeQuery, Session};
use crate::components::chart::{Chart, TimeAxis};
use crate::components::clock::use_clock;
use crate::components::live::{live, nouns};
use crate::components::remote::{Refused, Skeleton, skeleton};
use crate::dom::prelude::*;
use crate::model::chart::{Plot, Shade};
use crate::model::metric::plot;
use crate::model::range::Range;

#[component]
pub(super) fn Panel(
    session: Session,
    steer: Steer,
    metric: String,
    instance: String,
    range: Memo<Range>,
    axis: TimeAxis,
    bands: Signal<Vec<Shade>>,
) -> impl IntoPiece {
    let clock = use_clock();
    let (heading, label, removed, asked) = (metric.clone(), metric.clone(), metric.clone(), metric.clone());
    let of = instance.clone();
    let question = move || {
        let query = RangeQuery { metric: metric.clone(), instance: instance.clone(), points: points() };
        (query, range.get())
    };
    let answer =
        live(nouns![], question, move |(query, range)| session.metric_range(&query, range.span(clock.now_untracked())));
    // A new span keeps the old picture, and with it the keyboard's place, until the new one is there.
    let kept = Memo::new(move |before: Option<&Option<MetricRange>>| {
        answer.data.get().or_else(|| before.cloned().flatten().filter(|_| answer.fault.with(Option::is_none)))
    });
    let drawn = Memo::new(move |before: Option<&Plot>| {
        let shades = bands.get();
        let drawn = kept.with(|kept| kept.as_ref().map(|kept| plot(kept, &of, shades)));
        drawn.or_else(|| before.cloned()).unwrap_or_else(|| Plot::empty(&asked))
    });
    let there = Memo::new(move |_| kept.with(Option::is_some));
    let body = move || {
        if there.get() {
            return view! { <Chart plot=drawn axis=axis/> };
        }
        match answer.fault.get() {
            Some(fault) => view! { <Refused fault=fault retry=move |()| answer.again()/> },
            None => skeleton(Skeleton::Chart).into_piece(),
        }
    };
    let late = move || {
        let fault = answer.fault.get().filter(|_| there.get())?;
        Some(view! { <p class="muted small" role="status">"Not refreshed: " {fault.message()}</p> })
    };
    let remove = move |_| steer.turn(|shown| shown.metrics.retain(|own| *own != removed));
    let name = format!("Remove {heading}");
    view! {
        <section class="panel" aria-label=label>
            <header class="card-head">
                <h2><code>{heading}</code> " " <span class="muted small">{dynamic(move || kept.with(|kept| kept.as_ref().map(about)))}</span></h2>
                <button type="button" class="quiet small" aria-label=name on:click=remove>"✕"</button>
            </header>
            {dynamic(body)}
            {dynamic(late)}
        </section>
    }
}

/// As many places as the screen can tell apart, in steps, so that a window that is resized a little asks for nothing new.
fn points() -> u32 {
    let width = window().inner_width().ok().and_then(|width| width.as_f64()).unwrap_or(1_000.0);
    match width {
        width if width < 600.0 => 180,
        width if width < 1_500.0 => 360,
        _ => 720,
    }
}
