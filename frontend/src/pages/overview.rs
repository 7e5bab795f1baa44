//! The first thing a tired person sees: one sentence of how things stand, then what is open, then how it is going.

use std::cmp::Reverse;

use leptos::prelude::*;
use leptos_router::components::A;
use watchkeeper_common::incident::IncidentView;
use watchkeeper_common::page::Page;
use watchkeeper_common::system::{BatchBar, Standing, Stats};

use crate::api::{IncidentFilter, Session};
use crate::components::clock::{Ago, use_clock};
use crate::components::live::{Live, live, nouns};
use crate::components::remote::{Skeleton, remote};
use crate::components::title::title;
use crate::model::number::{counted, grouped};
use crate::pages::incidents::IncidentRows;
use crate::routes::Place;

pub(crate) fn overview(session: Session) -> AnyView {
    let stats = live(nouns![Batch, Incident, Target, Settings], || (), move |()| async move { session.stats().await });
    let open = live(
        nouns![Incident],
        || (),
        move |()| async move {
            session.incidents(&IncidentFilter { state: Some("open".to_owned()), ..IncidentFilter::default() }).await
        },
    );
    title(|| "Overview".to_owned());
    view! {
        {remote(stats, Skeleton::Text, move |stats| {
            let standing = Memo::new(move |_| stats.get().standing);
            let watching = move || standing.get() != Standing::New;
            let burning = move || standing.get() == Standing::Burning;
            view! {
                <Headline stats=stats/>
                <Show when=move || !burning()><Checklist stats=stats/></Show>
                <Show when=watching><Open page=open/></Show>
                <Show when=burning><Checklist stats=stats/></Show>
                <Show when=watching><Day stats=stats/></Show>
            }
        })}
    }
    .into_any()
}

/// What is open now, which is nothing on a good day.
#[component]
fn Open(page: Live<Page<IncidentView>>) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="open-heading">
            <h2 id="open-heading">"Open incidents"</h2>
            {remote(page, Skeleton::Rows(2), |page| view! {
                <Show when=move || page.with(|page| !page.items.is_empty())
                    fallback=|| view! { <p class="muted">"None. What breaks will stand here, with its cause."</p> }>
                    <IncidentRows rows=Signal::derive(move || worst_first(page.get().items))/>
                </Show>
            })}
        </section>
    }
}

fn worst_first(mut incidents: Vec<IncidentView>) -> Vec<IncidentView> {
    incidents.sort_by_key(|incident| Reverse(incident.severity as u8));
    incidents
}

/// The largest text of the page, and what it rests on.
#[component]
fn Headline(stats: Signal<Stats>) -> impl IntoView {
    let mark = move || match stats.get().standing {
        Standing::Burning => ("tone-critical", "◆"),
        Standing::Blind => ("tone-high", "▲"),
        Standing::Stale => ("tone-medium", "●"),
        Standing::Quiet => ("tone-ok", "✓"),
        Standing::New => ("tone-muted", "◌"),
    };
    let rests_on = move || {
        let stats = stats.get();
        if stats.targets.total == 0 {
            return "Add the address of an exporter; within two minutes this page says how its machine does."
                .to_owned();
        }
        let down = (stats.targets.down > 0).then(|| format!("{} down", stats.targets.down));
        let series = (stats.series > 0).then(|| format!("{} series", grouped(stats.series.into())));
        let parts = [Some(counted(stats.targets.total, "target", "targets")), down, series];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    };
    view! {
        <header class="headline">
            <h1>
                <span class=move || format!("shape {}", mark().0) aria-hidden="true">{move || mark().1}</span>
                {move || sentence(&stats.get())}
            </h1>
            <p class="muted">
                {rests_on}
                {move || stats.get().last_batch_at.map(|at| view! { " · checked " <Ago at=at/> })}
            </p>
            <Show when=move || stats.get().standing == Standing::New>
                <p><A href=Place::Targets.href() attr:class="button primary">"Add a target"</A></p>
            </Show>
            {move || stats.get().last_batch_error.map(|error| view! { <p class="well bad">{error}</p> })}
            <Show when=move || stats.get().standing != Standing::New><Strip stats=stats/></Show>
        </header>
    }
}

/// How the tenant stands, as one would say it aloud.
fn sentence(stats: &Stats) -> String {
    match stats.standing {
        Standing::New => "Nothing is watched yet.".to_owned(),
        Standing::Quiet => "All quiet.".to_owned(),
        Standing::Blind => "Monitoring is blind.".to_owned(),
        Standing::Stale => "Nothing has been checked lately.".to_owned(),
        Standing::Burning => {
            let open = counted(stats.incidents.open.max(1), "incident is", "incidents are");
            format!("{open} open.")
        }
    }
}

/// The last day, one bar for half an hour: taller is more series outside their baseline.
#[component]
fn Strip(stats: Signal<Stats>) -> impl IntoView {
    let clock = use_clock();
    let bars = move || {
        let strip = stats.get().strip;
        let most = strip.iter().map(|bar| bar.outside).max().unwrap_or(0).max(4);
        let bar = move |(index, bar): (usize, BatchBar)| {
            let height = if bar.batches == 0 { 1.0 } else { 4.0 + 32.0 * f64::from(bar.outside) / f64::from(most) };
            let class = match &bar {
                BatchBar { batches: 0, .. } => "none",
                BatchBar { failed: 1.., .. } => "failed",
                BatchBar { outside: 1.., .. } => "outside",
                _ => "quiet",
            };
            let said = format!(
                "{}: {}, {} outside, {} failed",
                clock.hour(bar.at),
                counted(bar.batches, "batch", "batches"),
                bar.outside,
                bar.failed
            );
            let height = if bar.failed > 0 { 36.0 } else { height };
            view! { <rect class=class x=index * 10 width="7" y=36.0 - height height=height rx="1"><title>{said}</title></rect> }
        };
        strip.into_iter().enumerate().map(bar).collect_view()
    };
    view! {
        <A href=Place::Batches.href() attr:class="strip">
            <svg viewBox="0 0 480 36" preserveAspectRatio="none" role="img" aria-label="Batches of the last 24 hours">{bars}</svg>
            <span class="muted small">"Last 24 hours, one bar for half an hour"</span>
        </A>
    }
}

/// Four steps of a newcomer; gone when all are done.
#[component]
fn Checklist(stats: Signal<Stats>) -> impl IntoView {
    let steps = move || {
        let s = stats.get();
        [
            (s.has_target, "Add a target", Place::Targets),
            (s.has_scrape, "See its first scrape", Place::Targets),
            (s.has_receiver, "Say where messages go", Place::SettingsAlerts),
            (s.has_tested_receiver, "Send a test message", Place::SettingsAlerts),
        ]
    };
    let done = move || steps().iter().filter(|(done, ..)| *done).count();
    let step = |(done, text, place): (bool, &'static str, Place)| {
        view! {
            <li class:done=done>
                <span class="shape" aria-hidden="true">{if done { "✓" } else { "○" }}</span>
                {if done { view! { <span>{text}<span class="unseen">" (done)"</span></span> }.into_any() } else { view! { <A href=place.href()>{text}</A> }.into_any() }}
            </li>
        }
    };
    view! {
        <Show when=move || done() < 4>
            <section class="card" aria-labelledby="start-heading">
                <h2 id="start-heading">"Get started " <span class="muted">{move || format!("{} of 4", done())}</span></h2>
                <ol class="checklist">{move || steps().map(step).collect_view()}</ol>
                <p class="muted small">"A model is optional: the built-in analyst explains failures without one. "
                    <A href=Place::Settings.href()>"Choose a model"</A></p>
            </section>
        </Show>
    }
}

/// What the last day came to.
#[component]
fn Day(stats: Signal<Stats>) -> impl IntoView {
    let figures = move || {
        let s = stats.get();
        [
            (grouped(s.model.calls_24h.into()), "calls to the model"),
            (grouped(s.model.avoided_24h.into()), "calls avoided"),
            (grouped(s.anomalies_24h.into()), "anomalies"),
            (grouped(s.incidents.resolved_24h.into()), "incidents resolved"),
        ]
    };
    view! {
        <section class="card" aria-labelledby="day-heading">
            <h2 id="day-heading">"Last 24 hours"</h2>
            <dl class="figures">
                {move || figures().map(|(number, what)| view! { <div><dt>{what}</dt><dd>{number}</dd></div> }).collect_view()}
            </dl>
        </section>
    }
}
