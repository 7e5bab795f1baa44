//! Short news of an action, said once and then gone.

use std::sync::Arc;
use std::time::Duration;

use crate::dom::prelude::*;

const STAYS: Duration = Duration::from_secs(6);
/// With a way back, for longer.
const STAYS_UNDOABLE: Duration = Duration::from_secs(12);

/// The way back from what a toast tells.
type Undo = Arc<dyn Fn() + Send + Sync>;

#[derive(Clone)]
struct Toast {
    id: u32,
    bad: bool,
    text: String,
    undo: Option<Undo>,
}

#[derive(Clone, Copy)]
pub(crate) struct Toaster(RwSignal<Vec<Toast>>);

pub(crate) fn provide() {
    provide_context(Toaster(RwSignal::new(Vec::new())));
}

pub(crate) fn use_toaster() -> Toaster {
    expect_context()
}

impl Toaster {
    pub(crate) fn good(&self, text: impl Into<String>) {
        self.show(false, text.into(), None);
    }

    pub(crate) fn bad(&self, text: impl Into<String>) {
        self.show(true, text.into(), None);
    }

    /// With a button that takes it back. `undo` may outlive the page: it holds nothing of it.
    pub(crate) fn undoable(&self, text: impl Into<String>, undo: impl Fn() + Send + Sync + 'static) {
        self.show(false, text.into(), Some(Arc::new(undo)));
    }

    fn show(&self, bad: bool, text: String, undo: Option<Undo>) {
        let stays = if undo.is_some() { STAYS_UNDOABLE } else { STAYS };
        let toasts = self.0;
        let id = toasts.with_untracked(|all| all.last().map_or(0, |last| last.id.wrapping_add(1)));
        toasts.update(|all| all.push(Toast { id, bad, text, undo }));
        set_timeout(move || toasts.update(|all| all.retain(|toast| toast.id != id)), stays);
    }
}

#[component]
pub(crate) fn Toasts() -> impl IntoPiece {
    let Toaster(toasts) = use_toaster();
    let toast = move |toast: Toast| {
        let undo = toast.undo.map(|undo| {
            let take_back = move |_| {
                toasts.update(|all| all.retain(|one| one.id != toast.id));
                undo();
            };
            view! { <button type="button" class="small" on:click=take_back>"Undo"</button> }
        });
        view! {
            <p class="toast" class:bad=toast.bad>
                <span aria-hidden="true">{if toast.bad { "◆" } else { "✓" }}</span>
                {toast.text}
                {undo}
            </p>
        }
    };
    view! {
        <div class="toasts" role="status" aria-live="polite">{keyed(move || toasts.get(), |toast| toast.id, toast)}</div>
    }
}
