//! Metrics: pick an instance and metrics of it, look at them on one time axis. All of it is in the address.

mod choose;
mod panel;
mod toolbar;

use watchkeeper_common::incident::IncidentView;
use watchkeeper_common::metric::InstanceView;

use self::choose::{Beginnings, InstanceChoice, MetricChoice};
use self::panel::Panel;
use self::toolbar::Toolbar;
use crate::api::Session;
use crate::components::chart::{TimeAxis, TimeTicks};
use crate::components::clock::{Ago, use_clock};
use crate::components::live::{live, nouns};
use crate::components::remote::{Empty, Skeleton, remote};
use crate::components::title::title;
use crate::dom::prelude::*;
use crate::model::chart::{Shade, Span};
use crate::model::metric::shades;
use crate::model::range::{Range, instant};
use crate::router::{A, NavigateOptions, Query, use_navigate, use_query};
use crate::routes::Place;

/// How far the end of a range up to now moves at a time, milliseconds.
const STEP: f64 = 10_000.0;
/// Most charts under one another.
const MOST: usize = 12;

/// What the address shows.
#[derive(Debug, Clone, PartialEq)]
struct Shown {
    instance: String,
    metrics: Vec<String>,
    range: Range,
}

impl Shown {
    fn read(query: &Query) -> Self {
        let metrics = query.get("metric").unwrap_or_default();
        let mut shown = Self {
            instance: query.get("instance").unwrap_or_default(),
            metrics: Vec::new(),
            range: Range::parse(query.get("from").as_deref(), query.get("to").as_deref()),
        };
        for metric in metrics.split(',').filter(|metric| !metric.is_empty()).take(MOST) {
            if !shown.metrics.iter().any(|known| known == metric) {
                shown.metrics.push(metric.to_owned());
            }
        }
        shown
    }

    fn href(&self) -> String {
        let (from, to) = self.range.words();
        let metrics = self.metrics.join(",");
        Place::Metrics.with(&[("instance", &self.instance), ("metric", &metrics), ("from", &from), ("to", &to)])
    }
}

/// Where a metric of an instance is charted.
pub(crate) fn chart_of(instance: &str, metric: &str, span: Option<Span>) -> String {
    let (from, to) = span.map(|(from, to)| (instant(from), instant(to))).unwrap_or_default();
    Place::Metrics.with(&[("instance", instance), ("metric", metric), ("from", &from), ("to", &to)])
}

/// Changes the address, so that Back undoes it.
#[derive(Clone, Copy)]
struct Steer {
    shown: Memo<Shown>,
    go: Callback<Shown>,
}

impl Steer {
    fn turn(&self, change: impl FnOnce(&mut Shown)) {
        let mut shown = self.shown.get_untracked();
        change(&mut shown);
        self.go.run(shown);
    }
}

pub(crate) fn metrics(session: Session) -> Piece {
    let query = use_query();
    let shown = Memo::new(move |_| query.with(Shown::read));
    title(move || {
        let shown = shown.get();
        shown.metrics.first().cloned().unwrap_or_else(|| "Metrics".to_owned())
    });
    let navigate = use_navigate();
    let go = Callback::new(move |shown: Shown| {
        navigate(&shown.href(), NavigateOptions { scroll: false, replace: false });
    });
    let steer = Steer { shown, go };
    let instances = live(nouns![], || (), move |()| session.instances());
    view! {
        <header class="head"><h1>"Metrics"</h1><Source session=session/></header>
        <Tabs/>
        {remote(instances, Skeleton::Chart, move |list| view! {
            <Show when=move || list.with(|list| !list.items.is_empty()) fallback=Nothing>
                <Charts session=session steer=steer instances=Signal::derive(move || list.get().items)/>
            </Show>
        })}
    }
}

/// Charts, and the batches that look at the same numbers.
#[component]
pub(crate) fn Tabs() -> impl IntoPiece {
    view! {
        <nav class="tabs" aria-label="Metrics">
            <A href=Place::Metrics.href()>"Charts"</A>
            <A href=Place::Batches.href()>"Batches"</A>
        </nav>
    }
}

#[component]
fn Charts(session: Session, steer: Steer, instances: Signal<Vec<InstanceView>>) -> impl IntoPiece {
    let Steer { shown, .. } = steer;
    let clock = use_clock();
    // Without one in the address it is the one that tells most, so that there is something to see.
    let instance = Memo::new(move |_| {
        let asked = shown.with(|shown| shown.instance.clone());
        let most = || {
            let one = instances.with(|all| all.iter().max_by_key(|one| one.series).cloned());
            one.map(|one| one.instance).unwrap_or_default()
        };
        if asked.is_empty() { most() } else { asked }
    });
    let range = Memo::new(move |_| shown.with(|shown| shown.range));
    let span = Memo::new(move |_| match range.get() {
        Range::Between(from, to) => (from, to),
        // Moves with the answers, not with every tick: what is many lines is drawn anew each time.
        last @ Range::Last(_) => last.span((clock.now().as_millisecond() as f64 / STEP).floor() * STEP),
    });
    let zoom = move |span: Option<Span>| {
        let now = clock.now_untracked();
        steer.turn(|shown| {
            shown.range = span.map_or_else(|| shown.range.wider(now), |(from, to)| Range::Between(from, to));
        });
    };
    let axis = TimeAxis::driven(span.into(), Callback::new(zoom));
    let of_instance = move |instance: String| session.incidents(vec![("instance", instance)]);
    let incidents = live(nouns![Incident], move || instance.get(), of_instance);
    let known = Memo::new(move |_| incidents.data.get().map(|page| page.items).unwrap_or_default());
    let bands = Memo::new(move |_| {
        let now = clock.now().as_millisecond() as f64;
        let of = |all: &Vec<IncidentView>| shades(all, span.get(), now).into_iter().map(|(_, shade)| shade).collect();
        known.with(of)
    });
    let bands: Signal<Vec<Shade>> = bands.into();
    let chosen = Memo::new(move |_| shown.with(|shown| shown.metrics.clone()));
    // Another instance is another chart: nothing of the old one may stand under the new name.
    let charts = move || chosen.get().into_iter().map(|metric| (instance.get(), metric)).collect::<Vec<_>>();
    let panel = move |(instance, metric): (String, String)| view! { <Panel session=session steer=steer metric=metric instance=instance range=range axis=axis bands=bands/> };
    view! {
        <div class="pickers">
            <InstanceChoice steer=steer instances=instances instance=instance/>
            <MetricChoice session=session steer=steer instance=instance/>
        </div>
        <Show when=move || chosen.with(|chosen| !chosen.is_empty())><Toolbar range=range axis=axis/></Show>
        <Touched known=known.into() span=span.into()/>
        <div class="panels">
            {keyed(charts, Clone::clone, panel)}
            <Show when=move || chosen.with(|chosen| !chosen.is_empty())><TimeTicks axis=axis/></Show>
        </div>
        <Show when=move || chosen.with(Vec::is_empty)>
            <Beginnings session=session steer=steer instance=instance/>
        </Show>
    }
}

/// The incidents whose bands are drawn, in words.
#[component]
fn Touched(known: Signal<Vec<IncidentView>>, span: Signal<Span>) -> impl IntoPiece {
    let clock = use_clock();
    let items = Memo::new(move |_| {
        let now = clock.now().as_millisecond() as f64;
        known.with(|known| {
            shades(known, span.get(), now).into_iter().map(|(one, _)| one.clone()).take(5).collect::<Vec<_>>()
        })
    });
    let item = |incident: IncidentView| {
        let badge = crate::model::words::severity(incident.severity);
        view! {
            <li>
                <span class=format!("shape tone-{}", badge.tone) aria-hidden="true">{badge.shape}</span>
                <span class="unseen">{badge.word}</span>
                <A href=Place::Incident(incident.id.clone()).href()>{incident.title.clone()}</A>
                " " <span class="muted small"><Ago at=incident.opened_at/></span>
            </li>
        }
    };
    view! {
        <Show when=move || items.with(|items| !items.is_empty())>
            <ul class="touched" aria-label="Incidents in this time">{each(move || items.get(), item)}</ul>
        </Show>
    }
}

/// Where the numbers come from.
#[component]
fn Source(session: Session) -> impl IntoPiece {
    let source = live(nouns![], || (), move |()| session.metrics_source());
    let text = move || source.data.with(|source| source.map(crate::model::words::source));
    view! { <p class="muted small">{dynamic(text)}</p> }
}

/// Nothing has samples: either nothing is watched, or it was not scraped yet.
#[component]
fn Nothing() -> impl IntoPiece {
    view! {
        <Empty heading="No series yet">
            <p>"Charts of everything your targets tell appear here after the first scrape, which follows within a minute."</p>
            <p><A href=Place::Targets.href() class="button primary">"Add a target or see how they stand"</A></p>
        </Empty>
    }
}
