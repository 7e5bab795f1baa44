//! One target: its health as it is, and what can be done to it.

use leptos::prelude::*;
use watchkeeper_common::target::{HealthState, TargetView, UpdateTarget};

use super::Editing;
use crate::api::Session;
use crate::components::action::Doing;
use crate::components::badge::StateBadge;
use crate::components::clock::Ago;
use crate::components::dialog::Confirm;
use crate::components::toast::use_toaster;
use crate::model::number::with_unit;
use crate::model::{form, words};
use watchkeeper_common::analysis::Unit;

#[component]
pub(super) fn Row(
    target: Signal<Option<TargetView>>,
    session: Session,
    edit: Callback<Editing>,
    changed: Callback<()>,
) -> impl IntoView {
    let cells = move || {
        target.get().map(|target| {
            let health = target.health.clone();
            let took = health.scrape_duration_seconds.map(|took| format!(" in {}", with_unit(took, Unit::Seconds)));
            let trouble = health.error.filter(|_| matches!(health.state, HealthState::Down | HealthState::Unknown));
            view! {
                <td><StateBadge badge=words::health(health.state)/></td>
                <td class="main wide">
                    <strong>{target.name.clone()}</strong>
                    <code class="address">{target.address.clone()}</code>
                    {trouble.map(|error| view! { <p class="row-error">{error}</p> })}
                </td>
                <td class="muted">{form::tags_text(&target.tags)}</td>
                <td class="end" data-name="scraped">
                    {health.last_scrape.map_or_else(|| view! { <span class="muted">"never"</span> }.into_any(), |at| view! { <Ago at=at/> }.into_any())}
                    <span class="muted small">{took}</span>
                </td>
            }
        })
    };
    view! { <tr>{cells}<td class="end"><Actions target=target session=session edit=edit changed=changed/></td></tr> }
}

#[component]
fn Actions(
    target: Signal<Option<TargetView>>,
    session: Session,
    edit: Callback<Editing>,
    changed: Callback<()>,
) -> impl IntoView {
    let toaster = use_toaster();
    let doing = Doing::new();
    let asking = RwSignal::new(false);
    let enabled = Memo::new(move |_| target.get().is_some_and(|target| target.enabled));
    let name = move || target.get().map(|target| target.name).unwrap_or_default();
    let pause = move |_| {
        let Some(target) = target.get_untracked() else { return };
        let change = UpdateTarget { enabled: Some(!target.enabled), ..UpdateTarget::default() };
        doing.start(async move { session.update_target(&target.id, &change).await }, move |outcome| match outcome {
            Ok(now) => {
                toaster.good(format!("{} is {}.", now.name, if now.enabled { "watched again" } else { "paused" }));
                changed.run(());
            }
            Err(fault) => toaster.bad(fault.message()),
        });
    };
    let delete = move |()| {
        let Some(target) = target.get_untracked() else { return };
        let name = target.name.clone();
        doing.start(async move { session.delete_target(&target.id).await }, move |outcome| {
            asking.set(false);
            match outcome {
                Ok(()) => {
                    toaster.good(format!("{name} is deleted."));
                    changed.run(());
                }
                Err(fault) => toaster.bad(fault.message()),
            }
        });
    };
    let open = move |_| {
        if let Some(target) = target.get_untracked() {
            edit.run(Editing::Existing(Box::new(target)));
        }
    };
    let named = move |verb: &'static str| move || format!("{verb} {}", name());
    let busy = move || doing.pending().get();
    view! {
        <div class="row-actions">
            <button type="button" class="quiet small" aria-label=named("Edit") on:click=open>"Edit"</button>
            <button type="button" class="quiet small" disabled=busy on:click=pause
                aria-label=move || format!("{} {}", if enabled.get() { "Pause" } else { "Resume" }, name())>
                {move || if enabled.get() { "Pause" } else { "Resume" }}
            </button>
            <button type="button" class="quiet small" aria-label=named("Delete") on:click=move |_| asking.set(true)>"Delete"</button>
            <Confirm open=asking verb="Delete target" pending=doing.pending() confirm=delete
                heading=Signal::derive(move || format!("Delete {}?", name()))
                consequence=Signal::derive(|| "It is no longer scraped. What was recorded and its incidents stay.".to_owned())/>
        </div>
    }
}
