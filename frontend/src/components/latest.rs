//! Answers of every type behind one type of signal.
//!
//! Leptos compiles its signals and memos once for each type they hold, and a dashboard has some thirty types of answers. Here
//! the signal holds any of them; only the look inside is compiled for each.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::dom::prelude::*;

/// An answer; equal to itself alone, since a new one is only put in place when it differs.
#[derive(Clone)]
struct Held(Arc<dyn Any + Send + Sync>);

impl PartialEq for Held {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

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
    held.and_then(|held| held.0.downcast_ref())
}

impl<T: Clone + PartialEq + Send + Sync + 'static> Latest<T> {
    pub(crate) fn new() -> Self {
        Self { held: RwSignal::new(None), of: PhantomData }
    }

    /// Nobody is told of an answer that says the same.
    pub(crate) fn put(&self, answer: T) {
        if self.held.with_untracked(|held| look(held.as_ref()) != Some(&answer)) {
            self.held.set(Some(Held(Arc::new(answer))));
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
        let held = Memo::new(move |before: Option<&Held>| {
            held.get().or_else(|| before.cloned()).unwrap_or_else(|| first.clone())
        });
        Some(Shown { held, of: PhantomData })
    }
}

/// An answer that a page shows: it changes as newer ones come in, and stays when the next question is another.
pub(crate) struct Shown<T> {
    held: Memo<Held>,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Shown<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Shown<T> {}

#[expect(clippy::expect_used, reason = "what is put in is a T")]
fn inside<T: 'static>(held: &Held) -> &T {
    look(Some(held)).expect("an answer of its own type")
}

impl<T: Clone + 'static> Shown<T> {
    pub(crate) fn get(&self) -> T {
        self.with(T::clone)
    }

    pub(crate) fn get_untracked(&self) -> T {
        self.with_untracked(T::clone)
    }

    pub(crate) fn with<R>(&self, see: impl FnOnce(&T) -> R) -> R {
        self.held.with(|held| see(inside(held)))
    }

    pub(crate) fn with_untracked<R>(&self, see: impl FnOnce(&T) -> R) -> R {
        self.held.with_untracked(|held| see(inside(held)))
    }
}
