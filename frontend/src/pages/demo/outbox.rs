//! The outbox: what the demo sent, in words as a mail program and Slack would have got them.

use leptos::prelude::*;
use watchkeeper_common::demo::{DemoRun, OutboxMessage};

use crate::api::Session;
use crate::components::live::{live, nouns};
use crate::components::reactive::dynamic;
use crate::components::remote::{Skeleton, remote};

#[component]
pub(super) fn Outbox(session: Session, run: Signal<Option<DemoRun>>) -> impl IntoView {
    // Every message is a caption: looking again when one came in is enough.
    let said = Memo::new(move |_| run.with(|run| run.as_ref().map_or(0, |run| run.captions.len())));
    let found = live(nouns![], || (), move |()| session.demo_outbox());
    Effect::new(move |before: Option<usize>| {
        let now = said.get();
        if before.is_some_and(|before| before != now) {
            found.again();
        }
        now
    });
    view! {
        <section class="card" aria-labelledby="outbox-heading">
            <h2 id="outbox-heading">"Outbox"</h2>
            <p class="muted">
                "What went out, word for word. If you have set up email or Slack, the same messages went there, marked [DEMO]."
            </p>
            {remote(found, Skeleton::Rows(2), move |page| {
                let messages = move || page.get().items.into_iter().rev().map(message).collect_view();
                view! { <div class="outbox">{dynamic(messages)}</div> }
            })}
        </section>
    }
}

fn message(message: OutboxMessage) -> impl IntoView {
    let OutboxMessage { subject, text, slack, .. } = message;
    view! {
        <details>
            <summary>{subject}</summary>
            <pre class="well">{text}</pre>
            <details>
                <summary>"As Slack would get it"</summary>
                <pre class="well"><code>{slack}</code></pre>
            </details>
        </details>
    }
}
