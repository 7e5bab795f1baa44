//! Whether what a page shows is live: a shape and a word, never colour alone.

use crate::api::{Link, News, Visitor};
use crate::dom::prelude::*;

#[component]
pub(super) fn Line() -> impl IntoPiece {
    let news: News = expect_context();
    let reachable = expect_context::<Visitor>().reachable();
    let said = move || match (reachable.get(), news.link().get()) {
        (false, _) => ("◆", "tone-critical", "server gone", "The server does not answer; this page keeps asking."),
        (true, Link::Live) => ("●", "tone-ok", "live", "Changes appear as they happen."),
        (true, Link::Opening) => ("○", "tone-muted", "connecting", "The line for live changes is being opened."),
        (true, Link::Cut) => {
            ("◐", "tone-medium", "reconnecting", "Live changes are cut off; this page asks by itself.")
        }
    };
    view! {
        <span class=derived(move || format!("line badge {}", said().1)) role="status" title=derived(move || said().3)>
            <span class="shape" aria-hidden="true">{dynamic(move || said().0)}</span>
            {dynamic(move || said().2)}
        </span>
    }
}
