//! A state as shape, word and colour together.

use leptos::prelude::*;

use crate::components::reactive::{derived, dynamic};
use crate::model::words::Badge;

#[component]
pub(crate) fn StateBadge(#[prop(into)] badge: Signal<Badge>) -> impl IntoView {
    view! {
        <span class=derived(move || format!("badge tone-{}", badge.get().tone))>
            <span class="shape" aria-hidden="true">{dynamic(move || badge.get().shape)}</span>
            {dynamic(move || badge.get().word)}
        </span>
    }
}
