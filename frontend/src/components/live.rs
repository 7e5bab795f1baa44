//! Data that stays fresh: fetched, fetched again on a timer while the page is seen, and on demand.

use std::future::Future;
use std::time::Duration;

use futures::future::abortable;
use leptos::prelude::*;

use crate::api::Fault;

/// How often a page asks again.
pub(crate) const REFRESH: Duration = Duration::from_secs(10);

/// The latest answer and what went wrong since.
pub(crate) struct Live<T: Send + Sync + 'static> {
    pub(crate) data: RwSignal<Option<T>>,
    pub(crate) fault: RwSignal<Option<Fault>>,
    again: Trigger,
}

impl<T: Send + Sync + 'static> Clone for Live<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: Send + Sync + 'static> Copy for Live<T> {}

impl<T: Clone + PartialEq + Send + Sync + 'static> Live<T> {
    /// Asks the server now, whatever the timer says.
    pub(crate) fn again(&self) {
        self.again.notify();
    }

    /// Puts a newer answer in place, such as that of a change just made.
    pub(crate) fn put(&self, data: T) {
        self.data.set(Some(data));
    }
}

/// Fetches what `key` asks for. A new key starts over; the same key keeps what is shown until the new answer is there.
/// Leaving the page, or a new key, aborts what is under way.
pub(crate) fn live<K, T, Fut>(key: impl Fn() -> K + 'static, fetch: impl Fn(K) -> Fut + 'static) -> Live<T>
where
    K: Clone + PartialEq + 'static,
    T: Clone + PartialEq + Send + Sync + 'static,
    Fut: Future<Output = Result<T, Fault>> + 'static,
{
    let live = Live { data: RwSignal::new(None), fault: RwSignal::new(None), again: Trigger::new() };
    let under_way = StoredValue::new(false);
    Effect::new(move |previous: Option<K>| {
        live.again.track();
        let key = key();
        if previous.is_some_and(|previous| previous != key) {
            live.data.set(None);
            live.fault.set(None);
        }
        let answer = fetch(key.clone());
        under_way.set_value(true);
        let (task, handle) = abortable(async move {
            let answer = answer.await;
            under_way.set_value(false);
            settle(live, answer);
        });
        on_cleanup(move || handle.abort());
        // An aborted task has nothing left to say.
        leptos::task::spawn_local(async move { task.await.unwrap_or_default() });
        key
    });
    // The timer does not cut off an answer that is slow in coming.
    keep_asking(move || {
        if !under_way.try_get_value().unwrap_or(true) {
            live.again.notify();
        }
    });
    live
}

fn settle<T: Clone + PartialEq + Send + Sync + 'static>(live: Live<T>, answer: Result<T, Fault>) {
    match answer {
        Ok(data) => {
            if live.data.with_untracked(|shown| shown.as_ref() != Some(&data)) {
                live.data.set(Some(data));
            }
            if live.fault.with_untracked(Option::is_some) {
                live.fault.set(None);
            }
        }
        Err(fault) => live.fault.set(Some(fault)),
    }
}

/// Calls back on a timer while the page is seen, and as soon as it is seen again.
fn keep_asking(ask: impl Fn() + Clone + 'static) {
    let seen = || !document().hidden();
    let on_timer = ask.clone();
    let timer = set_interval_with_handle(
        move || {
            if seen() {
                on_timer();
            }
        },
        REFRESH,
    );
    let shown = window_event_listener_untyped("visibilitychange", move |_| {
        if seen() {
            ask();
        }
    });
    on_cleanup(move || {
        shown.remove();
        if let Ok(timer) = timer {
            timer.clear();
        }
    });
}
