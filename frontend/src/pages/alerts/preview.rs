//! The real message before one is sent: of the newest incident, or of a made-up one.

use watchkeeper_common::alert::{EmailPreview, SlackPreview};

use crate::api::{Fault, Session};
use crate::components::action::Doing;
use crate::components::letter;
use crate::dom::prelude::*;
use crate::model::preview::plain;

pub(super) fn email(session: Session) -> Piece {
    let (doing, found) = (Doing::new(), RwSignal::new(None::<Result<EmailPreview, Fault>>));
    let fetch = move |_| doing.start(session.preview_email(), move |now| found.set(Some(now)));
    let shown = move |mail: EmailPreview| {
        view! {
            {origin(mail.example)}
            <p><span class="muted">"Subject "</span><strong>{mail.subject}</strong></p>
            {letter::letter(&mail.html, "The mail as its reader sees it".to_owned())}
            <details><summary>"As plain text"</summary><pre class="well document" tabindex="0">{mail.text}</pre></details>
        }
    };
    frame(doing.pending(), Callback::new(fetch), move || found.get().map(|found| found.map_or_else(refused, shown)))
}

pub(super) fn slack(session: Session) -> Piece {
    let (doing, found) = (Doing::new(), RwSignal::new(None::<Result<SlackPreview, Fault>>));
    let fetch = move |_| doing.start(session.preview_slack(), move |now| found.set(Some(now)));
    let shown = move |post: SlackPreview| {
        view! {
            {origin(post.example)}
            {letter::post(post.blocks)}
            <p class="muted small">"A notification shows: " {plain(&post.text)}</p>
        }
    };
    frame(doing.pending(), Callback::new(fetch), move || found.get().map(|found| found.map_or_else(refused, shown)))
}

fn frame(pending: Signal<bool>, fetch: Callback<()>, shown: impl Fn() -> Option<Piece> + Send + 'static) -> Piece {
    view! {
        <div class="preview">
            <button type="button" disabled=derived(move || pending.get()) on:click=move |_| fetch.run(())>
                {dynamic(move || if pending.get() { "Rendering…" } else { "Preview the message" })}
            </button>
            {shown}
        </div>
    }
}

fn origin(example: bool) -> Piece {
    let said = if example {
        "Of a made-up incident, because there is none yet. Nothing was sent."
    } else {
        "Of your newest incident. Nothing was sent."
    };
    view! { <p class="muted small" role="status">{said}</p> }
}

fn refused(fault: Fault) -> Piece {
    view! { <p class="notice bad" role="alert">{fault.message()}</p> }
}
