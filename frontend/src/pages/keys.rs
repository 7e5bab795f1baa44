//! The keyboard: `g` and a letter jumps to a place, `?` lists the keys. Silent while somebody types or a dialog is open.

use wasm_bindgen::JsCast;

use super::frame::{Spot, places};
use crate::components::dialog::Dialog;
use crate::dom::prelude::*;
use crate::router::{NavigateOptions, use_navigate};

/// Listens as long as it is on the page.
#[component]
pub(crate) fn Keys(searching: RwSignal<bool>) -> impl IntoPiece {
    let listed = RwSignal::new(false);
    let began = StoredValue::new(false);
    let go = use_navigate();
    on_window("keydown", move |event: web_sys::KeyboardEvent| {
        let jumping = began.get_value();
        began.set_value(false);
        if event.ctrl_key() || event.meta_key() || event.alt_key() || is_busy(&event) {
            return;
        }
        let key = event.key();
        let spot = places().into_iter().find(|spot| jumping && spot.letter == key);
        match (spot, key.as_str()) {
            (Some(spot), _) => {
                event.prevent_default();
                go(&spot.place.href(), NavigateOptions::default());
            }
            (None, "g") => began.set_value(true),
            (None, "?") => listed.set(true),
            (None, "/") => {
                event.prevent_default();
                searching.set(true);
            }
            _ => {}
        }
    });
    let row = |spot: Spot| {
        view! { <div><dt><kbd>"g"</kbd> " " <kbd>{spot.letter}</kbd></dt><dd>{spot.name}</dd></div> }
    };
    view! {
        <Dialog open=listed heading="Keys">
            <dl class="keys">
                {places().map(row).collect_view()}
                <div><dt><kbd>"/"</kbd></dt><dd>"Search"</dd></div>
                <div><dt><kbd>"?"</kbd></dt><dd>"This list"</dd></div>
                <div><dt><kbd>"Esc"</kbd></dt><dd>"Close"</dd></div>
                <div><dt><kbd>"←"</kbd> " " <kbd>"→"</kbd></dt><dd>"Sample by sample, in a chart"</dd></div>
                <div><dt><kbd>"Shift"</kbd> " " <kbd>"→"</kbd></dt><dd>"Mark a stretch of a chart; "<kbd>"Enter"</kbd>" looks closer"</dd></div>
                <div><dt><kbd>"+"</kbd> " " <kbd>"−"</kbd></dt><dd>"Zoom a chart"</dd></div>
            </dl>
        </Dialog>
    }
}

/// Whether the key belongs to a field or a dialog.
fn is_busy(event: &web_sys::KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let typed = target.is_some_and(|target| target.closest("input, textarea, select, dialog").ok().flatten().is_some());
    typed || document().query_selector("dialog[open]").ok().flatten().is_some()
}
