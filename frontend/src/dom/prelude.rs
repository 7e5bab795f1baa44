//! What nearly every page uses: signals and effects, the browser's window, and what makes a view.

pub(crate) use leptos::reactive::callback::{Callable, Callback};
pub(crate) use leptos::reactive::graph::untrack;
pub(crate) use leptos::reactive::owner::{StoredValue, expect_context, on_cleanup, provide_context, use_context};
pub(crate) use leptos::reactive::prelude::*;
pub(crate) use leptos::reactive::signal::{RwSignal, Trigger};
pub(crate) use leptos::reactive::wrappers::read::Signal;
pub(crate) use wasm_bindgen_futures::spawn_local;
pub(crate) use watchkeeper_markup::{component, view};

pub(crate) use super::window::{
    Timer, document, event_target, event_target_checked, event_target_value, lowered, on_window,
    request_animation_frame, set_interval, set_timeout, window,
};
pub(crate) use super::{
    Children, ChildrenFn, CollectView, IntoPiece, Listener, Memo, NodeRef, Piece, Show, derived, dynamic, each, effect,
    keyed,
};
