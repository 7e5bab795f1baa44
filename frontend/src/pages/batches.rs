//! What was checked: batches with their receipts.

use watchkeeper_common::analysis::{BatchOutcome, BatchView, Unit};

use crate::api::Session;
use crate::components::action::Doing;
use crate::components::badge::StateBadge;
use crate::components::clock::Ago;
use crate::components::filters::{Filters, clear, dated, pager, select};
use crate::components::live::{live, nouns};
use crate::components::remote::{Empty, Skeleton, remote};
use crate::components::title::title;
use crate::components::toast::use_toaster;
use crate::dom::prelude::*;
use crate::model::{number, words};
use crate::pages::metrics::Tabs;
use crate::router::A;
use crate::routes::Place;

const NAMES: &[&str] = &["outcome", "since", "from", "to"];
/// How a finished batch can have ended.
const OUTCOMES: [BatchOutcome; 3] = [BatchOutcome::Quiet, BatchOutcome::Analysed, BatchOutcome::Failed];

pub(crate) fn batches(session: Session) -> Piece {
    title(|| "Batches".to_owned());
    let filters = Filters::of(Place::Batches, NAMES);
    let page = live(nouns![Batch], move || filters.wanted(), move |wanted| session.batches(dated(wanted)));
    let toaster = use_toaster();
    let running = Doing::new();
    let run = move |_| {
        running.start(session.run_batch(), move |outcome| match outcome {
            Ok(batch) => {
                toaster.good(batch.error.unwrap_or(batch.receipt.text));
                page.again();
            }
            Err(fault) => toaster.bad(fault.message()),
        });
    };
    let none = move || {
        if filters.narrowed() {
            return view! { <Empty heading="No batch matches"><p>"Another outcome or more time may show some. " <A href=Place::Batches.href()>"Show all"</A></p></Empty> };
        }
        view! {
            <Empty heading="No batch yet">
                <p>"Every minute the series of your targets are compared with their baseline. The receipts stand here."</p>
                <p><A href=Place::Targets.href() class="button">"Add a target"</A></p>
            </Empty>
        }
    };
    view! {
        <header class="head">
            <h1>"Batches"</h1>
            <button type="button" disabled=derived(move || running.pending().get()) on:click=run>
                {dynamic(move || if running.pending().get() { "Checking…" } else { "Check now" })}
            </button>
        </header>
        <Tabs/>
        <div class="filters" role="search" aria-label="Filter batches">
            {select(filters, "outcome", "Outcome", OUTCOMES.iter().map(|outcome| outcome.as_str()).collect())}
            {clear(filters)}
        </div>
        {remote(page, Skeleton::Rows(8), move |page| view! {
            <Show when=move || page.with(|page| !page.items.is_empty()) fallback=none>
                <div class="table-wrap" tabindex="0" role="region" aria-label="Batches">
                    <table>
                        <thead>
                            <tr>
                                <th scope="col">"Outcome"</th>
                                <th scope="col">"Receipt"</th>
                                <th scope="col" class="end">"Facts"</th>
                                <th scope="col" class="end">"Tokens"</th>
                                <th scope="col" class="end">"Took"</th>
                                <th scope="col" class="end">"When"</th>
                            </tr>
                        </thead>
                        <tbody>{each(move || page.get().items, row)}</tbody>
                    </table>
                </div>
            </Show>
            {pager(filters, Signal::derive(move || page.with(|page| page.next_cursor.clone())))}
        })}
    }
}

fn row(batch: BatchView) -> impl IntoPiece {
    let took = batch.finished_at.as_millisecond() - batch.started_at.as_millisecond();
    let took = number::with_unit(took.max(0) as f64 / 1e3, Unit::Seconds);
    let text = batch.error.unwrap_or(batch.receipt.text);
    view! {
        <tr>
            <td><StateBadge badge=words::outcome(batch.outcome)/></td>
            <td class="main wide"><A href=Place::Batch(batch.id).href()>{text}</A></td>
            <td class="end" data-name="facts">{number::grouped(batch.fact_count.into())}</td>
            <td class="end" data-name="tokens">{number::grouped(batch.receipt.prompt_tokens.into())}</td>
            <td class="end" data-name="took">{took}</td>
            <td class="end"><Ago at=batch.finished_at/></td>
        </tr>
    }
}
