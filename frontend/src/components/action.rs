//! Something a person asked for: pending while it runs, then what came of it.

use crate::api::{Answer, Fault};
use crate::dom::prelude::*;

/// One action of a page. Starting it while it runs does nothing.
#[derive(Clone, Copy)]
pub(crate) struct Doing {
    pending: RwSignal<bool>,
}

impl Doing {
    pub(crate) fn new() -> Self {
        Self { pending: RwSignal::new(false) }
    }

    pub(crate) fn pending(&self) -> Signal<bool> {
        self.pending.into()
    }

    /// Runs `work` and hands its outcome to `after`, unless the page is gone by then.
    pub(crate) fn start<T: 'static>(&self, work: Answer<T>, after: impl FnOnce(Result<T, Fault>) + 'static) {
        let pending = self.pending;
        if pending.get_untracked() {
            return;
        }
        pending.set(true);
        spawn_local(async move {
            let outcome = work.await;
            if pending.try_set(false).is_none() {
                after(outcome);
            }
        });
    }
}
