//! The top bar: search, the page's time, whether the page is live, and the account.

use wasm_bindgen::JsCast;

use super::line::Line;
use super::time_slot::TimeSlot;
use crate::api::Session;
use crate::components::action::Doing;
use crate::components::theme::ThemePicker;
use crate::components::toast::use_toaster;
use crate::dom::prelude::*;
use crate::router::use_path;
use crate::routes::Place;

#[component]
pub(super) fn Bar(session: Session, searching: RwSignal<bool>) -> impl IntoPiece {
    view! {
        <header class="bar">
            <button type="button" class="search-button" aria-haspopup="dialog" on:click=move |_| searching.set(true)>
                <span aria-hidden="true">"⌕"</span>
                "Search"
                <kbd aria-hidden="true">"/"</kbd>
            </button>
            <TimeSlot/>
            <span class="bar-side">
                <Line/>
                <Menu session=session/>
            </span>
        </header>
    }
}

/// Whose account this is, colours, and the way out.
#[component]
fn Menu(session: Session) -> impl IntoPiece {
    let open = RwSignal::new(false);
    let path = use_path();
    effect(move |_| {
        path.track();
        open.set(false);
    });
    on_window("keydown", move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" && open.get_untracked() {
            open.set(false);
        }
    });
    on_window("click", move |event: web_sys::Event| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if target.is_none_or(|target| target.closest(".menu").ok().flatten().is_none()) && open.get_untracked() {
            open.set(false);
        }
    });
    let name = move || session.me().get().map(|me| me.username);
    let email = move || session.me().get().map(|me| me.email);
    view! {
        <div class="menu">
            <button type="button" class="quiet" aria-expanded=derived(move || open.get().to_string()) aria-controls="account-menu"
                on:click=move |_| open.update(|open| *open = !*open)>
                <span class="name">{dynamic(name)}</span>
                <span aria-hidden="true">" ▾"</span>
            </button>
            <div id="account-menu" class="menu-panel" hidden=derived(move || !open.get())>
                <p class="muted small clip">{dynamic(email)}</p>
                <ThemePicker/>
                <a href=Place::SettingsAccount.href()>"Your account"</a>
                <SignOut session=session/>
            </div>
        </div>
    }
}

#[component]
fn SignOut(session: Session) -> impl IntoPiece {
    let toaster = use_toaster();
    let leaving = Doing::new();
    let sign_out = move |_| {
        leaving.start(Box::pin(async move { session.sign_out().await }), move |outcome| {
            if let Err(fault) = outcome {
                toaster.bad(fault.message());
            }
        });
    };
    view! {
        <button type="button" on:click=sign_out disabled=derived(move || leaving.pending().get())>"Sign out"</button>
    }
}
