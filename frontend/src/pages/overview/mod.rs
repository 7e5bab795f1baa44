//! The first thing a tired person sees: one sentence of how things stand, then what is open, then how it is going.

mod first_steps;
mod headline;
mod strip;

use std::cmp::Reverse;

use watchkeeper_common::incident::{IncidentState, IncidentView};
use watchkeeper_common::page::Page;
use watchkeeper_common::system::{Standing, Stats};

use crate::api::{Fault, Session};
use crate::components::latest::Shown;
use crate::components::live::{Live, live, nouns};
use crate::components::remote::{Skeleton, remote};
use crate::components::title::title;
use crate::dom::prelude::*;
use crate::model::number::{counted, grouped};
use crate::model::order::sorted;
use crate::pages::demo::Offer;
use crate::pages::incidents::{IncidentRows, row_link};
use crate::router::A;
use crate::routes::Place;

pub(crate) fn overview(session: Session) -> Piece {
    let stats = live(nouns![Batch, Incident, Target, Settings], || (), move |()| session.stats());
    let incidents = live(nouns![Incident], || (), move |()| Box::pin(standing(session)));
    title(|| "Overview".to_owned());
    let batches = strip::batches(session);
    view! {
        {remote(stats, Skeleton::Text, move |stats| {
            let standing = Memo::new(move |_| stats.with(|stats| stats.standing));
            let watching = move || standing.get() != Standing::New;
            let burning = move || standing.get() == Standing::Burning;
            view! {
                {headline::headline(stats)}
                <Show when=watching>{strip::strip(batches)}</Show>
                <Show when=move || !burning()>{first_steps::first_steps(stats, session)}</Show>
                <Show when=move || !watching()><Offer session=session/></Show>
                <Show when=watching>{open(incidents)}</Show>
                <Show when=watching>{figures(stats)}</Show>
                <Show when=burning>{first_steps::first_steps(stats, session)}</Show>
            }
        })}
    }
}

/// Incidents that are not over; the last one where all are.
async fn standing(session: Session) -> Result<Page<IncidentView>, Fault> {
    let of = |state: IncidentState| session.incidents(vec![("state", state.as_str().to_owned())]);
    let mut page = of(IncidentState::Open).await?;
    page.items.extend(of(IncidentState::Acknowledged).await?.items);
    if page.items.is_empty() { session.incidents(vec![("limit", "1".to_owned())]).await } else { Ok(page) }
}

/// What is not over, the worst first; on a good day, what happened last.
fn open(page: Live<Page<IncidentView>>) -> Piece {
    view! {
        <section class="card" aria-labelledby="open-heading">
            <div class="card-head">
                <h2 id="open-heading">"Open incidents"</h2>
                <A href=Place::Incidents.href() class="small">"All incidents"</A>
            </div>
            {remote(page, Skeleton::Rows(2), |page| view! {
                <Show when=move || page.with(|page| page.items.iter().any(is_live)) fallback=move || last(page.get().items)>
                    <IncidentRows rows=Signal::derive(move || worst_first(page.get().items))/>
                </Show>
            })}
        </section>
    }
}

fn is_live(incident: &IncidentView) -> bool {
    incident.state != IncidentState::Resolved
}

fn last(incidents: Vec<IncidentView>) -> Piece {
    match incidents.into_iter().next() {
        None => view! { <p class="muted">"None, and none so far. What breaks will stand here, with its cause."</p> },
        Some(last) => view! {
            <p class="muted">"None. The last one:"</p>
            <ul class="rows"><li>{row_link(last)}</li></ul>
        },
    }
}

fn worst_first(mut incidents: Vec<IncidentView>) -> Vec<IncidentView> {
    incidents.retain(is_live);
    let rank = |incident: &IncidentView| {
        let severity = incident.eased_to.unwrap_or(incident.severity);
        (incident.state == IncidentState::Acknowledged, Reverse(severity as u8))
    };
    sorted(incidents, |a, b| rank(a).cmp(&rank(b)))
}

/// Targets, and what the model cost and did not cost.
fn figures(stats: Shown<Stats>) -> Piece {
    let targets = move || {
        let t = stats.get().targets;
        let states =
            [(t.up, "up"), (t.down, "down"), (t.pending, "pending"), (t.paused, "paused"), (t.unknown, "unknown")];
        states.into_iter().filter(|(count, word)| *count > 0 || *word == "up").collect::<Vec<_>>()
    };
    let model = move || {
        let m = stats.get().model;
        [(m.calls_24h, "made"), (m.avoided_24h, "avoided")]
    };
    let spent = move || {
        let m = stats.get().model;
        let tokens = format!("{} of {} tokens today", grouped(m.tokens_today.into()), grouped(m.token_budget.into()));
        if m.cost_today_usd > 0.0 { format!("{tokens} · ${:.4}", m.cost_today_usd) } else { tokens }
    };
    let number = |(count, word): (u32, &'static str)| {
        let tone = if word == "down" && count > 0 { "tone-critical" } else { "" };
        view! { <div><dt>{word}</dt><dd class=tone>{grouped(count.into())}</dd></div> }
    };
    view! {
        <div class="pair">
            <section class="card" aria-labelledby="targets-heading">
                <div class="card-head">
                    <h2 id="targets-heading">"Targets"</h2>
                    <A href=Place::Targets.href() class="small">"All targets"</A>
                </div>
                <dl class="figures">{dynamic(move || targets().into_iter().map(number).collect_view())}</dl>
                <p class="muted small">{dynamic(move || {
                    let stats = stats.get();
                    format!("{} out of line, {} resolved in 24 hours",
                        counted(stats.anomalies_24h, "metric", "metrics"),
                        counted(stats.incidents.resolved_24h, "incident", "incidents"))
                })}</p>
            </section>
            <section class="card" aria-labelledby="model-heading">
                <div class="card-head">
                    <h2 id="model-heading">"Calls to the model, 24 hours"</h2>
                    <A href=Place::HowItWorks.href() class="small">"Why so few"</A>
                </div>
                <dl class="figures">{dynamic(move || model().map(number).collect_view())}</dl>
                <p class="muted small">{dynamic(spent)}</p>
            </section>
        </div>
    }
}
