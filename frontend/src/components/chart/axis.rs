//! The time that charts share: what they span, where the crosshair is, and what is being marked for a closer look.

use crate::components::clock::{stamp, use_clock};
use crate::dom::prelude::*;
use crate::model::chart::Span;
use crate::model::chart::ticks::{Precision, times};

/// Narrower is not zoomed into.
const LEAST: f64 = 30_000.0;

#[derive(Clone, Copy)]
pub(crate) struct TimeAxis {
    span: Signal<Span>,
    /// The instant under the crosshair.
    pub(crate) cursor: RwSignal<Option<f64>>,
    /// From where marking began to where it is, in either order.
    pub(super) marked: RwSignal<Option<Span>>,
    /// `None`: back out.
    zoom: Callback<Option<Span>>,
}

impl TimeAxis {
    /// Shows all of `whole`, and is zoomed within itself.
    pub(crate) fn of(whole: impl Into<Signal<Span>>) -> Self {
        let whole = whole.into();
        let zoomed = RwSignal::new(None);
        let span = Signal::derive(move || zoomed.get().unwrap_or_else(|| whole.get()));
        Self::driven(span, Callback::new(move |span| zoomed.set(span)))
    }

    /// Shows what somebody else decides; `zoom` asks for another span, `None` for the wider one.
    pub(crate) fn driven(span: Signal<Span>, zoom: Callback<Option<Span>>) -> Self {
        Self { span, cursor: RwSignal::new(None), marked: RwSignal::new(None), zoom }
    }

    pub(crate) fn span(&self) -> Span {
        self.span.get()
    }

    pub(crate) fn span_untracked(&self) -> Span {
        self.span.get_untracked()
    }

    /// Into what was marked, unless that is next to nothing.
    pub(super) fn zoom_to_mark(&self) {
        let Some((a, b)) = self.marked.get_untracked() else { return };
        self.marked.set(None);
        let (from, to) = (a.min(b), a.max(b));
        let (first, last) = self.span_untracked();
        if to - from >= LEAST.max((last - first) * 0.01) {
            self.cursor.set(None);
            self.zoom.run(Some((from.max(first), to.min(last))));
        }
    }

    /// Half as wide around the crosshair.
    pub(crate) fn zoom_in(&self) {
        let (from, to) = self.span_untracked();
        let quarter = (to - from) / 4.0;
        let middle = self.cursor.get_untracked().unwrap_or(from + 2.0 * quarter).clamp(from + quarter, to - quarter);
        if 2.0 * quarter >= LEAST {
            self.zoom.run(Some((middle - quarter, middle + quarter)));
        }
    }

    pub(crate) fn zoom_out(&self) {
        self.zoom.run(None);
    }
}

/// The times under charts, round on the clock of the account's zone.
#[component]
pub(crate) fn TimeTicks(axis: TimeAxis) -> impl IntoPiece {
    let clock = use_clock();
    let ticks = move || {
        let span = axis.span();
        let width = span.1 - span.0;
        let ahead = clock.ahead(stamp(span.0 + width / 2.0));
        let tick = move |(at, precision): (f64, Precision)| {
            let left = (at - span.0) / width * 100.0;
            let text = match precision {
                Precision::Second => clock.second(stamp(at)),
                Precision::Minute => clock.hour(stamp(at)),
                Precision::Day => clock.short_day(stamp(at)),
            };
            view! { <span style:left=format!("{left:.2}%")>{text}</span> }
        };
        times(span, ahead, 6).into_iter().map(tick).collect_view()
    };
    view! { <div class="time-axis" aria-hidden="true"><div>{dynamic(ticks)}</div></div> }
}
