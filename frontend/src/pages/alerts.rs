//! Every message: sent, waiting, failed, or held back and why.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::A;
use leptos_router::hooks::{use_navigate, use_query_map};
use watchkeeper_common::alert::DeliveryState;

use crate::api::{DeliveryFilter, Session};
use crate::components::live::{live, nouns};
use crate::components::remote::{Empty, Skeleton, remote};
use crate::components::title::title;
use crate::pages::deliveries::DeliveryTable;
use crate::pages::incidents::Select;
use crate::routes::Place;

pub(crate) fn alerts(session: Session) -> AnyView {
    title(|| "Alerts".to_owned());
    let query = use_query_map();
    let go = use_navigate();
    let filter = move || {
        let query = query.read();
        DeliveryFilter { incident_id: None, state: query.get("state"), cursor: query.get("cursor") }
    };
    let page = live(nouns![Delivery], filter, move |filter| async move { session.deliveries(&filter).await });
    let pick = move |state: String| go(&Place::Alerts.with(&[("state", &state)]), NavigateOptions::default());
    let none = || {
        view! {
            <Empty heading="No messages">
                <p>"When an incident opens, changes or resolves, each message stands here with what became of it."</p>
                <p><A href=Place::SettingsAlerts.href() attr:class="button">"Set up email or Slack"</A></p>
            </Empty>
        }
    };
    view! {
        <header class="head">
            <h1>"Alerts"</h1>
            <A href=Place::SettingsAlerts.href() attr:class="button">"Receivers"</A>
        </header>
        <div class="filters">
            <Select label="State" name="state" chosen=Signal::derive(move || filter().state) pick=pick
                options=DeliveryState::ALL.iter().map(|state| state.as_str()).collect()/>
        </div>
        {remote(page, Skeleton::Rows(5), move |page| view! {
            <Show when=move || page.with(|page| !page.items.is_empty()) fallback=none>
                <DeliveryTable rows=Signal::derive(move || page.get().items) titled=true/>
            </Show>
            {move || page.get().next_cursor.map(|cursor| {
                let older = Place::Alerts.with(&[("state", &filter().state.unwrap_or_default()), ("cursor", &cursor)]);
                view! { <p><A href=older>"Older messages"</A></p> }
            })}
        })}
    }
    .into_any()
}
