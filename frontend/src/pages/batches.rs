//! What was checked: batches with their receipts.

use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_query_map;
use watchkeeper_common::analysis::BatchView;

use crate::api::Session;
use crate::components::action::Doing;
use crate::components::badge::StateBadge;
use crate::components::clock::Ago;
use crate::components::live::{live, nouns};
use crate::components::remote::{Empty, Skeleton, remote};
use crate::components::title::title;
use crate::components::toast::use_toaster;
use crate::model::{number, words};
use crate::pages::incidents::Tabs;
use crate::routes::Place;

pub(crate) fn batches(session: Session) -> AnyView {
    title(|| "Batches".to_owned());
    let query = use_query_map();
    let page = live(
        nouns![Batch],
        move || query.read().get("cursor"),
        move |cursor| async move { session.batches(cursor).await },
    );
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
    let none = || {
        view! {
            <Empty heading="No batch yet">
                <p>"Every minute the series of your targets are compared with their baseline. The receipts stand here."</p>
                <p><A href=Place::Targets.href() attr:class="button">"Add a target"</A></p>
            </Empty>
        }
    };
    view! {
        <header class="head">
            <h1>"Batches"</h1>
            <button type="button" disabled=move || running.pending().get() on:click=run>
                {move || if running.pending().get() { "Checking…" } else { "Check now" }}
            </button>
        </header>
        <Tabs/>
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
                                <th scope="col" class="end">"When"</th>
                            </tr>
                        </thead>
                        <tbody>{move || page.get().items.into_iter().map(row).collect_view()}</tbody>
                    </table>
                </div>
            </Show>
            {move || page.get().next_cursor.map(|cursor| view! {
                <p><A href=Place::Batches.with(&[("cursor", &cursor)])>"Older batches"</A></p>
            })}
        })}
    }
    .into_any()
}

fn row(batch: BatchView) -> impl IntoView {
    let text = batch.error.unwrap_or(batch.receipt.text);
    view! {
        <tr>
            <td><StateBadge badge=words::outcome(batch.outcome)/></td>
            <td class="main wide"><A href=Place::Batch(batch.id).href()>{text}</A></td>
            <td class="end" data-name="facts">{number::grouped(batch.fact_count.into())}</td>
            <td class="end" data-name="tokens">{number::grouped(batch.receipt.prompt_tokens.into())}</td>
            <td class="end"><Ago at=batch.finished_at/></td>
        </tr>
    }
}
