//! Time on a page: one ticking clock, instants relative to it, absolute times in the account's zone.

use std::time::Duration;

use js_sys::{Date, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use watchkeeper_common::time::Timestamp;

use crate::dom::prelude::*;
use crate::model::time;

/// Relative times are this fresh.
const TICK: Duration = Duration::from_secs(5);

#[derive(Clone, Copy)]
pub(crate) struct Clock {
    now: RwSignal<Timestamp>,
    /// IANA name; empty means the browser's own.
    zone: RwSignal<String>,
}

/// Makes the one clock, which ticks as long as the application lives.
pub(crate) fn provide() {
    let clock = Clock { now: RwSignal::new(browser_now()), zone: RwSignal::new(String::new()) };
    provide_context(clock);
    set_interval(move || clock.now.set(browser_now()), TICK);
}

pub(crate) fn use_clock() -> Clock {
    expect_context()
}

impl Clock {
    /// Tracked: what reads it changes as time passes.
    pub(crate) fn now(&self) -> Timestamp {
        // The answer of a call may be younger than the last tick; the clock must not run behind it.
        self.now.track();
        browser_now()
    }

    /// Milliseconds since the epoch, for a question that is asked once.
    pub(crate) fn now_untracked(&self) -> f64 {
        Date::now()
    }

    pub(crate) fn set_zone(&self, zone: String) {
        if self.zone.with_untracked(|current| *current != zone) {
            self.zone.set(zone);
        }
    }

    /// `Sat 21 Nov, 15:20:08 GMT+5:30`
    pub(crate) fn full(&self, at: Timestamp) -> String {
        self.format(
            at,
            &[
                ("weekday", "short"),
                ("day", "numeric"),
                ("month", "short"),
                ("hour", "2-digit"),
                ("minute", "2-digit"),
                ("second", "2-digit"),
                ("timeZoneName", "short"),
            ],
        )
    }

    /// `15:20`
    pub(crate) fn hour(&self, at: Timestamp) -> String {
        self.format(at, &[("hour", "2-digit"), ("minute", "2-digit")])
    }

    /// `15:20:08`
    pub(crate) fn second(&self, at: Timestamp) -> String {
        self.format(at, &[("hour", "2-digit"), ("minute", "2-digit"), ("second", "2-digit")])
    }

    /// `21 Nov`
    pub(crate) fn short_day(&self, at: Timestamp) -> String {
        self.format(at, &[("day", "numeric"), ("month", "short")])
    }

    /// `GMT+5:30`: what the zone is called at that time.
    pub(crate) fn zone_name(&self, at: Timestamp) -> String {
        let hour = self.format(at, &[("hour", "2-digit"), ("timeZoneName", "short")]);
        hour.split_once(' ').map(|(_, name)| name.to_owned()).unwrap_or_default()
    }

    /// How far the zone's clocks are ahead of UTC, whole days aside, in milliseconds.
    pub(crate) fn ahead(&self, at: Timestamp) -> f64 {
        time::ahead(&self.hour(at), at)
    }

    /// `21 Nov 2026`
    pub(crate) fn day(&self, at: Timestamp) -> String {
        self.format(at, &[("day", "numeric"), ("month", "short"), ("year", "numeric")])
    }

    fn format(&self, at: Timestamp, parts: &[(&str, &str)]) -> String {
        let date = Date::new(&JsValue::from_f64(at.as_millisecond() as f64));
        let zone = self.zone.get();
        // A zone this browser does not know: its own is better than nothing.
        localised(&date, parts, &zone).or_else(|| localised(&date, parts, "")).unwrap_or_else(|| at.to_string())
    }
}

fn localised(date: &Date, parts: &[(&str, &str)], zone: &str) -> Option<String> {
    let options = Object::new();
    let zone = (!zone.is_empty()).then_some(("timeZone", zone));
    for (name, value) in parts.iter().copied().chain([("hourCycle", "h23")]).chain(zone) {
        Reflect::set(&options, &name.into(), &value.into()).ok()?;
    }
    let format: Function = Reflect::get(date, &"toLocaleString".into()).ok()?.dyn_into().ok()?;
    format.call2(date, &"en-GB".into(), &options).ok()?.as_string()
}

/// Milliseconds since the epoch as an instant.
pub(crate) fn stamp(at: f64) -> Timestamp {
    Timestamp::from_millisecond(at as i64).unwrap_or_default()
}

fn browser_now() -> Timestamp {
    stamp(Date::now())
}

/// `20 s ago`, with the absolute time in its title.
#[component]
pub(crate) fn Ago(#[prop(into)] at: Signal<Timestamp>) -> impl IntoPiece {
    let clock = use_clock();
    view! {
        <time datetime=derived(move || at.get().to_string()) title=derived(move || clock.full(at.get()))>
            {dynamic(move || time::relative(at.get(), clock.now()))}
        </time>
    }
}
