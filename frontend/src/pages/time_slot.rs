//! The top bar's time: what the page is about, and in which zone. It reads and writes the address and nothing else.

use crate::components::clock::{Clock, stamp, use_clock};
use crate::components::filters::SPANS;
use crate::dom::prelude::*;
use crate::model::range::{PRESETS, Range, retimed};
use crate::router::{NavigateOptions, use_navigate, use_path, use_query};
use crate::routes::Timed;

/// Empty on a page that is about no time.
#[component]
pub(super) fn TimeSlot() -> impl IntoPiece {
    let path = use_path();
    let timed = Memo::new(move |_| Timed::of(&path.get()));
    dynamic(move || timed.get().map(slot))
}

fn slot(timed: Timed) -> impl IntoPiece {
    let clock = use_clock();
    let query = use_query();
    let navigate = use_navigate();
    let word = move |name: &str| query.with(|query| query.get(name)).unwrap_or_default();
    // Between two instants, by a zoom or a link; otherwise one of the words below.
    let between = Memo::new(move |_| match Range::parse(Some(&word("from")), Some(&word("to"))) {
        Range::Between(from, to) => Some((from, to)),
        Range::Last(_) => None,
    });
    let (name, words) = offered(timed);
    let current = Memo::new(move |_| if between.get().is_some() { None } else { Some(word(name)) });
    let pick = move |word: String| {
        let here = window().location();
        // The address is at hand as long as there is a page.
        let query = retimed(&here.search().unwrap_or_default(), name, &word);
        let path = here.pathname().unwrap_or_default();
        let to = if query.is_empty() { path } else { format!("{path}?{query}") };
        navigate(&to, NavigateOptions { scroll: false, replace: false });
    };
    let option = move |(word, said): (&'static str, &'static str)| {
        let chosen = move || current.with(|current| current.as_deref() == Some(word));
        view! { <option value=word prop:selected=derived(chosen)>{said}</option> }
    };
    let stretch =
        move || between.get().map(|between| view! { <option value="" selected>{words_of(clock, between)}</option> });
    view! {
        <div class="time-slot">
            <select name="time" aria-label="Time" on:change:target=move |event| pick(event.target().value())>
                {dynamic(stretch)}
                {words.into_iter().map(option).collect_view()}
            </select>
            <span class="muted small" title="The zone of every time shown; it is set under Settings, Account.">
                {dynamic(move || clock.zone_name(clock.now()))}
            </span>
        </div>
    }
}

/// The parameter that holds the time, and what it can be: the word in the address, and in words. Empty is what goes without saying.
fn offered(timed: Timed) -> (&'static str, Vec<(&'static str, &'static str)>) {
    match timed {
        Timed::Back => {
            let spans = SPANS.iter().map(|(word, said, _)| (*word, *said));
            ("since", std::iter::once(("", "any time")).chain(spans).collect())
        }
        Timed::Stretch => {
            let preset = |(word, said, seconds): &(&'static str, &'static str, u32)| {
                let usual = Range::parse(None, None) == Range::Last(*seconds);
                (if usual { "" } else { *word }, *said)
            };
            ("from", PRESETS.iter().map(preset).collect())
        }
    }
}

/// `21 Nov 15:20–15:40`
fn words_of(clock: Clock, (from, to): (f64, f64)) -> String {
    let (from, to) = (stamp(from), stamp(to));
    let (day, last) = (clock.short_day(from), clock.short_day(to));
    let last = if last == day { String::new() } else { format!(" {last} ") };
    format!("{day} {}–{last}{}", clock.hour(from), clock.hour(to))
}
