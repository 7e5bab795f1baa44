//! Ways to another address.

use super::{NavigateOptions, is_below, use_path, use_router};
use crate::dom::prelude::*;

/// A link that says when it leads to what is shown: `exact`, or above it.
#[component]
pub(crate) fn A(
    href: String,
    #[prop(optional, into)] class: Option<&'static str>,
    #[prop(optional, into)] title: Option<&'static str>,
    #[prop(optional)] exact: bool,
    children: Children,
) -> impl IntoPiece {
    let path = use_path();
    let own = href.split('?').next().unwrap_or_default().to_owned();
    let current = move || {
        let here = path.with(|path| if exact { *path == own } else { is_below(path, &own) });
        here.then_some("page")
    };
    view! { <a href=href class=class title=title aria-current=derived(current)>{children()}</a> }
}

/// Goes elsewhere as soon as it would be drawn.
#[component]
pub(crate) fn Redirect(path: String) -> impl IntoPiece {
    use_router().go(&path, NavigateOptions { replace: true, ..NavigateOptions::default() });
}
