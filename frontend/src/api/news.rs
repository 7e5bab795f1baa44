//! What changed on the server, as signals that pages depend on; written by [`Session::follow`](super::Session::follow).

use watchkeeper_common::event::Noun;

use crate::dom::prelude::*;

/// How the line to the server stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    /// Not heard yet.
    Opening,
    /// Changes are told as they happen.
    Live,
    /// Cut; it is being opened again, and pages ask by themselves meanwhile.
    Cut,
}

/// One per application.
#[derive(Clone, Copy)]
pub(crate) struct News {
    changed: [Trigger; Noun::ALL.len()],
    link: RwSignal<Link>,
}

impl News {
    pub(crate) fn new() -> Self {
        Self { changed: std::array::from_fn(|_| Trigger::new()), link: RwSignal::new(Link::Opening) }
    }

    /// What runs in a reactive scope runs again when one of these changed.
    pub(crate) fn track(&self, nouns: &[Noun]) {
        for trigger in nouns.iter().filter_map(|noun| self.changed.get(*noun as usize)) {
            trigger.track();
        }
    }

    pub(crate) fn link(&self) -> Signal<Link> {
        self.link.into()
    }

    pub(crate) fn is_live(&self) -> bool {
        self.link.get_untracked() == Link::Live
    }

    pub(super) fn tell(&self, noun: Noun) {
        if let Some(trigger) = self.changed.get(noun as usize) {
            trigger.notify();
        }
    }

    pub(super) fn set_link(&self, link: Link) {
        if self.link.get_untracked() != link {
            self.link.set(link);
        }
    }
}
