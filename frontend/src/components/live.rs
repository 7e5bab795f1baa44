//! Data that stays fresh: fetched, fetched again when the server says that something of its kind changed, on a timer while
//! the page is seen, and on demand.

use std::cell::RefCell;
use std::pin::Pin;
use std::time::Duration;

use futures::future::abortable;
use watchkeeper_common::event::Noun;

use super::latest::Latest;
use crate::api::{Answer, Fault, Link, News};
use crate::dom::prelude::*;

/// How often a page asks again that is not told of changes.
pub(crate) const REFRESH: Duration = Duration::from_secs(10);
/// Ticks of that timer between questions while changes are told: for what changes unwritten.
const TOLD_TICKS: u32 = 3;

/// The kinds of things data is made of: `nouns![Incident, Batch]`.
macro_rules! nouns {
    ($($noun:ident),* $(,)?) => { &[$(watchkeeper_common::event::Noun::$noun),*] };
}
pub(crate) use nouns;

/// The latest answer and what went wrong since.
pub(crate) struct Live<T> {
    pub(crate) data: Latest<T>,
    pub(crate) fault: RwSignal<Option<Fault>>,
    again: Trigger,
}

impl<T> Clone for Live<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Live<T> {}

impl<T: Clone + PartialEq + Send + Sync + 'static> Live<T> {
    /// Asks the server now, whatever the timer says.
    pub(crate) fn again(&self) {
        self.again.notify();
    }

    /// Puts a newer answer in place, such as that of a change just made.
    pub(crate) fn put(&self, data: T) {
        self.data.put(data);
    }
}

/// Fetches what `key` asks for, again when one of the nouns changed. A new key starts over; the same key keeps what is shown
/// until the new answer is there. Leaving the page, or a new key, aborts what is under way.
pub(crate) fn live<K, T>(
    nouns: &'static [Noun],
    key: impl Fn() -> K + 'static,
    fetch: impl Fn(K) -> Answer<T> + 'static,
) -> Live<T>
where
    K: Clone + PartialEq + 'static,
    T: Clone + PartialEq + Send + Sync + 'static,
{
    let live = Live { data: Latest::new(), fault: RwSignal::new(None), again: Trigger::new() };
    let before = RefCell::new(None::<K>);
    let question = move || -> Question {
        let key = key();
        if before.replace(Some(key.clone())).is_some_and(|before| before != key) {
            live.data.forget();
            live.fault.set(None);
        }
        let answer = fetch(key);
        Box::pin(async move { settle(live, answer.await) })
    };
    keep_fresh(nouns, live.again, live.fault, Box::new(question));
    live
}

/// One question and its answer put in place, whatever its type.
type Question = Pin<Box<dyn Future<Output = ()>>>;

/// Asks at once, when `again` says so, when a noun changed, when the server is back and on the timer.
fn keep_fresh(
    nouns: &'static [Noun],
    again: Trigger,
    fault: RwSignal<Option<Fault>>,
    question: Box<dyn Fn() -> Question>,
) {
    let turn = Turn(StoredValue::new(State::Idle));
    effect(move |_| {
        again.track();
        let answered = question();
        turn.begin();
        let (task, handle) = abortable(async move {
            answered.await;
            if turn.end() {
                again.notify();
            }
        });
        on_cleanup(move || handle.abort());
        // An aborted task has nothing left to say.
        spawn_local(async move { task.await.unwrap_or_default() });
    });
    let ask = move || {
        if turn.may_begin() {
            again.notify();
        }
    };
    let news = use_context::<News>();
    effect(move |known: Option<()>| {
        if let Some(news) = news {
            news.track(nouns);
        }
        if known.is_some() {
            ask();
        }
    });
    effect(move |_| {
        let back = news.is_some_and(|news| news.link().get() == Link::Live);
        if back && fault.with_untracked(|fault| *fault == Some(Fault::Unreachable)) {
            ask();
        }
    });
    keep_asking(ask, move || !nouns.is_empty() && news.is_some_and(|news| news.is_live()));
}

/// Where a question stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    Asked,
    /// Something changed while the answer was on its way: it is not cut off, and asked for again when it is there.
    AskedAgain,
}

#[derive(Clone, Copy)]
struct Turn(StoredValue<State>);

impl Turn {
    fn begin(&self) {
        self.0.set_value(State::Asked);
    }

    /// `false` while an answer is on its way.
    fn may_begin(&self) -> bool {
        match self.0.try_get_value() {
            Some(State::Idle) => true,
            Some(State::Asked | State::AskedAgain) => {
                self.0.set_value(State::AskedAgain);
                false
            }
            None => false,
        }
    }

    /// Whether to ask again at once.
    fn end(&self) -> bool {
        let again = self.0.try_get_value() == Some(State::AskedAgain);
        self.0.try_set_value(State::Idle);
        again
    }
}

fn settle<T: Clone + PartialEq + Send + Sync + 'static>(live: Live<T>, answer: Result<T, Fault>) {
    match answer {
        Ok(data) => {
            live.data.put(data);
            if live.fault.with_untracked(Option::is_some) {
                live.fault.set(None);
            }
        }
        Err(fault) => live.fault.set(Some(fault)),
    }
}

/// Calls back on a timer while the page is seen, less often while it is told of changes, and as soon as it is seen again.
fn keep_asking(ask: impl Fn() + Copy + 'static, told: impl Fn() -> bool + 'static) {
    let seen = || !document().hidden();
    let ticks = StoredValue::new(0_u32);
    let on_timer = move || {
        ticks.update_value(|ticks| *ticks = ticks.wrapping_add(1));
        if seen() && (!told() || ticks.get_value().is_multiple_of(TOLD_TICKS)) {
            ask();
        }
    };
    let timer = set_interval(on_timer, REFRESH);
    on_window("visibilitychange", move |_: web_sys::Event| {
        if seen() {
            ask();
        }
    });
    on_cleanup(move || timer.clear());
}
