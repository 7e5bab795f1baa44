//! A line over time: expected band behind it, a shaded window, gaps as gaps, and a crosshair that charts can share.

use leptos::prelude::*;

use super::clock::use_clock;
use crate::model::chart::{Sample, Scale, line, nearest, range, ticks};

const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 120.0;

/// One series and what belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plot {
    pub(crate) label: String,
    pub(crate) samples: Vec<Sample>,
    pub(crate) band: Option<(f64, f64)>,
    /// Shaded: the span under suspicion, in milliseconds.
    pub(crate) window: (f64, f64),
    /// What the time axis shows; charts that share it line up.
    pub(crate) span: (f64, f64),
}

/// `show` writes a value with its unit. `cursor` is the instant under the crosshair.
#[component]
pub(crate) fn Chart(
    plot: Plot,
    unit: &'static str,
    cursor: RwSignal<Option<f64>>,
    show: impl Fn(f64) -> String + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let x = Scale::new(plot.span, (0.0, WIDTH));
    let values = range(&plot.samples, plot.band);
    let y = Scale::new(values, (HEIGHT, 0.0));
    let path = line(&plot.samples, x, y);
    let band = plot.band.map(|(low, high)| {
        let (top, bottom) = (y.at(high), y.at(low));
        view! { <rect class="band" x="0" width=WIDTH y=top height=(bottom - top).max(1.5)/> }
    });
    let (from, to) = (x.at(plot.window.0), x.at(plot.window.1));
    let samples = StoredValue::new(plot.samples);
    let under = Memo::new(move |_| {
        let at = cursor.get()?;
        samples.with_value(|all| nearest(all, at).and_then(|index| all.get(index).copied()))
    });
    view! {
        <div class="plot">
            <Axis values=values y=y show=show unit=unit/>
            <Surface label=plot.label span=plot.span samples=samples cursor=cursor under=under show=show>
                <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none" aria-hidden="true">
                    {band}
                    <rect class="window" x=from width=(to - from).max(2.0) y="0" height=HEIGHT/>
                    <path class="line" d=path/>
                    {move || under.get().map(|(at, _)| {
                        let at = x.at(at);
                        view! { <line class="crosshair" x1=at x2=at y1="0" y2=HEIGHT/> }
                    })}
                </svg>
                {move || under.get().and_then(|(at, value)| value.map(|value| view! {
                    <span class="dot" aria-hidden="true"
                        style:left=format!("{:.2}%", x.at(at) / WIDTH * 100.0)
                        style:top=format!("{:.2}%", y.at(value) / HEIGHT * 100.0)></span>
                }))}
            </Surface>
        </div>
    }
}

/// The value axis: round numbers, each at its height.
#[component]
fn Axis(values: (f64, f64), y: Scale, show: impl Fn(f64) -> String + 'static, unit: &'static str) -> impl IntoView {
    let tick = move |value: f64| {
        view! { <span style:top=format!("{:.2}%", y.at(value) / HEIGHT * 100.0)>{show(value)}</span> }
    };
    view! { <div class="axis" title=unit aria-hidden="true">{ticks(values).into_iter().map(tick).collect_view()}</div> }
}

/// What the pointer and the arrow keys move over: it says the sample under the crosshair.
#[component]
fn Surface(
    label: String,
    span: (f64, f64),
    samples: StoredValue<Vec<Sample>>,
    cursor: RwSignal<Option<f64>>,
    under: Memo<Option<Sample>>,
    show: impl Fn(f64) -> String + Copy + Send + Sync + 'static,
    children: Children,
) -> impl IntoView {
    let clock = use_clock();
    let said = move || match under.get() {
        None => String::new(),
        Some((at, value)) => {
            let at = jiff::Timestamp::from_millisecond(at as i64).map(|at| clock.hour(at)).unwrap_or_default();
            format!("{at}  {}", value.map_or_else(|| "no sample".to_owned(), show))
        }
    };
    let point = move |event: web_sys::PointerEvent| {
        let Some(element) = event.current_target().map(wasm_bindgen::JsCast::unchecked_into::<web_sys::Element>) else {
            return;
        };
        let bounds = element.get_bounding_client_rect();
        let pixels = Scale::new(span, (bounds.left(), bounds.right()));
        cursor.set(Some(pixels.value(f64::from(event.client_x()))));
    };
    let step = move |event: web_sys::KeyboardEvent| {
        let by: isize = match event.key().as_str() {
            "ArrowLeft" => -1,
            "ArrowRight" => 1,
            "Escape" => return cursor.set(None),
            _ => return,
        };
        event.prevent_default();
        samples.with_value(|all| {
            let last = all.len().saturating_sub(1);
            let here = cursor.get_untracked().and_then(|at| nearest(all, at)).unwrap_or(last);
            cursor.set(all.get(here.saturating_add_signed(by).min(last)).map(|(at, _)| *at));
        });
    };
    view! {
        <div class="surface" tabindex="0" role="slider" aria-label=label aria-valuemin=span.0 aria-valuemax=span.1
            aria-valuenow=move || under.get().map_or(span.1, |(at, _)| at) aria-valuetext=said
            on:pointermove=point on:pointerdown=point on:pointerleave=move |_| cursor.set(None)
            on:keydown=step on:blur=move |_| cursor.set(None)>
            {children()}
            <output class="readout" hidden=move || under.get().is_none()>{said}</output>
        </div>
    }
}
