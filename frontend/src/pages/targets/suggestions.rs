//! What can be watched with one press: the server found it, and it is not a target yet.

use watchkeeper_common::target::{CreateTarget, TargetSuggestion};

use crate::api::Session;
use crate::components::action::Doing;
use crate::components::live::{live, nouns};
use crate::components::toast::use_toaster;
use crate::dom::prelude::*;

/// Nothing at all while there is nothing to suggest.
#[component]
pub(crate) fn Suggestions(session: Session, changed: Callback<()>) -> impl IntoPiece {
    let found = live(nouns![Target], || (), move |()| session.suggestions());
    let items = Memo::new(move |_| found.data.get().map(|found| found.items).unwrap_or_default());
    let watched = Callback::new(move |()| {
        found.again();
        changed.run(());
    });
    let key = |one: &TargetSuggestion| one.address.clone();
    view! {
        <div class="suggestions" hidden=derived(move || items.with(Vec::is_empty))>
            {keyed(move || items.get(), key, move |one| view! { <Suggestion one=one session=session watched=watched/> })}
        </div>
    }
}

#[component]
fn Suggestion(one: TargetSuggestion, session: Session, watched: Callback<()>) -> impl IntoPiece {
    let toaster = use_toaster();
    let doing = Doing::new();
    let TargetSuggestion { address, name, why, .. } = one.clone();
    let watch = move |_| {
        let TargetSuggestion { address, name, kind, .. } = one.clone();
        let target = CreateTarget { address, name, tags: std::collections::BTreeMap::new(), kind, enabled: true };
        doing.start(session.create_target(&target), move |outcome| match outcome {
            Ok(target) => {
                toaster.good(format!("{} is watched; its first scrape follows within a minute.", target.name));
                watched.run(());
            }
            Err(fault) => toaster.bad(fault.message()),
        });
    };
    let label = format!("Watch it: {name}");
    view! {
        <div class="suggestion">
            <p><strong>{name}</strong> " " <code class="muted">{address}</code> <span class="muted small">{why}</span></p>
            <button type="button" aria-label=label disabled=derived(move || doing.pending().get()) on:click=watch>
                {dynamic(move || if doing.pending().get() { "Working…" } else { "Watch it" })}
            </button>
        </div>
    }
}
