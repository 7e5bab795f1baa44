//! The last batches, one bar each: taller is more series outside their baseline. One stop for the keyboard; arrows move.

use wasm_bindgen::JsCast;
use watchkeeper_common::analysis::{BatchOutcome, BatchView};
use watchkeeper_common::page::Page;

use crate::api::Session;
use crate::components::clock::use_clock;
use crate::components::live::{Live, live, nouns};
use crate::components::remote::{Skeleton, remote};
use crate::dom::prelude::*;
use crate::model::number::counted;
use crate::router::A;
use crate::routes::Place;

/// Bars; an hour at one a minute.
const BARS: usize = 60;

pub(super) fn batches(session: Session) -> Live<Page<BatchView>> {
    live(nouns![Batch], || (), move |()| session.batches(vec![("limit", BARS.to_string())]))
}

pub(super) fn strip(batches: Live<Page<BatchView>>) -> Piece {
    view! {
        <section class="strip-box" aria-labelledby="strip-heading">
            <div class="card-head">
                <h2 id="strip-heading" class="muted small">"Last checks, one bar each; taller is more out of line"</h2>
                <A href=Place::Batches.href() class="small">"All batches"</A>
            </div>
            {remote(batches, Skeleton::Rows(1), |page| view! {
                <ol class="bars" on:keydown=step>{dynamic(move || bars(page.get().items))}</ol>
            })}
        </section>
    }
}

fn bars(mut batches: Vec<BatchView>) -> Piece {
    let clock = use_clock();
    let most = batches.iter().map(|batch| batch.receipt.outside).max().unwrap_or(0).max(4);
    batches.reverse();
    let last = batches.len().saturating_sub(1);
    let bar = move |(index, batch): (usize, BatchView)| {
        let outside = batch.receipt.outside;
        let (class, share) = match batch.outcome {
            BatchOutcome::Failed => ("failed", 1.0),
            BatchOutcome::Quiet => ("quiet", 0.0),
            BatchOutcome::Analysed | BatchOutcome::Running => ("outside", f64::from(outside) / f64::from(most)),
        };
        let came = batch.error.unwrap_or(batch.receipt.text);
        let incidents = u32::try_from(batch.incident_ids.len()).unwrap_or(u32::MAX);
        let incidents =
            if incidents > 0 { format!("; {}", counted(incidents, "incident", "incidents")) } else { String::new() };
        let said = move || format!("{}: {came}{incidents}", clock.hour(batch.finished_at));
        let height = format!("{:.0}%", 12.0 + 88.0 * share);
        let stop = if index == last { "0" } else { "-1" };
        let label = said.clone();
        view! {
            <li><a href=Place::Batch(batch.id).href() class=class tabindex=stop title=derived(said) aria-label=label>
                <span style:height=height></span>
            </a></li>
        }
    };
    let missing = BARS.saturating_sub(batches.len());
    let empty = (0..missing).map(|_| view! { <li class="none" aria-hidden="true"><span></span></li> });
    view! { {empty.collect_view()} {batches.into_iter().enumerate().map(bar).collect_view()} }
}

/// Arrow keys go from bar to bar.
fn step(event: web_sys::KeyboardEvent) {
    let Some(here) = document().active_element().and_then(|link| link.parent_element()) else { return };
    let to = match event.key().as_str() {
        "ArrowLeft" => here.previous_element_sibling(),
        "ArrowRight" => here.next_element_sibling(),
        _ => return,
    };
    event.prevent_default();
    let link = to.and_then(|to| to.first_element_child()).and_then(|link| link.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(link) = link {
        // A bar that left meanwhile takes no focus.
        link.focus().unwrap_or_default();
    }
}
