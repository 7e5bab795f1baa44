//! A message as its reader sees it: the mail in a frame, Slack's blocks as a card.

use wasm_bindgen::{JsCast, JsValue};
use watchkeeper_common::alert::SlackBlock;

use crate::dom::prelude::*;
use crate::model::preview::{held, plain};

/// `title` tells this mail from others on the page.
pub(crate) fn letter(html: &str, title: String) -> Piece {
    let html = held(html);
    // In a narrower window the mail is longer.
    on_window("resize", |_: web_sys::Event| fit_all().unwrap_or_default());
    view! {
        <iframe class="letter" title=title sandbox="allow-same-origin" srcdoc=html on:load=|event| dress(&event)></iframe>
    }
}

pub(crate) fn post(blocks: Vec<SlackBlock>) -> Piece {
    let block = |block: SlackBlock| {
        let class = format!("block-{}", block.kind);
        view! { <p class=class>{plain(&block.text)}</p> }
    };
    view! { <div class="post">{blocks.into_iter().map(block).collect_view()}</div> }
}

/// Gives the framed mail its styles by the object model, which the policy leaves to the page's own code. The frame runs no
/// scripts, and its links lead nowhere.
fn dress(event: &web_sys::Event) {
    dressed(event).unwrap_or_default();
}

fn dressed(event: &web_sys::Event) -> Result<(), JsValue> {
    let frame: web_sys::HtmlElement = event_target(event);
    let inside = inside(&frame)?;
    while let Some(element) = inside.query_selector("[data-style]")? {
        let style = element.get_attribute("data-style").unwrap_or_default();
        element.remove_attribute("data-style")?;
        element.unchecked_into::<web_sys::HtmlElement>().style().set_css_text(&style);
    }
    if let Some(root) = inside.document_element() {
        root.set_attribute("inert", "")?;
    }
    fit(&frame)
}

/// A frame's document is of the frame's own classes, so it cannot be asked whether it is one of ours.
fn inside(frame: &web_sys::HtmlElement) -> Result<web_sys::Document, JsValue> {
    Ok(js_sys::Reflect::get(frame, &"contentDocument".into())?.unchecked_into())
}

/// Makes a frame as high as its mail: nobody scrolls within a page.
fn fit(frame: &web_sys::HtmlElement) -> Result<(), JsValue> {
    let Some(root) = inside(frame)?.document_element() else { return Ok(()) };
    // What is measured is at least as high as its frame; the frame's height counts its border, which the mail does not know of.
    frame.style().set_property("height", "0")?;
    let border = frame.offset_height() - frame.client_height();
    frame.style().set_property("height", &format!("{}px", root.scroll_height() + border))
}

fn fit_all() -> Result<(), JsValue> {
    let frames = document().query_selector_all("iframe.letter")?;
    (0..frames.length()).filter_map(|nth| frames.get(nth)).try_for_each(|frame| fit(frame.unchecked_ref()))
}
