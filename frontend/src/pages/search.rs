//! Search: pages, targets, incidents and metrics by a word, from anywhere. `/` opens it.

use std::time::Duration;

use wasm_bindgen::JsCast;

use super::frame::{Spot, places};
use crate::api::{Fault, Session};
use crate::components::dialog::Dialog;
use crate::components::live::{live, nouns};
use crate::dom::prelude::*;
use crate::router::{NavigateOptions, use_navigate, use_path};
use crate::routes::Place;

/// How long typing rests before the server is asked.
const REST: Duration = Duration::from_millis(200);
/// Hits of one kind.
const MOST: usize = 6;

/// One hit: its kind, what it is called, and where it leads.
#[derive(Debug, Clone, PartialEq)]
struct Hit {
    kind: &'static str,
    name: String,
    href: String,
}

#[component]
pub(super) fn Search(session: Session, open: RwSignal<bool>) -> impl IntoPiece {
    let path = use_path();
    effect(move |_| {
        path.track();
        open.set(false);
    });
    view! {
        <Dialog open=open heading="Search">
            <Finder session=session open=open/>
        </Dialog>
    }
}

#[component]
fn Finder(session: Session, open: RwSignal<bool>) -> impl IntoPiece {
    let typed = RwSignal::new(String::new());
    let asked = RwSignal::new(String::new());
    let rest = StoredValue::new(None::<Timer>);
    let type_on = move |text: String| {
        typed.set(text.clone());
        let timer = set_timeout(move || asked.set(text.trim().to_owned()), REST);
        if let Some(before) = rest.get_value() {
            before.clear();
        }
        rest.set_value(Some(timer));
    };
    let found = live(nouns![], move || asked.get(), move |words| Box::pin(find(session, words)));
    let hits = Memo::new(move |_| {
        let mut hits = pages(&typed.get());
        hits.extend(found.data.get().unwrap_or_default());
        hits
    });
    let go = use_navigate();
    let first = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if let Some(hit) = hits.with_untracked(|hits| hits.first().cloned()) {
            open.set(false);
            go(&hit.href, NavigateOptions::default());
        }
    };
    let waiting = move || !found.data.is_there() && found.fault.with(Option::is_none);
    let said = move || match (hits.with(Vec::len), found.fault.get()) {
        (_, Some(fault)) => fault.message(),
        (0, None) if waiting() => "Searching…".to_owned(),
        (0, None) => "Nothing of that name.".to_owned(),
        (_, None) => String::new(),
    };
    let row = |hit: Hit| {
        view! { <li><a href=hit.href class="hit"><span class="muted small">{hit.kind}</span><span class="clip">{hit.name}</span></a></li> }
    };
    view! {
        <form class="finder" role="search" on:submit=first on:keydown=walk>
            <input type="search" aria-label="Search pages, targets, incidents and metrics" placeholder="a page, target, incident or metric"
                autocomplete="off" spellcheck="false" prop:value=derived(move || typed.get())
                on:input:target=move |event| type_on(event.target().value())/>
            <ul class="hits">{each(move || hits.get(), row)}</ul>
            <p class="muted small" role="status">{dynamic(said)}</p>
        </form>
    }
}

/// Up and down go through the hits.
fn walk(event: web_sys::KeyboardEvent) {
    let step: i32 = match event.key().as_str() {
        "ArrowDown" => 1,
        "ArrowUp" => -1,
        _ => return,
    };
    event.prevent_default();
    let Ok(stops) = document().query_selector_all(".finder input, .finder .hit") else { return };
    let active = document().active_element();
    let stop = |index: u32| stops.get(index).and_then(|node| node.dyn_into::<web_sys::HtmlElement>().ok());
    let count = stops.length();
    let here: u32 = (0..count).find(|index| stop(*index).map(Into::into) == active).unwrap_or(0);
    let next = here.saturating_add_signed(step).min(count.saturating_sub(1));
    if let Some(element) = stop(next) {
        // An element that left the page meanwhile takes no focus.
        element.focus().unwrap_or_default();
    }
}

fn pages(typed: &str) -> Vec<Hit> {
    let typed = lowered(typed.trim());
    let hit = |spot: Spot| Hit { kind: "page", name: spot.name.to_owned(), href: spot.place.href() };
    places().into_iter().filter(|spot| spot.name.to_ascii_lowercase().contains(&typed)).map(hit).collect()
}

async fn find(session: Session, words: String) -> Result<Vec<Hit>, Fault> {
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let targets = session.find_targets(&words).await?.items.into_iter().map(|target| {
        let name =
            if target.name == target.address { target.name } else { format!("{} · {}", target.name, target.address) };
        Hit { kind: "target", name, href: Place::Target(target.id).href() }
    });
    let incidents = session.find_incidents(&words).await?.items.into_iter();
    let incidents =
        incidents.map(|found| Hit { kind: "incident", name: found.title, href: Place::Incident(found.id).href() });
    // Without a metrics source there are no metrics to find; the rest stands.
    let metrics = session.metric_names("", &words).await.map(|names| names.items).unwrap_or_default().into_iter();
    let metrics = metrics.map(|found| {
        let href = Place::Metrics.with(&[("metric", &found.metric)]);
        Hit { kind: "metric", name: found.metric, href }
    });
    Ok(targets.take(MOST).chain(incidents.take(MOST)).chain(metrics.take(MOST)).collect())
}
