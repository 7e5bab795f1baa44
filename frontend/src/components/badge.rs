//! A state as shape, word and colour together.

use crate::dom::prelude::*;
use crate::model::words::Badge;

#[component]
pub(crate) fn StateBadge(#[prop(into)] badge: Signal<Badge>) -> impl IntoPiece {
    view! {
        <span class=derived(move || format!("badge tone-{}", badge.get().tone))>
            <span class="shape" aria-hidden="true">{dynamic(move || badge.get().shape)}</span>
            {dynamic(move || badge.get().word)}
        </span>
    }
}
