//! Targets that are chosen, and what is done to all of them: one after the other, so that each is answered for.

use std::collections::BTreeSet;

use watchkeeper_common::target::{TargetView, UpdateTarget};

use crate::api::Session;
use crate::components::action::Doing;
use crate::components::dialog::Confirm;
use crate::components::toast::use_toaster;
use crate::dom::prelude::*;
use crate::model::number::counted;
use crate::model::order::gathered;

/// Which rows of the page are chosen, by id.
#[derive(Clone, Copy)]
pub(super) struct Chosen {
    rows: Signal<Vec<TargetView>>,
    ids: RwSignal<BTreeSet<String>>,
}

impl Chosen {
    pub(super) fn new(rows: Signal<Vec<TargetView>>) -> Self {
        Self { rows, ids: RwSignal::new(BTreeSet::new()) }
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.ids.with(|ids| ids.contains(id))
    }

    pub(super) fn toggle(&self, id: &str) {
        self.ids.update(|ids| {
            if !ids.remove(id) {
                ids.insert(id.to_owned());
            }
        });
    }

    pub(super) fn all(&self) -> bool {
        self.rows.with(|rows| !rows.is_empty() && rows.iter().all(|row| self.has(&row.id)))
    }

    pub(super) fn toggle_all(&self) {
        let all = untrack(|| self.all());
        let ids = self.rows.with_untracked(|rows| gathered(rows.iter().map(|row| row.id.clone())));
        self.ids.set(if all { BTreeSet::new() } else { ids });
    }

    /// What is chosen and still there.
    fn targets(&self) -> Vec<TargetView> {
        self.rows.with(|rows| rows.iter().filter(|row| self.has(&row.id)).cloned().collect())
    }

    fn count(&self) -> u32 {
        u32::try_from(self.targets().len()).unwrap_or(u32::MAX)
    }
}

/// What is done to each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Pause,
    Resume,
    Delete,
}

impl Verb {
    fn done(self) -> &'static str {
        match self {
            Self::Pause => "paused",
            Self::Resume => "watched again",
            Self::Delete => "deleted",
        }
    }
}

#[component]
pub(super) fn SelectionBar(chosen: Chosen, session: Session, changed: Callback<()>) -> impl IntoPiece {
    let toaster = use_toaster();
    let doing = Doing::new();
    let asking = RwSignal::new(false);
    let progress = RwSignal::new(String::new());
    let run = Callback::new(move |verb: Verb| {
        let targets = untrack(|| chosen.targets());
        let all = targets.len();
        let work = Box::pin(async move {
            for (done, target) in targets.into_iter().enumerate() {
                progress.set(format!("{} of {all}", done + 1));
                one(session, verb, &target.id).await?;
            }
            Ok(())
        });
        doing.start(work, move |outcome| {
            progress.set(String::new());
            asking.set(false);
            match outcome {
                Ok(()) => {
                    chosen.ids.set(BTreeSet::new());
                    let all = counted(u32::try_from(all).unwrap_or(u32::MAX), "target is", "targets are");
                    toaster.good(format!("{all} {}.", verb.done()));
                }
                Err(fault) => toaster.bad(format!("Not all of them: {}", fault.message())),
            }
            changed.run(());
        });
    });
    let busy = move || doing.pending().get();
    let said = move || {
        let progress = progress.get();
        if progress.is_empty() { format!("{} chosen", chosen.count()) } else { progress }
    };
    view! {
        <div class="selection" role="region" aria-label="Chosen targets" hidden=derived(move || chosen.count() == 0)>
            <strong role="status">{dynamic(said)}</strong>
            <button type="button" class="small" disabled=derived(busy) on:click=move |_| run.run(Verb::Pause)>"Pause"</button>
            <button type="button" class="small" disabled=derived(busy) on:click=move |_| run.run(Verb::Resume)>"Resume"</button>
            <button type="button" class="small" disabled=derived(busy) on:click=move |_| asking.set(true)>"Delete…"</button>
            <button type="button" class="quiet small" on:click=move |_| chosen.ids.set(BTreeSet::new())>"Choose none"</button>
        </div>
        <Confirm open=asking verb="Delete them" pending=doing.pending() confirm=move |()| run.run(Verb::Delete)
            heading=Signal::derive(move || format!("Delete {}?", counted(chosen.count(), "target", "targets")))
            consequence=Signal::derive(|| "They are no longer scraped. What was recorded and their incidents stay.".to_owned())/>
    }
}

async fn one(session: Session, verb: Verb, id: &str) -> Result<(), crate::api::Fault> {
    let enabled = match verb {
        Verb::Delete => return session.delete_target(id).await,
        Verb::Pause => false,
        Verb::Resume => true,
    };
    let change = UpdateTarget { enabled: Some(enabled), ..UpdateTarget::default() };
    session.update_target(id, &change).await.map(|_now| ())
}
