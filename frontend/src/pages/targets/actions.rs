//! What can be done to one target.

use watchkeeper_common::target::{TargetView, UpdateTarget};

use super::Editing;
use crate::api::{Answer, Session};
use crate::components::action::Doing;
use crate::components::dialog::Confirm;
use crate::components::toast::{Toaster, use_toaster};
use crate::dom::prelude::*;

#[component]
pub(super) fn Actions(
    target: Signal<Option<TargetView>>,
    session: Session,
    edit: Callback<Editing>,
    changed: Callback<()>,
    deleted: Callback<()>,
) -> impl IntoPiece {
    let toaster = use_toaster();
    let doing = Doing::new();
    let asking = RwSignal::new(false);
    let enabled = Memo::new(move |_| target.get().is_some_and(|target| target.enabled));
    let name = move || target.get().map(|target| target.name).unwrap_or_default();
    let pause = move |_| {
        let Some(target) = target.get_untracked() else { return };
        let enabled = !target.enabled;
        doing.start(switch(session, &target.id, enabled), move |outcome| match outcome {
            Ok(now) => {
                let (text, id) = (said(&now), now.id);
                toaster.undoable(text, move || undo(session, toaster, id.clone(), !enabled));
                changed.run(());
            }
            Err(fault) => toaster.bad(fault.message()),
        });
    };
    let delete = move |()| {
        let Some(target) = target.get_untracked() else { return };
        let name = target.name.clone();
        doing.start(session.delete_target(&target.id), move |outcome| {
            asking.set(false);
            match outcome {
                Ok(()) => {
                    toaster.good(format!("{name} is deleted."));
                    deleted.run(());
                }
                Err(fault) => toaster.bad(fault.message()),
            }
        });
    };
    let open = move |_| {
        if let Some(target) = target.get_untracked() {
            edit.run(Editing::Existing(Box::new(target)));
        }
    };
    let named = move |verb: &'static str| move || format!("{verb} {}", name());
    let busy = move || doing.pending().get();
    view! {
        <div class="row-actions">
            <button type="button" class="quiet small" aria-label=named("Edit") on:click=open>"Edit"</button>
            <button type="button" class="quiet small" disabled=derived(busy) on:click=pause
                aria-label=derived(move || format!("{} {}", if enabled.get() { "Pause" } else { "Resume" }, name()))>
                {dynamic(move || if enabled.get() { "Pause" } else { "Resume" })}
            </button>
            <button type="button" class="quiet small" aria-label=named("Delete") on:click=move |_| asking.set(true)>"Delete"</button>
            <Confirm open=asking verb="Delete target" pending=doing.pending() confirm=delete
                heading=Signal::derive(move || format!("Delete {}?", name()))
                consequence=Signal::derive(|| "It is no longer scraped. What was recorded and its incidents stay.".to_owned())/>
        </div>
    }
}

fn switch(session: Session, id: &str, enabled: bool) -> Answer<TargetView> {
    session.update_target(id, &UpdateTarget { enabled: Some(enabled), ..UpdateTarget::default() })
}

fn said(now: &TargetView) -> String {
    format!("{} is {}.", now.name, if now.enabled { "watched again" } else { "paused" })
}

/// The way back is offered longer than the row may stand: it holds nothing of the page, which hears of the change by itself.
fn undo(session: Session, toaster: Toaster, id: String, enabled: bool) {
    spawn_local(async move {
        match switch(session, &id, enabled).await {
            Ok(now) => toaster.good(said(&now)),
            Err(fault) => toaster.bad(fault.message()),
        }
    });
}
