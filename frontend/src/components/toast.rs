//! Short news of an action, said once and then gone.

use std::time::Duration;

use leptos::prelude::*;

const STAYS: Duration = Duration::from_secs(6);

#[derive(Debug, Clone, PartialEq)]
struct Toast {
    id: u32,
    bad: bool,
    text: String,
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
        self.show(false, text.into());
    }

    pub(crate) fn bad(&self, text: impl Into<String>) {
        self.show(true, text.into());
    }

    fn show(&self, bad: bool, text: String) {
        let toasts = self.0;
        let id = toasts.with_untracked(|all| all.last().map_or(0, |last| last.id.wrapping_add(1)));
        toasts.update(|all| all.push(Toast { id, bad, text }));
        set_timeout(move || toasts.update(|all| all.retain(|toast| toast.id != id)), STAYS);
    }
}

#[component]
pub(crate) fn Toasts() -> impl IntoView {
    let Toaster(toasts) = use_toaster();
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || toasts.get() key=|toast| toast.id let:toast>
                <p class="toast" class:bad=toast.bad>
                    <span aria-hidden="true">{if toast.bad { "◆" } else { "✓" }}</span>
                    {toast.text}
                </p>
            </For>
        </div>
    }
}
