//! One target of the list: its health as it is, what to do when it is bad, and a way to everything else.

use watchkeeper_common::analysis::Unit;
use watchkeeper_common::target::{HealthState, TargetView};

use super::Editing;
use super::actions::Actions;
use super::selection::Chosen;
use crate::api::Session;
use crate::components::badge::StateBadge;
use crate::components::clock::Ago;
use crate::dom::prelude::*;
use crate::model::number::with_unit;
use crate::model::{form, remedy, words};
use crate::router::A;
use crate::routes::Place;

#[component]
pub(super) fn Row(
    target: Signal<Option<TargetView>>,
    session: Session,
    chosen: Chosen,
    edit: Callback<Editing>,
    changed: Callback<()>,
) -> impl IntoPiece {
    let id = target.with_untracked(|target| target.as_ref().map(|target| target.id.clone()).unwrap_or_default());
    let own = id.clone();
    let name = move || target.with(|target| target.as_ref().map(|target| format!("Choose {}", target.name)));
    // Each part by itself: what a person is about to press is not drawn anew with every scrape.
    let part = move |of: fn(&TargetView) -> String| move || target.with(|target| target.as_ref().map(of));
    let state =
        move || target.with(|target| target.as_ref().map_or(HealthState::Unknown, |target| target.health.state));
    let page = Place::Target(id.clone()).href();
    view! {
        <tr>
            <td class="pick">
                <input type="checkbox" aria-label=derived(name) prop:checked=derived(move || chosen.has(&own)) on:change=move |_| chosen.toggle(&id)/>
            </td>
            <td><StateBadge badge=Signal::derive(move || words::health(state()))/></td>
            <td class="main wide">
                <A href=page class="row-name">{dynamic(part(|target| target.name.clone()))}</A>
                <code class="address">{dynamic(part(|target| target.address.clone()))}</code>
                {dynamic(move || target.with(|target| target.as_ref().and_then(trouble)))}
            </td>
            <td class="muted tags">{dynamic(part(|target| form::tags_text(&target.tags)))}</td>
            <td class="end" data-name="scraped">{dynamic(move || target.with(|target| target.as_ref().map(scraped)))}</td>
            <td class="end"><Actions target=target session=session edit=edit changed=changed deleted=changed/></td>
        </tr>
    }
}

fn scraped(target: &TargetView) -> Piece {
    let took = target.health.scrape_duration_seconds;
    let took = took.map(|took| format!(" in {}", with_unit(took, Unit::Seconds)));
    match target.health.last_scrape {
        None => view! { <span class="muted">"never"</span> },
        Some(at) => view! { <Ago at=at/><span class="muted small">{took}</span> },
    }
}

/// What is the matter and what to do, in two sentences; the scraper's own words are in the title.
fn trouble(target: &TargetView) -> Option<Piece> {
    let error = target.health.error.clone();
    if let Some(remedy) = remedy::of(target) {
        let line =
            view! { <p class="row-error" title=error><strong>{remedy.what}</strong>". " <span>{remedy.act}</span></p> };
        return Some(line);
    }
    let error = error.filter(|_| target.health.state == HealthState::Unknown)?;
    Some(view! { <p class="row-error">{error}</p> })
}
