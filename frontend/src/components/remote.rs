//! The four faces of data from the server: on its way, refused, empty, there. Every list and detail goes through here.

use super::latest::Shown;
use super::live::Live;
use crate::api::Fault;
use crate::dom::prelude::*;

/// The shape that stands in while data is on its way.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Skeleton {
    Rows(usize),
    Text,
    Chart,
}

/// Shows `view` of the data once there is some, and keeps it while newer data comes in.
pub(crate) fn remote<T, V>(
    live: Live<T>,
    skeleton: Skeleton,
    view: impl Fn(Shown<T>) -> V + Send + Clone + 'static,
) -> impl IntoPiece
where
    T: Clone + PartialEq + Send + Sync + 'static,
    V: IntoPiece + 'static,
{
    let there = Memo::new(move |_| live.data.is_there());
    let refused = Memo::new(move |_| live.fault.get());
    move || {
        if !there.get() {
            return match refused.get() {
                None => self::skeleton(skeleton).into_piece(),
                Some(fault) => view! { <Refused fault=fault retry=move || live.again()/> },
            };
        }
        live.data.shown().map(&view).into_piece()
    }
}

pub(crate) fn skeleton(skeleton: Skeleton) -> impl IntoPiece {
    let (lines, class) = match skeleton {
        Skeleton::Rows(rows) => (rows, "skeleton rows"),
        Skeleton::Text => (3, "skeleton"),
        Skeleton::Chart => (1, "skeleton chart-shape"),
    };
    view! {
        <div class=class role="status" aria-label="Loading">
            {(0..lines).map(|_| view! { <span></span> }).collect_view()}
        </div>
    }
}

/// What went wrong, in words, and a way to try again.
#[component]
pub(crate) fn Refused(fault: Fault, #[prop(into)] retry: Callback<()>) -> impl IntoPiece {
    let request =
        fault.request_id().map(|id| view! { <p class="muted small">"Request " <code>{id.to_owned()}</code></p> });
    view! {
        <div class="notice bad" role="alert">
            <p>{fault.message()}</p>
            {request}
            <button type="button" on:click=move |_| retry.run(())>"Try again"</button>
        </div>
    }
}

/// Nothing yet: what will be here, and the one thing to do.
#[component]
pub(crate) fn Empty(heading: &'static str, children: Children) -> impl IntoPiece {
    view! {
        <div class="empty">
            <h2>{heading}</h2>
            {children()}
        </div>
    }
}
