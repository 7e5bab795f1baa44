//! One target of the list: its health as it is, what to do when it is bad, and a way to everything else.

use leptos::prelude::*;
use leptos_router::components::A;
use watchkeeper_common::analysis::Unit;
use watchkeeper_common::target::{HealthState, TargetView};

use super::Editing;
use super::actions::Actions;
use super::selection::Chosen;
use crate::api::Session;
use crate::components::badge::StateBadge;
use crate::components::clock::Ago;
use crate::components::reactive::{derived, dynamic};
use crate::model::number::with_unit;
use crate::model::{form, remedy, words};
use crate::routes::Place;

#[component]
pub(super) fn Row(
    target: Signal<Option<TargetView>>,
    session: Session,
    chosen: Chosen,
    edit: Callback<Editing>,
    changed: Callback<()>,
) -> impl IntoView {
    let id = target.with_untracked(|target| target.as_ref().map(|target| target.id.clone()).unwrap_or_default());
    let own = id.clone();
    let name = move || target.with(|target| target.as_ref().map(|target| format!("Choose {}", target.name)));
    view! {
        <tr>
            <td class="pick">
                <input type="checkbox" aria-label=derived(name) prop:checked=derived(move || chosen.has(&own)) on:change=move |_| chosen.toggle(&id)/>
            </td>
            {dynamic(move || target.get().map(cells))}
            <td class="end"><Actions target=target session=session edit=edit changed=changed deleted=changed/></td>
        </tr>
    }
    .into_any()
}

fn cells(target: TargetView) -> impl IntoView {
    let health = target.health.clone();
    let took = health.scrape_duration_seconds.map(|took| format!(" in {}", with_unit(took, Unit::Seconds)));
    let (name, trouble) = (target.name.clone(), trouble(&target));
    let scraped = match health.last_scrape {
        None => view! { <span class="muted">"never"</span> }.into_any(),
        Some(at) => view! { <Ago at=at/> }.into_any(),
    };
    view! {
        <td><StateBadge badge=words::health(health.state)/></td>
        <td class="main wide">
            <A href=Place::Target(target.id.clone()).href() attr:class="row-name">{name}</A>
            <code class="address">{target.address.clone()}</code>
            {trouble}
        </td>
        <td class="muted tags">{form::tags_text(&target.tags)}</td>
        <td class="end" data-name="scraped">{scraped}<span class="muted small">{took}</span></td>
    }
}

/// What is the matter and what to do, in two sentences; the scraper's own words are in the title.
fn trouble(target: &TargetView) -> Option<AnyView> {
    let error = target.health.error.clone();
    if let Some(remedy) = remedy::of(target) {
        let line =
            view! { <p class="row-error" title=error><strong>{remedy.what}</strong>". " <span>{remedy.act}</span></p> };
        return Some(line.into_any());
    }
    let error = error.filter(|_| target.health.state == HealthState::Unknown)?;
    Some(view! { <p class="row-error">{error}</p> }.into_any())
}
