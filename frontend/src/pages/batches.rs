//! What was checked: batches with their receipts.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::A;
use leptos_router::hooks::{use_navigate, use_query_map};
use watchkeeper_common::analysis::{BatchOutcome, BatchView, Unit};

use crate::api::{BatchFilter, Session};
use crate::components::action::Doing;
use crate::components::badge::StateBadge;
use crate::components::clock::Ago;
use crate::components::live::{live, nouns};
use crate::components::remote::{Empty, Skeleton, remote};
use crate::components::title::title;
use crate::components::toast::use_toaster;
use crate::model::{number, words};
use crate::pages::incidents::Select;
use crate::pages::metrics::Tabs;
use crate::routes::Place;

pub(crate) fn batches(session: Session) -> AnyView {
    title(|| "Batches".to_owned());
    let query = use_query_map();
    let go = use_navigate();
    let filter = move || {
        let query = query.read();
        BatchFilter { outcome: query.get("outcome"), cursor: query.get("cursor") }
    };
    let page = live(nouns![Batch], filter, move |filter| async move { session.batches(&filter).await });
    let pick = move |outcome: String| {
        go(
            &Place::Batches.with(&[("outcome", &outcome)]),
            NavigateOptions { scroll: false, ..NavigateOptions::default() },
        );
    };
    let toaster = use_toaster();
    let running = Doing::new();
    let run = move |_| {
        running.start(async move { session.run_batch().await }, move |outcome| match outcome {
            Ok(batch) => {
                toaster.good(batch.error.unwrap_or(batch.receipt.text));
                page.again();
            }
            Err(fault) => toaster.bad(fault.message()),
        });
    };
    let none = move || {
        if filter() != BatchFilter::default() {
            return view! { <Empty heading="No batch ended so"><p><A href=Place::Batches.href()>"Show all batches"</A></p></Empty> }.into_any();
        }
        view! {
            <Empty heading="No batch yet">
                <p>"Every minute the series of your targets are compared with their baseline. The receipts stand here."</p>
                <p><A href=Place::Targets.href() attr:class="button">"Add a target"</A></p>
            </Empty>
        }
        .into_any()
    };
    view! {
        <header class="head">
            <h1>"Batches"</h1>
            <button type="button" disabled=move || running.pending().get() on:click=run>
                {move || if running.pending().get() { "Checking…" } else { "Check now" }}
            </button>
        </header>
        <Tabs/>
        <div class="filters">
            <Select label="Outcome" name="outcome" chosen=Signal::derive(move || filter().outcome) pick=pick
                options=BatchOutcome::ALL.iter().map(|outcome| outcome.as_str()).collect()/>
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
                        <tbody>{move || page.get().items.into_iter().map(row).collect_view()}</tbody>
                    </table>
                </div>
            </Show>
            {move || page.get().next_cursor.map(|cursor| {
                let outcome = filter().outcome.unwrap_or_default();
                let older = Place::Batches.with(&[("outcome", &outcome), ("cursor", &cursor)]);
                view! { <p><A href=older>"Older batches"</A></p> }
            })}
        })}
    }
    .into_any()
}

fn row(batch: BatchView) -> impl IntoView {
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
