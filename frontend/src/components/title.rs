//! The document's title, which is what a tab, a bookmark and a screen reader say first.

use crate::dom::prelude::*;

/// What waits for somebody, shown in front of every title; the application provides it.
#[derive(Clone, Copy)]
pub(crate) struct OpenCount(pub(crate) RwSignal<usize>);

/// Keeps the title as `what · Watchkeeper`, with what is open in front: `(2) what · Watchkeeper`.
pub(crate) fn title(what: impl Fn() -> String + 'static) {
    let OpenCount(open) = expect_context();
    effect(move |_| {
        let what = what();
        let open = match open.get() {
            0 => String::new(),
            open => format!("({open}) "),
        };
        document().set_title(&format!("{open}{what} · Watchkeeper"));
    });
}
