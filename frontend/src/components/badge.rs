//! A state as shape, word and colour together.

use leptos::prelude::*;

use crate::model::words::Badge;

#[component]
pub(crate) fn StateBadge(#[prop(into)] badge: Signal<Badge>) -> impl IntoView {
    view! {
        <span class=move || format!("badge tone-{}", badge.get().tone)>
            <span class="shape" aria-hidden="true">{move || badge.get().shape}</span>
            {move || badge.get().word}
        </span>
    }
}
