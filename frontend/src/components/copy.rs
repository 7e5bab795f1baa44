//! Text with a button that copies it.

use wasm_bindgen_futures::JsFuture;

use super::toast::use_toaster;
use crate::dom::prelude::*;

#[component]
pub(crate) fn CopyButton(
    #[prop(into)] text: Signal<String>,
    #[prop(default = "Copy")] label: &'static str,
) -> impl IntoPiece {
    let toaster = use_toaster();
    let copy = move |_| {
        let text = text.get_untracked();
        spawn_local(async move {
            match JsFuture::from(window().navigator().clipboard().write_text(&text)).await {
                Ok(_) => toaster.good("Copied."),
                Err(_) => toaster.bad("The browser did not allow copying; select the text instead."),
            }
        });
    };
    view! { <button type="button" class="quiet small" on:click=copy>{label}</button> }
}

/// A command on its own line.
#[component]
pub(crate) fn Command(#[prop(into)] text: Signal<String>) -> impl IntoPiece {
    view! {
        <div class="command">
            <code tabindex="0">{dynamic(move || text.get())}</code>
            <CopyButton text=text/>
        </div>
    }
}
