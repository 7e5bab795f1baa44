//! A list's filters and place, which live in the address: what is shown can be sent to somebody, and Back goes back.

use crate::api::Wanted;
use crate::dom::prelude::*;
use crate::model::trail::Trail;
use crate::router::{A, NavigateOptions, Query, use_navigate, use_query};
use crate::routes::Place;

/// A search is asked for once nobody has typed for this long.
const TYPED: std::time::Duration = std::time::Duration::from_millis(250);
const CURSOR: &str = "cursor";
/// How far back a list can go: word in the address, words for a person, hours. The top bar offers them.
pub(crate) const SPANS: [(&str, &str, i64); 4] =
    [("1h", "last hour", 1), ("24h", "last 24 hours", 24), ("7d", "last 7 days", 168), ("30d", "last 30 days", 720)];

#[derive(Clone, Copy)]
pub(crate) struct Filters {
    place: StoredValue<Place>,
    names: &'static [&'static str],
    query: Memo<Query>,
    go: Callback<(String, bool)>,
    trail: RwSignal<Trail>,
}

impl Filters {
    /// Of the page at `place`; `names` are its filters as they stand in the address.
    pub(crate) fn of(place: Place, names: &'static [&'static str]) -> Self {
        let navigate = use_navigate();
        let go = Callback::new(move |(to, replace): (String, bool)| {
            navigate(&to, NavigateOptions { scroll: false, replace });
        });
        Self { place: StoredValue::new(place), names, query: use_query(), go, trail: RwSignal::new(Trail::default()) }
    }

    /// Tracked; empty when absent.
    pub(crate) fn get(&self, name: &str) -> String {
        self.query.with(|query| query.get(name)).unwrap_or_default()
    }

    pub(crate) fn narrowed(&self) -> bool {
        self.names.iter().any(|name| !self.get(name).is_empty())
    }

    /// What to ask the server for; `since` stays a word, so that the question is the same a second later.
    pub(crate) fn wanted(&self) -> Wanted {
        let names = self.names.iter().copied().chain([CURSOR]);
        names.map(|name| (name, self.get(name))).filter(|(_, value)| !value.is_empty()).collect()
    }

    /// The address with one value changed; the place in the list starts over.
    fn href(&self, name: &str, value: &str) -> String {
        let others = self.names.iter().filter(|other| **other != name).map(|other| (*other, self.get(other)));
        let others: Vec<(&str, String)> = others.collect();
        let all: Vec<(&str, &str)> =
            others.iter().map(|(name, value)| (*name, value.as_str())).chain([(name, value)]).collect();
        self.place.with_value(|place| place.with(&all))
    }

    fn set(&self, name: &str, value: &str, replace: bool) {
        self.go.run((untrack(|| self.href(name, value)), replace));
    }

    fn reset(&self) -> String {
        self.place.with_value(Place::href)
    }
}

/// What the server understands: `since` becomes an instant before `now`.
pub(crate) fn dated(mut wanted: Wanted) -> Wanted {
    for (name, value) in &mut wanted {
        if *name == "since" {
            let hours = SPANS.iter().find(|(word, ..)| word == value).map_or(0, |(.., hours)| *hours);
            let from = js_sys::Date::now() as i64 - hours * 3_600_000;
            *value = if hours == 0 { String::new() } else { instant(from) };
            *name = "from";
        }
    }
    wanted
}

fn instant(millis: i64) -> String {
    watchkeeper_common::time::Timestamp::from_millisecond(millis).map(|at| at.to_string()).unwrap_or_default()
}

/// One of a few words, or any.
pub(crate) fn select(filters: Filters, name: &'static str, label: &'static str, words: Vec<&'static str>) -> Piece {
    let option = move |word: &'static str| {
        view! { <option value=word prop:selected=derived(move || filters.get(name) == word)>{word}</option> }
    };
    view! {
        <label class="filter">
            <span>{label}</span>
            <select name=name on:change:target=move |event| filters.set(name, &event.target().value(), false)>
                <option value="" prop:selected=derived(move || filters.get(name).is_empty())>"any"</option>
                {words.into_iter().map(option).collect_view()}
            </select>
        </label>
    }
}

/// Typed text; the list follows a moment after the last key.
pub(crate) fn typed(filters: Filters, name: &'static str, label: &'static str, placeholder: &'static str) -> Piece {
    let turn = StoredValue::new(0_u32);
    let search = move |event: web_sys::Event| {
        let value = event_target_value(&event);
        turn.update_value(|turn| *turn = turn.wrapping_add(1));
        let mine = turn.get_value();
        set_timeout(
            move || {
                if turn.try_get_value() == Some(mine) {
                    filters.set(name, value.trim(), true);
                }
            },
            TYPED,
        );
    };
    view! {
        <label class="filter grow">
            <span>{label}</span>
            <input type="search" name=name placeholder=placeholder autocomplete="off" spellcheck="false"
                prop:value=derived(move || filters.get(name)) on:input=search/>
        </label>
    }
}

/// Takes every filter away; only there when there is one.
pub(crate) fn clear(filters: Filters) -> Piece {
    view! {
        <Show when=move || filters.narrowed()>
            <A href=filters.reset() class="button quiet small">"Clear"</A>
        </Show>
    }
}

/// Newer and older pages of a list; `next` is the cursor behind what is shown.
pub(crate) fn pager(filters: Filters, next: Signal<Option<String>>) -> Piece {
    let here = Memo::new(move |_| filters.get(CURSOR));
    let next = Memo::new(move |_| next.get());
    let trail = filters.trail;
    effect(move |_| {
        let (here, next) = (here.get(), next.get());
        trail.update(|trail| trail.walk(&here, next));
    });
    let link = move |cursor: String, class: &'static str, said: &'static str| {
        view! { <A href=filters.href(CURSOR, &cursor) class=class>{said}</A> }
    };
    view! {
        <Show when=move || !here.get().is_empty() || next.with(Option::is_some)>
            <nav class="pager" aria-label="Pages">
                {dynamic(move || (!here.get().is_empty()).then(|| {
                    let before = trail.with(|trail| trail.before(&here.get()));
                    link(before, "button small newer", "← Newer")
                }))}
                {dynamic(move || next.get().map(|cursor| link(cursor, "button small older", "Older →")))}
            </nav>
        </Show>
    }
}
