//! Root causes: what was said of failures, how sure the code was, and who said it.

use watchkeeper_common::analysis::{RcaView, Severity, Verdict};

use crate::api::Session;
use crate::components::badge::StateBadge;
use crate::components::clock::Ago;
use crate::components::filters::{Filters, clear, dated, pager, select};
use crate::components::live::{live, nouns};
use crate::components::remote::{Empty, Skeleton, remote};
use crate::components::title::title;
use crate::dom::prelude::*;
use crate::model::number::counted;
use crate::model::words;
use crate::pages::incidents::Tabs;
use crate::router::A;
use crate::routes::Place;

const NAMES: &[&str] = &["verdict", "severity", "incident_id", "since", "from", "to"];

pub(crate) fn causes(session: Session) -> Piece {
    title(|| "Root causes".to_owned());
    let filters = Filters::of(Place::RootCauses, NAMES);
    let page = live(nouns![Batch], move || filters.wanted(), move |wanted| session.causes(dated(wanted)));
    view! {
        <header class="head"><h1>"Root causes"</h1></header>
        <Tabs/>
        <div class="filters" role="search" aria-label="Filter root causes">
            {select(filters, "verdict", "Verdict", Verdict::ALL.iter().map(|verdict| verdict.as_str()).collect())}
            {select(filters, "severity", "Severity", Severity::ALL.iter().rev().map(|severity| severity.as_str()).collect())}
            {clear(filters)}
        </div>
        {remote(page, Skeleton::Rows(6), move |page| view! {
            <Show when=move || page.with(|page| !page.items.is_empty()) fallback=move || none(filters)>
                <ul class="rows">{each(move || page.get().items, row)}</ul>
            </Show>
            {pager(filters, Signal::derive(move || page.with(|page| page.next_cursor.clone())))}
        })}
    }
}

fn none(filters: Filters) -> Piece {
    if filters.narrowed() {
        return view! { <Empty heading="No root cause matches"><p>"Other filters may show more. " <A href=Place::RootCauses.href()>"Show all"</A></p></Empty> };
    }
    view! {
        <Empty heading="Nothing has needed explaining">
            <p>"Each time a failure is explained anew, its cause stands here with the verdict that code gave it."</p>
            <p><A href=Place::HowItWorks.href()>"How a verdict comes about"</A></p>
        </Empty>
    }
}

fn row(cause: RcaView) -> Piece {
    let text = if cause.root_cause.is_empty() { cause.summary.clone() } else { cause.root_cause.clone() };
    let dropped = u32::try_from(cause.dropped.len()).unwrap_or(u32::MAX);
    let dropped = (dropped > 0).then(|| format!(" · {} dropped", counted(dropped, "claim", "claims")));
    view! {
        <li>
            <A href=Place::Incident(cause.incident_id.clone()).href() class="row-link">
                <span class="row-lead">
                    <strong>{words::verdict(cause.verdict)}</strong>
                    <span class="muted small">{format!("{} %", cause.confidence)}</span>
                </span>
                <span class="row-main">
                    <strong>{cause.title.clone()}</strong>
                    <span class="muted two-lines">{text}</span>
                    <span class="muted small">{words::author(&cause.provider, &cause.model)}{dropped}</span>
                </span>
                <span class="row-side">
                    <StateBadge badge=words::severity(cause.severity)/>
                    <span class="muted small"><Ago at=cause.at/></span>
                </span>
            </A>
        </li>
    }
}
