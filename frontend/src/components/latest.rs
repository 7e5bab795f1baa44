//! Answers of every type behind one type of signal.
//!
//! Leptos compiles its signals and memos once for each type they hold, and a dashboard has some thirty types of answers. Here
//! the signal holds any of them; only the look inside is compiled for each.

use std::marker::PhantomData;

use crate::dom::Held;
use crate::dom::prelude::*;

/// The latest answer, once there is one.
pub(crate) struct Latest<T> {
    held: RwSignal<Option<Held>>,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Latest<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Latest<T> {}

fn look<T: 'static>(held: Option<&Held>) -> Option<&T> {
    held.and_then(Held::look)
}

impl<T: Clone + PartialEq + Send + Sync + 'static> Latest<T> {
    pub(crate) fn new() -> Self {
        Self { held: RwSignal::new(None), of: PhantomData }
    }

    /// Nobody is told of an answer that says the same.
    pub(crate) fn put(&self, answer: T) {
        if self.held.with_untracked(|held| look(held.as_ref()) != Some(&answer)) {
            self.held.set(Some(Held::new(answer)));
        }
    }

    pub(crate) fn forget(&self) {
        self.held.set(None);
    }

    pub(crate) fn is_there(&self) -> bool {
        self.held.with(Option::is_some)
    }

    pub(crate) fn get(&self) -> Option<T> {
        self.with(|answer| answer.cloned())
    }

    pub(crate) fn with<R>(&self, see: impl FnOnce(Option<&T>) -> R) -> R {
        self.held.with(|held| see(look(held.as_ref())))
    }

    pub(crate) fn with_untracked<R>(&self, see: impl FnOnce(Option<&T>) -> R) -> R {
        self.held.with_untracked(|held| see(look(held.as_ref())))
    }

    /// What is shown from now on; `None` before the first answer.
    pub(crate) fn shown(&self) -> Option<Shown<T>> {
        let held = self.held;
        let first = held.get_untracked()?;
        Some(Shown::of_held(Box::new(move |before| {
            held.get().or_else(|| before.cloned()).unwrap_or_else(|| first.clone())
        })))
    }
}

/// An answer that a page shows: it changes as newer ones come in, and stays when the next question is another.
pub(crate) type Shown<T> = Memo<T>;
