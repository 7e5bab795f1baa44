//! The places of the dashboard: a rail at the left; on a phone four at the bottom and the rest under "More".

use super::frame::{PHONE_PLACES, Spot, places};
use crate::components::dialog::Dialog;
use crate::dom::prelude::*;
use crate::router::use_path;
use crate::routes::Place;

#[component]
pub(super) fn Rail() -> impl IntoPiece {
    let path = use_path();
    let more = RwSignal::new(false);
    effect(move |_| {
        path.track();
        more.set(false);
    });
    let hidden = move || places().into_iter().skip(PHONE_PLACES).any(|spot| is_at(&path.get(), &spot.place.path()));
    let link = move |(index, spot): (usize, Spot)| place(spot, path, index >= PHONE_PLACES);
    view! {
        <nav class="rail" aria-label="Places">
            <a href=Place::Overview.href() class="brand"><span aria-hidden="true" class="pulse"></span>"Watchkeeper"</a>
            <div class="places">
                {places().into_iter().enumerate().map(link).collect_view()}
                <button type="button" class="place more" aria-haspopup="dialog" class:current=derived(hidden) on:click=move |_| more.set(true)>
                    <span class="mark" aria-hidden="true">"⋯"</span>
                    <span>"More"</span>
                </button>
            </div>
            <a href=Place::HowItWorks.href() class="place help">"How it works"</a>
        </nav>
        <Dialog open=more heading="More">
            <div class="more-places">
                {places().into_iter().skip(PHONE_PLACES).map(|spot| place(spot, path, false)).collect_view()}
                <a href=Place::HowItWorks.href() class="place"><span class="mark" aria-hidden="true">"?"</span><span>"How it works"</span></a>
            </div>
        </Dialog>
    }
}

/// `spare`: a phone has no room for it at its bottom.
fn place(spot: Spot, path: Signal<String>, spare: bool) -> Piece {
    let href = spot.place.href();
    let own = spot.place.path();
    let current = move || is_at(&path.get(), &own).then_some("page");
    view! {
        <a href=href class="place" class:spare=spare aria-current=derived(current)>
            <span class="mark" aria-hidden="true">{spot.mark}</span>
            <span>{spot.name}</span>
        </a>
    }
}

/// Batches belong to Metrics; the overview is only itself; everything else includes what is below it.
fn is_at(path: &str, href: &str) -> bool {
    let batches = path.starts_with(&Place::Batches.path());
    let path = if batches { Place::Metrics.path() } else { path.trim_end_matches('/').to_owned() };
    path == href || (href != Place::Overview.path() && path.starts_with(&format!("{href}/")))
}
