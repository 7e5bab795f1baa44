//! Settings: analysis and model, where messages go, account and access.

pub(crate) mod access;
pub(crate) mod account;
pub(crate) mod analysis;
pub(crate) mod data;
mod email;
mod keys;
pub(crate) mod receivers;
mod slack;

use leptos::prelude::*;
use leptos_router::components::A;

use crate::routes::Place;

#[component]
fn Tabs() -> impl IntoView {
    view! {
        <header class="head"><h1>"Settings"</h1></header>
        <nav class="tabs" aria-label="Settings">
            <A href=Place::Settings.href() exact=true>"Analysis"</A>
            <A href=Place::SettingsAlerts.href()>"Alerts"</A>
            <A href=Place::SettingsAccount.href()>"Account"</A>
            <A href=Place::SettingsAccess.href()>"Access"</A>
            <A href=Place::SettingsData.href()>"Data"</A>
        </nav>
    }
}
