//! Settings: analysis and model, account and access. Where messages go stands under Alerts.

pub(crate) mod access;
pub(crate) mod account;
pub(crate) mod analysis;
pub(crate) mod data;
mod keys;

use crate::dom::prelude::*;
use crate::router::A;
use crate::routes::Place;

#[component]
fn Tabs() -> impl IntoPiece {
    view! {
        <header class="head"><h1>"Settings"</h1></header>
        <nav class="tabs" aria-label="Settings">
            <A href=Place::Settings.href() exact=true>"Analysis"</A>
            <A href=Place::SettingsAccount.href()>"Account"</A>
            <A href=Place::SettingsAccess.href()>"Access"</A>
            <A href=Place::SettingsData.href()>"Data"</A>
        </nav>
    }
}
