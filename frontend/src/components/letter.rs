//! A message as its reader sees it: the mail in a frame, Slack's blocks as a card.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use watchkeeper_common::alert::SlackBlock;

use crate::model::preview::{held, plain};

/// `title` tells this mail from others on the page.
pub(crate) fn letter(html: &str, title: String) -> AnyView {
    let html = held(html);
    view! {
        <iframe class="letter" title=title sandbox="allow-same-origin" srcdoc=html on:load=|event| dress(&event)></iframe>
    }
    .into_any()
}

pub(crate) fn post(blocks: Vec<SlackBlock>) -> AnyView {
    let block = |block: SlackBlock| {
        let class = format!("block-{}", block.kind);
        view! { <p class=class>{plain(&block.text)}</p> }
    };
    view! { <div class="post">{blocks.into_iter().map(block).collect_view()}</div> }.into_any()
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
        // Its height counts its border, which the mail does not know of.
        let border = frame.offset_height() - frame.client_height();
        frame.style().set_property("height", &format!("{}px", root.scroll_height() + border))?;
    }
    Ok(())
}
