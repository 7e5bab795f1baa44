//! Lines over time: expected band behind, stretches shaded, gaps as gaps, and a crosshair that charts share.
//!
//! `Chart` draws one [`Plot`] on a [`TimeAxis`]; charts on the same axis point at the same instant and are zoomed together.
//! `TimeTicks` writes the axis' times under the last of them.

mod axis;
mod data;
mod legend;
mod readout;
mod scrub;

use super::clock::{stamp, use_clock};
use crate::dom::prelude::*;
use crate::model::chart::draw::{self, HEIGHT, Layout, WIDTH};
use crate::model::chart::{LABELLED, Plot};
use crate::model::time::relative;

pub(crate) use axis::{TimeAxis, TimeTicks};

/// The line that stands out: the one pointed at, else the one that was chosen.
#[derive(Clone, Copy)]
struct Lit {
    pointed: RwSignal<Option<usize>>,
    chosen: RwSignal<Option<usize>>,
}

impl Lit {
    fn get(&self) -> Option<usize> {
        self.pointed.get().or(self.chosen.get())
    }
}

/// What the parts of one chart share.
#[derive(Clone, Copy)]
struct Drawing {
    plot: Signal<Plot>,
    axis: TimeAxis,
    layout: Memo<Layout>,
    lit: Lit,
    /// The sample under the crosshair.
    place: Memo<Option<usize>>,
}

#[component]
pub(crate) fn Chart(#[prop(into)] plot: Signal<Plot>, axis: TimeAxis) -> impl IntoPiece {
    let layout = Memo::new(move |_| {
        let span = axis.span();
        plot.with(|plot| Layout::of(plot, span))
    });
    let place = Memo::new(move |_| {
        let at = axis.cursor.get()?;
        plot.with(|plot| plot.nearest(at))
    });
    let lit = Lit { pointed: RwSignal::new(None), chosen: RwSignal::new(None) };
    let drawing = Drawing { plot, axis, layout, lit, place };
    let picture = Memo::new(move |_| {
        let span = axis.span();
        layout.with(|layout| plot.with(|plot| draw::picture(plot, span, layout)))
    });
    let over = Memo::new(move |_| {
        let (span, index) = (axis.span(), lit.get());
        let index = index.filter(|_| plot.with(|plot| plot.traces.len() > 1));
        index.map_or_else(String::new, |index| {
            layout.with(|layout| plot.with(|plot| draw::lit(plot, index, span, layout)))
        })
    });
    let view_box = format!("0 0 {WIDTH} {HEIGHT}");
    view! {
        <div class="chart">
            <div class="plot" class:dimmed=derived(move || !over.with(String::is_empty))>
                <ValueTicks layout=layout/>
                <div class="surface">
                    <svg viewBox=view_box.clone() preserveAspectRatio="none" role="img" aria-label=sentence(drawing)
                        inner_html=derived(move || picture.get())></svg>
                    <svg class="over" viewBox=view_box preserveAspectRatio="none" aria-hidden="true"
                        inner_html=derived(move || over.get())></svg>
                    <legend::EndLabels drawing=drawing/>
                    <readout::Readout drawing=drawing/>
                    <scrub::Scrub drawing=drawing/>
                    <Notes drawing=drawing/>
                </div>
            </div>
            <legend::Legend drawing=drawing/>
            <data::Data drawing=drawing/>
        </div>
    }
}

fn sentence(drawing: Drawing) -> impl Fn() -> String + Clone {
    let clock = use_clock();
    move || {
        let span = drawing.axis.span();
        let (from, to) = (clock.full(stamp(span.0)), clock.full(stamp(span.1)));
        drawing.plot.with(|plot| plot.sentence(span, &from, &to))
    }
}

/// The value axis: its unit once, then round numbers, each at its height.
#[component]
fn ValueTicks(layout: Memo<Layout>) -> impl IntoPiece {
    let ticks = move || {
        let layout = layout.get();
        let axis = layout.axis.clone();
        let tick = move |(value, text): (f64, String)| {
            view! { <span style:top=format!("{:.2}%", layout.top(value))>{text}</span> }
        };
        axis.ticks.into_iter().map(tick).collect_view()
    };
    view! {
        <div class="axis" aria-hidden="true">
            <span class="axis-unit">{dynamic(move || layout.with(|layout| layout.axis.unit.clone()))}</span>
            {dynamic(ticks)}
        </div>
    }
}

/// What has to be said over the lines: that there are none, or that they are old.
#[component]
fn Notes(drawing: Drawing) -> impl IntoPiece {
    let clock = use_clock();
    let note = move || {
        let now = clock.now();
        let span = drawing.axis.span();
        drawing.plot.with(|plot| {
            if plot.values(span).next().is_none() {
                return Some(("chart-note none", "No samples in this time.".to_owned()));
            }
            let last = plot.stale(span, now.as_millisecond() as f64)?;
            Some(("chart-note", format!("Last sample {}", relative(stamp(last), now))))
        })
    };
    let note = Memo::new(move |_| note());
    move || note.get().map(|(class, text)| view! { <p class=class>{text}</p> })
}

/// A line without axes, for where it stands among words; `label` says what it is.
#[component]
pub(crate) fn Sparkline(#[prop(into)] values: Signal<Vec<f64>>, label: &'static str) -> impl IntoPiece {
    let path = move || values.with(|values| draw::sparkline(values));
    view! {
        <svg class="sparkline" viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none" role="img" aria-label=label>
            <path class="line only" d=derived(path)></path>
        </svg>
    }
}

/// Whether lines are named beside themselves rather than in a legend.
fn is_labelled(plot: &Plot) -> bool {
    (2..=LABELLED).contains(&plot.traces.len())
}
