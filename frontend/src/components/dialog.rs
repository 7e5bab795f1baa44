//! A modal dialog: the browser's own, so focus is kept inside, `Esc` closes it and focus returns.

use wasm_bindgen::JsCast;

use crate::dom::prelude::*;

#[component]
pub(crate) fn Dialog(
    open: RwSignal<bool>,
    #[prop(into)] heading: Signal<String>,
    children: ChildrenFn,
) -> impl IntoPiece {
    let node = NodeRef::new();
    effect(move |_| {
        let Some(dialog) = node.get::<web_sys::HtmlDialogElement>() else { return };
        if open.get() && !dialog.open() {
            // Fails only for a dialog that is not in the document, which then cannot be seen anyway.
            dialog.show_modal().unwrap_or_default();
            request_animation_frame(move || begin(&dialog));
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    view! {
        <dialog node_ref=node aria-label=derived(move || heading.get()) on:close=move |_| open.set(false)>
            <header class="dialog-head">
                <h2>{dynamic(move || heading.get())}</h2>
                <button type="button" class="quiet small" aria-label="Close" on:click=move |_| open.set(false)>"✕"</button>
            </header>
            <Show when=move || open.get()>{children()}</Show>
        </dialog>
    }
}

/// A form begins at its first field, not at the button that closes it.
fn begin(dialog: &web_sys::HtmlDialogElement) {
    let field = dialog.query_selector("input, select, textarea").ok().flatten();
    if let Some(field) = field.and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
        // An element that left the page meanwhile takes no focus.
        field.focus().unwrap_or_default();
    }
}

/// Asks before something is destroyed; `confirm` does it and closes.
#[component]
pub(crate) fn Confirm(
    open: RwSignal<bool>,
    #[prop(into)] heading: Signal<String>,
    #[prop(into)] consequence: Signal<String>,
    verb: &'static str,
    #[prop(into)] pending: Signal<bool>,
    #[prop(into)] confirm: Callback<()>,
) -> impl IntoPiece {
    view! {
        <Dialog open=open heading=heading>
            <p>{dynamic(move || consequence.get())}</p>
            <div class="buttons">
                <button type="button" class="danger" disabled=derived(move || pending.get()) on:click=move |_| confirm.run(())>
                    {dynamic(move || if pending.get() { "Working…" } else { verb })}
                </button>
                <button type="button" on:click=move |_| open.set(false)>"Cancel"</button>
            </div>
        </Dialog>
    }
}
