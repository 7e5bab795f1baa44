//! The browser's window: its document, timers, and events that belong to no element.

use std::time::Duration;

use wasm_bindgen::prelude::*;
use web_sys::Event;

use super::event::{handler, listen};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = window)]
    static WINDOW: web_sys::Window;
    #[wasm_bindgen(thread_local_v2, js_name = document)]
    static DOCUMENT: web_sys::Document;

    #[wasm_bindgen(js_name = setTimeout)]
    fn once(run: &JsValue, millis: f64) -> i32;
    #[wasm_bindgen(js_name = setInterval)]
    fn again(run: &JsValue, millis: f64) -> i32;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear(timer: i32);
    #[wasm_bindgen(js_name = requestAnimationFrame)]
    fn before_drawing(run: &JsValue) -> i32;
}

pub(crate) fn window() -> web_sys::Window {
    WINDOW.with(Clone::clone)
}

pub(crate) fn document() -> web_sys::Document {
    DOCUMENT.with(Clone::clone)
}

/// Something that will be run, unless it is cleared before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Timer(i32);

impl Timer {
    pub(crate) fn clear(self) {
        clear(self.0);
    }
}

pub(crate) fn set_timeout(run: impl FnOnce() + 'static, after: Duration) -> Timer {
    Timer(once(&once_of(Box::new(run)), after.as_secs_f64() * 1e3))
}

/// Until the timer is cleared.
pub(crate) fn set_interval(run: impl FnMut() + 'static, every: Duration) -> Timer {
    let run: Box<dyn FnMut()> = Box::new(run);
    Timer(again(&Closure::wrap(run).into_js_value(), every.as_secs_f64() * 1e3))
}

/// Runs once what is on the page now is there to be measured and focused.
pub(crate) fn request_animation_frame(run: impl FnOnce() + 'static) {
    before_drawing(&once_of(Box::new(run)));
}

/// Freed with the function, which the browser drops when the timer is cleared too: `once_into_js` waits for its call.
fn once_of(run: Box<dyn FnOnce()>) -> JsValue {
    let mut run = Some(run);
    let run: Box<dyn FnMut()> = Box::new(move || {
        if let Some(run) = run.take() {
            run();
        }
    });
    Closure::wrap(run).into_js_value()
}

/// Listens to all of the window, until the owner of this moment is cleaned up.
pub(crate) fn on_window<E: JsCast>(event: &'static str, handle: impl FnMut(E) + 'static) {
    listen(window().unchecked_into(), event, handler(handle));
}

/// In small letters, by the browser: Rust's own tables of letters are 11 kB.
pub(crate) fn lowered(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().into()
}

/// The element that an event happened to, as what it is known to be.
pub(crate) fn event_target<T: JsCast>(event: &Event) -> T {
    event.target().unwrap_or_else(|| window().into()).unchecked_into()
}

/// What stands in the field that an event happened to.
pub(crate) fn event_target_value(event: &Event) -> String {
    event_target::<web_sys::HtmlInputElement>(event).value()
}

pub(crate) fn event_target_checked(event: &Event) -> bool {
    event_target::<web_sys::HtmlInputElement>(event).checked()
}
