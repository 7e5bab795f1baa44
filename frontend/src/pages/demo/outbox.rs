//! The outbox: what the demo sent, as a mail program and Slack would have shown it.

use watchkeeper_common::demo::{DemoRun, OutboxMessage};

use crate::api::Session;
use crate::components::clock::Ago;
use crate::components::letter;
use crate::components::live::{live, nouns};
use crate::components::remote::{Skeleton, remote};
use crate::dom::prelude::*;

#[component]
pub(super) fn Outbox(session: Session, run: Signal<Option<DemoRun>>) -> impl IntoPiece {
    // Every message is a caption: looking again when one came in is enough.
    let said = Memo::new(move |_| run.with(|run| run.as_ref().map_or(0, |run| run.captions.len())));
    let found = live(nouns![], || (), move |()| session.demo_outbox());
    effect(move |before: Option<usize>| {
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
            {remote(found, Skeleton::Rows(2), move |page| view! {
                <div class="outbox">{each(move || page.get().items.into_iter().rev().collect(), |message| view! { <Message message=message/> })}</div>
            })}
        </section>
    }
}

/// As a mail program shows it, beside its text and what Slack shows.
#[component]
fn Message(message: OutboxMessage) -> impl IntoPiece {
    let open = RwSignal::new(false);
    let toggle = move |event: web_sys::Event| open.set(event_target::<web_sys::Element>(&event).has_attribute("open"));
    let (subject, at) = (message.subject.clone(), message.at);
    let faces = move || {
        let OutboxMessage { subject, text, html, slack, blocks, .. } = message.clone();
        view! {
            <div class="pair faces">
                <section>
                    <h3>"The mail"</h3>
                    {letter::letter(&html, format!("The mail: {subject}"))}
                </section>
                <section>
                    <h3>"In Slack"</h3>
                    {letter::post(blocks)}
                    <h3>"The mail as plain text"</h3>
                    <pre class="well" tabindex="0">{text}</pre>
                    <details>
                        <summary>"What Slack is sent"</summary>
                        <pre class="well" tabindex="0"><code>{slack}</code></pre>
                    </details>
                </section>
            </div>
        }
    };
    view! {
        <details on:toggle=toggle>
            <summary>{subject} " " <span class="muted small"><Ago at=at/></span></summary>
            // A frame that is not shown has no size: it is made when it is seen.
            {dynamic(move || open.get().then(&faces))}
        </details>
    }
}
