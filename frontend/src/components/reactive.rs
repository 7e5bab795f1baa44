//! What a page shows of values that change, behind few types.
//!
//! Leptos compiles the upkeep of a changing piece once for each closure it is given. Behind these it is compiled once for
//! all of them, which halves what a browser has to load. Text and elements go through [`dynamic`], attributes and properties
//! through [`derived`].

use leptos::prelude::*;

/// A piece of the page that is drawn anew when something it reads changes.
pub(crate) fn dynamic<V: IntoView + 'static>(draw: impl Fn() -> V + Send + 'static) -> AnyView {
    let drawn: Box<dyn FnMut() -> AnyView + Send> = Box::new(move || draw().into_any());
    drawn.into_any()
}

/// The value of an attribute or a property that follows what it reads.
pub(crate) fn derived<T: Send + Sync + 'static>(value: impl Fn() -> T + Send + Sync + 'static) -> Signal<T> {
    Signal::derive(value)
}

/// Its children while `when` holds, the fallback otherwise; neither is drawn anew while that stays as it is.
#[component]
pub(crate) fn Show(
    #[prop(into)] when: Signal<bool>,
    #[prop(optional, into)] fallback: ViewFn,
    children: ChildrenFn,
) -> impl IntoView {
    let holds = Memo::new(move |_| when.get());
    dynamic(move || if holds.get() { children() } else { fallback.run() })
}
