//! Alerts: every message with what became of it, and where messages go.

mod email;
mod preview;
pub(crate) mod receivers;
mod slack;

use watchkeeper_common::alert::{Channel, DeliveryState};

use crate::api::Session;
use crate::components::filters::{Filters, clear, dated, pager, select};
use crate::components::live::{live, nouns};
use crate::components::remote::{Empty, Skeleton, remote};
use crate::components::title::title;
use crate::dom::prelude::*;
use crate::pages::deliveries::DeliveryTable;
use crate::router::A;
use crate::routes::Place;

const NAMES: &[&str] = &["state", "channel", "incident", "since", "from", "to"];

pub(crate) fn alerts(session: Session) -> Piece {
    title(|| "Alerts".to_owned());
    let filters = Filters::of(Place::Alerts, NAMES);
    let page = live(nouns![Delivery], move || filters.wanted(), move |wanted| session.deliveries(dated(wanted)));
    view! {
        <header class="head"><h1>"Alerts"</h1></header>
        {tabs()}
        <div class="filters" role="search" aria-label="Filter messages">
            {select(filters, "state", "State", DeliveryState::ALL.iter().map(|state| state.as_str()).collect())}
            {select(filters, "channel", "Channel", Channel::ALL.iter().map(|channel| channel.as_str()).collect())}
            {clear(filters)}
        </div>
        {remote(page, Skeleton::Rows(5), move |shown| view! {
            <Show when=move || shown.with(|page| !page.items.is_empty()) fallback=move || none(filters)>
                <DeliveryTable rows=Signal::derive(move || shown.get().items) titled=true session=session
                    changed=move |()| page.again()/>
            </Show>
            {pager(filters, Signal::derive(move || shown.with(|page| page.next_cursor.clone())))}
        })}
    }
}

fn none(filters: Filters) -> Piece {
    if filters.narrowed() {
        return view! { <Empty heading="No message matches"><p>"Other filters may show more. " <A href=Place::Alerts.href()>"Show all"</A></p></Empty> };
    }
    view! {
        <Empty heading="No messages yet">
            <p>"When an incident opens, changes or resolves, each message stands here with what became of it: sent, failed and why, or held back and why."</p>
            <p><A href=Place::Receivers.href() class="button primary">"Set up email or Slack"</A></p>
        </Empty>
    }
}

fn tabs() -> Piece {
    view! {
        <nav class="tabs" aria-label="Alerts">
            <A href=Place::Alerts.href() exact=true>"Messages"</A>
            <A href=Place::Receivers.href()>"Email and Slack"</A>
        </nav>
    }
}
