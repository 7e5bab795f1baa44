//! The real message before one is sent: of the newest incident, or of a made-up one.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use watchkeeper_common::alert::{EmailPreview, SlackBlock, SlackPreview};

use crate::api::{Fault, Session};
use crate::components::action::Doing;
use crate::components::reactive::{derived, dynamic};
use crate::model::preview::{held, plain};

pub(super) fn email(session: Session) -> AnyView {
    let (doing, found) = (Doing::new(), RwSignal::new(None::<Result<EmailPreview, Fault>>));
    let fetch = move |_| doing.start(session.preview_email(), move |now| found.set(Some(now)));
    let shown = move |mail: EmailPreview| {
        let html = StoredValue::new(held(&mail.html));
        view! {
            {origin(mail.example)}
            <p><span class="muted">"Subject "</span><strong>{mail.subject}</strong></p>
            <iframe class="letter" title="The mail as its reader sees it" sandbox="allow-same-origin"
                srcdoc=html.get_value() on:load=|event| dress(&event)></iframe>
            <details><summary>"As plain text"</summary><pre class="well document" tabindex="0">{mail.text}</pre></details>
        }
        .into_any()
    };
    frame(doing.pending(), Callback::new(fetch), move || found.get().map(|found| found.map_or_else(refused, shown)))
}

pub(super) fn slack(session: Session) -> AnyView {
    let (doing, found) = (Doing::new(), RwSignal::new(None::<Result<SlackPreview, Fault>>));
    let fetch = move |_| doing.start(session.preview_slack(), move |now| found.set(Some(now)));
    let block = |block: SlackBlock| {
        let class = format!("block-{}", block.kind);
        view! { <p class=class>{plain(&block.text)}</p> }
    };
    let shown = move |post: SlackPreview| {
        view! {
            {origin(post.example)}
            <div class="post">{post.blocks.into_iter().map(block).collect_view()}</div>
            <p class="muted small">"A notification shows: " {plain(&post.text)}</p>
        }
        .into_any()
    };
    frame(doing.pending(), Callback::new(fetch), move || found.get().map(|found| found.map_or_else(refused, shown)))
}

fn frame(pending: Signal<bool>, fetch: Callback<()>, shown: impl Fn() -> Option<AnyView> + Send + 'static) -> AnyView {
    view! {
        <div class="preview">
            <button type="button" disabled=derived(move || pending.get()) on:click=move |_| fetch.run(())>
                {dynamic(move || if pending.get() { "Rendering…" } else { "Preview the message" })}
            </button>
            {shown}
        </div>
    }
    .into_any()
}

fn origin(example: bool) -> AnyView {
    let said = if example {
        "Of a made-up incident, because there is none yet. Nothing was sent."
    } else {
        "Of your newest incident. Nothing was sent."
    };
    view! { <p class="muted small" role="status">{said}</p> }.into_any()
}

fn refused(fault: Fault) -> AnyView {
    view! { <p class="notice bad" role="alert">{fault.message()}</p> }.into_any()
}

/// Gives the framed mail its styles by the object model, which the policy leaves to the page's own code. The frame runs no
/// scripts, and its links lead nowhere.
fn dress(event: &web_sys::Event) {
    dressed(event).unwrap_or_default();
}

fn dressed(event: &web_sys::Event) -> Result<(), JsValue> {
    let frame: web_sys::HtmlElement = event_target(event);
    // A frame's document is of the frame's own classes, so it cannot be asked whether it is one of ours.
    let inside: web_sys::Document = js_sys::Reflect::get(&frame, &"contentDocument".into())?.unchecked_into();
    while let Some(element) = inside.query_selector("[data-style]")? {
        let style = element.get_attribute("data-style").unwrap_or_default();
        element.remove_attribute("data-style")?;
        element.unchecked_into::<web_sys::HtmlElement>().style().set_css_text(&style);
    }
    if let Some(root) = inside.document_element() {
        root.set_attribute("inert", "")?;
        let height = root.scroll_height();
        frame.style().set_property("height", &format!("{height}px"))?;
    }
    Ok(())
}
