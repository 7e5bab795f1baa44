//! A run as it plays: how far, the telling series, and what happens, line by line.

use std::time::Duration;

use watchkeeper_common::demo::{DemoCaption, DemoChart, DemoRun, DemoState, Narrator};

use crate::api::view::MARK;
use crate::components::chart::{Chart, TimeAxis, TimeTicks};
use crate::components::clock::use_clock;
use crate::dom::prelude::*;
use crate::model::chart::{Plot, Trace};
use crate::model::number::with_unit;
use crate::model::play::reached;
use crate::routes::Place;

/// How often its clock is drawn between two answers.
const TICK: Duration = Duration::from_millis(250);

#[component]
pub(super) fn Stage(run: Signal<Option<DemoRun>>) -> impl IntoPiece {
    let captions = Memo::new(move |_| run.get().map(|run| run.captions).unwrap_or_default());
    view! {
        <section class="card stage-card" aria-labelledby="stage-heading">
            <h2 id="stage-heading">{dynamic(move || run.get().map(|run| run.title))}</h2>
            <Progress run=run/>
            {dynamic(move || run.get().and_then(|run| Some(incident_card(run.incident_id?, run.state))))}
            <Charts run=run/>
            <h3>"What happens"</h3>
            <ol class="captions" aria-live="polite" reversed>
                // They are only ever added to: what stands is not drawn, or read out, again.
                {each(move || captions.get().into_iter().rev().collect(), |caption| view! { <Line caption=caption/> })}
            </ol>
        </section>
    }
}

/// How far it is. Its clock and its bar go on by themselves between two answers.
#[component]
fn Progress(run: Signal<Option<DemoRun>>) -> impl IntoPiece {
    let clock = use_clock();
    let answered = Memo::new(move |_| run.get().map(|run| (run, clock.now_untracked())));
    let now = RwSignal::new(clock.now_untracked());
    let timer = set_interval(move || now.set(clock.now_untracked()), TICK);
    on_cleanup(move || timer.clear());
    let reached = Memo::new(move |_| {
        answered.with(|answered| answered.as_ref().map(|(run, at)| reached(run, now.get().max(*at) - at)))
    });
    let part = |of: fn(&DemoRun) -> f64| move || run.with(|run| run.as_ref().map(of)).unwrap_or_default();
    let (from, lasts) = (part(|run| run.scripted_from.as_millisecond() as f64), part(|run| f64::from(run.minutes)));
    let value = move || reached.get().map_or(0.0, |at| (at.as_millisecond() as f64 - from()) / 60_000.0);
    let said = Memo::new(move |_| run.with(|run| run.as_ref().map(said)));
    view! {
        <p>
            <progress max=derived(move || lasts().to_string()) value=derived(move || value().to_string())
                aria-label="Scripted minutes played"></progress>
            " " {dynamic(move || said.get())}
            <span class="muted">" · its clock says " {dynamic(move || reached.get().map(|at| clock.second(at)))}</span>
        </p>
    }
}

fn said(run: &DemoRun) -> String {
    let state = match run.state {
        DemoState::Playing => format!("Playing: minute {} of {}", run.minute, run.minutes),
        DemoState::Finished => "Over".to_owned(),
        DemoState::Interrupted => {
            "Interrupted: the server stopped while it played. Remove it, or play another".to_owned()
        }
    };
    let told = run.told_after_seconds.map(|after| format!(" · first message {:.0} s after the start", after.max(1.0)));
    state + &told.unwrap_or_default()
}

fn incident_card(id: String, state: DemoState) -> impl IntoPiece {
    let href = format!("{}?{MARK}", Place::Incident(id).path());
    let words = match state {
        DemoState::Playing => "An incident is open, with its cause and its evidence. ",
        DemoState::Finished => "The incident is over, and still there to read: its cause, its evidence, its messages. ",
        DemoState::Interrupted => "What was known of the incident is still there to read. ",
    };
    view! {
        <p class="notice">
            <strong>{words}</strong>
            <a href=href rel="external" class="button primary">"Read it as the person on call would"</a>
        </p>
    }
}

/// All on one time axis that grows with the play, with one crosshair.
#[component]
fn Charts(run: Signal<Option<DemoRun>>) -> impl IntoPiece {
    let charts = Memo::new(move |_| run.get().map(|run| run.charts).unwrap_or_default());
    let span = Memo::new(move |_| {
        let now = run.get().map_or(0.0, |run| run.scripted_now.as_millisecond() as f64);
        charts.with(|charts| (charts.first().map_or(now, first), now))
    });
    let axis = TimeAxis::of(span);
    let count = Memo::new(move |_| charts.with(Vec::len));
    let one = move |index: usize| {
        let chart = Memo::new(move |_| charts.with(|charts| charts.get(index).cloned()));
        let plot = Signal::derive(move || chart.with(|chart| chart.as_ref().map_or_else(|| Plot::empty(""), plot)));
        let title = move || chart.with(|chart| chart.as_ref().map(|chart| chart.title.clone()));
        let now = move || chart.with(|chart| chart.as_ref().and_then(latest));
        view! {
            <figure class="fact">
                <figcaption><strong>{dynamic(title)}</strong> <span class="fact-value">{dynamic(now)}</span></figcaption>
                <Chart plot=plot axis=axis/>
            </figure>
        }
    };
    view! {
        {dynamic(move || (0..count.get()).map(one).collect_view())}
        <TimeTicks axis=axis/>
    }
}

fn first(chart: &DemoChart) -> f64 {
    chart.start.as_millisecond() as f64
}

fn latest(chart: &DemoChart) -> Option<String> {
    chart.values.last().copied().flatten().map(|value| with_unit(value, chart.unit))
}

fn plot(chart: &DemoChart) -> Plot {
    let step = chart.step_seconds * 1_000.0;
    Plot {
        title: chart.title.clone(),
        unit: chart.unit,
        times: (0..chart.values.len()).map(|index| first(chart) + index as f64 * step).collect(),
        traces: vec![Trace {
            label: chart.title.clone(),
            values: chart.values.iter().map(|value| value.unwrap_or(f64::NAN)).collect(),
            band: None,
        }],
        shades: Vec::new(),
    }
}

#[component]
fn Line(caption: DemoCaption) -> impl IntoPiece {
    let clock = use_clock();
    let ours = caption.by == Narrator::Watchkeeper;
    view! {
        <li class:ours=ours>
            <time datetime=caption.at.to_string()>{dynamic(move || clock.hour(caption.at))}</time>
            <span>{ours.then(|| view! { <strong>"Watchkeeper: "</strong> })}{caption.text}</span>
        </li>
    }
}
