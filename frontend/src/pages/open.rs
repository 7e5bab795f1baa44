//! How many incidents are open, in the tab's title and icon: they are seen while the page is not.

use std::time::Duration;

use crate::api::{News, Session};
use crate::components::live::nouns;
use crate::components::title::OpenCount;
use crate::dom::prelude::*;

/// Also while the page is hidden, when nothing else asks.
const EVERY: Duration = Duration::from_secs(60);

const CALM: &str = "/favicon.svg";
/// The same mark in the colour of trouble, with a dot.
const BURNING: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect \
    width='32' height='32' rx='7' fill='%23b3192b'/%3E%3Cpath d='M5 17h5l3-8 5 15 3.5-9 1.5 2h4' fill='none' \
    stroke='%23fff' stroke-width='2.4'/%3E%3C/svg%3E";

/// Counts as long as somebody is signed in.
pub(super) fn count_open(session: Session) {
    let OpenCount(count) = expect_context();
    let news: News = expect_context();
    let ask = move || {
        spawn_local(async move {
            let open = vec![("state", "open".to_owned())];
            // A failure is shown by the page itself.
            if let Ok(page) = session.incidents(open).await {
                count.try_set(page.items.len());
            }
        });
    };
    effect(move |_| {
        news.track(nouns![Incident]);
        ask();
    });
    let timer = set_interval(ask, EVERY);
    effect(move |_| {
        let icon = if count.get() > 0 { BURNING } else { CALM };
        if let Ok(Some(link)) = document().query_selector("link[rel=icon]") {
            // The icon is an ornament; the title says the same.
            link.set_attribute("href", icon).unwrap_or_default();
        }
    });
    on_cleanup(move || {
        count.try_set(0);
        timer.clear();
    });
}
