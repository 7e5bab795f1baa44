//! The document's title, which is what a tab, a bookmark and a screen reader say first.

use leptos::prelude::*;

/// Keeps the title as `what · Watchkeeper`.
pub(crate) fn title(what: impl Fn() -> String + 'static) {
    Effect::new(move |_| document().set_title(&format!("{} · Watchkeeper", what())));
}
