//! Memos of every type behind one.
//!
//! The reactive system is compiled once for each type that a memo holds, and a dashboard has some seventy such types. Here a
//! memo holds any of them; only the look inside is compiled for each.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

use leptos::reactive::computed::Memo as Kept;
use leptos::reactive::traits::{With, WithUntracked};

/// A value of some type; equal to itself alone, since another is only put in its place when it differs.
#[derive(Clone)]
pub(crate) struct Held(Arc<dyn Any + Send + Sync>);

impl Held {
    pub(crate) fn new<T: Send + Sync + 'static>(value: T) -> Self {
        Self(Arc::new(value))
    }

    /// The value, when it is a `T`.
    pub(crate) fn look<T: 'static>(&self) -> Option<&T> {
        self.0.downcast_ref()
    }
}

impl PartialEq for Held {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

type Compute = Box<dyn Fn(Option<&Held>) -> Held + Send + Sync>;

/// A value computed from others: those who read it hear of it when it is another, not whenever it is computed.
pub(crate) struct Memo<T> {
    held: Kept<Held>,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Memo<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Memo<T> {}

impl<T: PartialEq + Send + Sync + 'static> Memo<T> {
    /// `compute` is told what it returned before.
    pub(crate) fn new(compute: impl Fn(Option<&T>) -> T + Send + Sync + 'static) -> Self {
        Self::of_held(Box::new(move |before| {
            let known = before.and_then(Held::look);
            let now = compute(known);
            match before {
                Some(before) if known == Some(&now) => before.clone(),
                _ => Held::new(now),
            }
        }))
    }
}

#[expect(clippy::expect_used, reason = "only a T is put in")]
fn inside<T: 'static>(held: &Held) -> &T {
    held.look().expect("a value of the memo's own type")
}

impl<T: 'static> Memo<T> {
    /// `compute` yields values of `T` alone.
    pub(crate) fn of_held(compute: Compute) -> Self {
        Self { held: Kept::new(compute), of: PhantomData }
    }

    pub(crate) fn with<R>(&self, see: impl FnOnce(&T) -> R) -> R {
        self.held.with(|held| see(inside(held)))
    }

    pub(crate) fn with_untracked<R>(&self, see: impl FnOnce(&T) -> R) -> R {
        self.held.with_untracked(|held| see(inside(held)))
    }
}

impl<T: Clone + 'static> Memo<T> {
    pub(crate) fn get(&self) -> T {
        self.with(T::clone)
    }

    pub(crate) fn get_untracked(&self) -> T {
        self.with_untracked(T::clone)
    }
}

impl<T: Clone + Send + Sync + 'static> From<Memo<T>> for leptos::prelude::Signal<T> {
    fn from(memo: Memo<T>) -> Self {
        Self::derive(move || memo.get())
    }
}
