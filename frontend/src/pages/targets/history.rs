//! How scrapes of a target went over the last day: a bar for each stretch, and how long they took.

use watchkeeper_common::analysis::Unit;
use watchkeeper_common::metric::ScrapeHistory;

use crate::api::Session;
use crate::components::chart::Sparkline;
use crate::components::clock::{stamp, use_clock};
use crate::components::latest::Shown;
use crate::components::live::{live, nouns};
use crate::components::remote::{Skeleton, remote};
use crate::dom::prelude::*;
use crate::model::number::{grouped, with_unit};
use crate::model::scrapes::{Bar, Fold, fold};

const DAY: f64 = 86_400_000.0;

#[component]
pub(super) fn History(session: Session, id: Signal<String>) -> impl IntoPiece {
    let clock = use_clock();
    let history = live(
        nouns![Target],
        move || id.get(),
        move |id| {
            let now = clock.now_untracked();
            session.scrapes(&id, (now - DAY, now))
        },
    );
    view! {
        <section class="card" aria-labelledby="scrapes-heading">
            <h2 id="scrapes-heading">"Scrapes of the last 24 hours"</h2>
            {remote(history, Skeleton::Rows(1), |history| view! { <Strip history=history/> })}
        </section>
    }
}

#[component]
fn Strip(history: Shown<ScrapeHistory>) -> impl IntoPiece {
    let clock = use_clock();
    let folded = Memo::new(move |_| history.with(fold));
    let bars = move || {
        let Fold { start, width_ms, bars, .. } = folded.get();
        let bar = move |(index, bar): (usize, Bar)| {
            let (class, word) = match bar {
                Bar::Up => ("quiet", "up"),
                Bar::Down => ("failed", "a scrape failed"),
                Bar::None => ("none", "no scrape"),
            };
            let at = start + index as f64 * width_ms;
            let said = format!("{}: {word}", clock.hour(stamp(at)));
            let (y, height) = if bar == Bar::None { (34, 2) } else { (0, 36) };
            let x = index * 10;
            format!("<rect class={class} x={x} width=8 y={y} height={height} rx=1><title>{said}</title></rect>")
        };
        bars.into_iter().enumerate().map(bar).collect::<String>()
    };
    let view_box = move || format!("0 0 {} 36", folded.with(|folded| folded.bars.len().max(1) * 10));
    let said = move || folded.with(Fold::sentence);
    let figures = move || {
        history.with(|history| {
            let durations: Vec<f64> = history.duration_seconds.iter().flatten().copied().collect();
            let slowest = durations.iter().copied().fold(f64::NAN, f64::max);
            let last = durations.last().map_or_else(|| "–".to_owned(), |last| with_unit(*last, Unit::Seconds));
            let slowest = if slowest.is_nan() { "–".to_owned() } else { with_unit(slowest, Unit::Seconds) };
            [(grouped(history.series.into()), "series"), (last, "last scrape took"), (slowest, "slowest took")]
        })
    };
    // Before the first scrape there is nothing to draw.
    let durations = move || {
        history.with(|history| {
            let took = history.duration_seconds.iter().skip_while(|took| took.is_none());
            took.map(|took| took.unwrap_or(f64::NAN)).collect()
        })
    };
    view! {
        <div class="strip">
            <svg viewBox=derived(view_box) preserveAspectRatio="none" role="img" aria-label=derived(said) inner_html=derived(bars)></svg>
            <p class="muted small">{dynamic(said)}</p>
        </div>
        <div class="scrape-figures">
            <dl class="figures">
                {dynamic(move || figures().map(|(number, what)| view! { <div><dt>{what}</dt><dd>{number}</dd></div> }).collect_view())}
            </dl>
            <Sparkline values=Signal::derive(durations) label="How long scrapes took"/>
        </div>
    }
}
