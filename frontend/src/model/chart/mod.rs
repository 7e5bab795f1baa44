//! What a chart shows, and everything about it that can be worked out without a screen.
//!
//! Times are milliseconds since the epoch, drawing coordinates those of one SVG view box ([`draw`]).

pub(crate) mod draw;
pub(crate) mod label;
pub(crate) mod scale;
pub(crate) mod ticks;

use watchkeeper_common::analysis::Unit;

use super::number::{counted, unit_name, with_unit};

/// From and to, in milliseconds.
pub(crate) type Span = (f64, f64);

/// Lines over one row of times.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plot {
    /// What is measured and where, as one would say it.
    pub(crate) title: String,
    pub(crate) unit: Unit,
    /// Ascending.
    pub(crate) times: Vec<f64>,
    pub(crate) traces: Vec<Trace>,
    pub(crate) shades: Vec<Shade>,
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Trace {
    pub(crate) label: String,
    /// One for each time; `NaN` where there was no sample.
    pub(crate) values: Vec<f64>,
    /// Where it is expected to stay.
    pub(crate) band: Option<(f64, f64)>,
}

/// A stretch of time that stands out, such as an incident.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shade {
    pub(crate) span: Span,
    /// A colour class without its `tone-`; every shade also stands in words beside the chart.
    pub(crate) tone: &'static str,
    pub(crate) label: String,
}

/// More lines than this are told apart by a legend and not by labels beside them.
pub(crate) const LABELLED: usize = 5;
/// Rows of the table that stands in for a chart.
const TABLE_ROWS: usize = 60;

impl Plot {
    /// Of what there are no samples, or none yet.
    pub(crate) fn empty(title: &str) -> Self {
        let title = title.to_owned();
        Self { title, unit: Unit::Count, times: Vec::new(), traces: Vec::new(), shades: Vec::new() }
    }

    /// Places from the last one before the span to the first one after it.
    pub(crate) fn visible(&self, span: Span) -> std::ops::Range<usize> {
        let first = self.times.partition_point(|at| *at < span.0).saturating_sub(1);
        let end = (self.times.partition_point(|at| *at <= span.1) + 1).min(self.times.len());
        first.min(end)..end
    }

    /// The place nearest to an instant.
    pub(crate) fn nearest(&self, at: f64) -> Option<usize> {
        let after = self.times.partition_point(|time| *time < at);
        let distance = |index: &usize| self.times.get(*index).map_or(f64::INFINITY, |time| (time - at).abs());
        [after.saturating_sub(1), after]
            .into_iter()
            .filter(|index| *index < self.times.len())
            .min_by(|a, b| distance(a).total_cmp(&distance(b)))
    }

    /// Every line's value at a place, `NaN` for none.
    pub(crate) fn at(&self, place: usize) -> impl Iterator<Item = (usize, &Trace, f64)> {
        let value = move |trace: &Trace| trace.values.get(place).copied().unwrap_or(f64::NAN);
        self.traces.iter().enumerate().map(move |(index, trace)| (index, trace, value(trace)))
    }

    /// When the last sample of any line was taken.
    pub(crate) fn last_sample(&self) -> Option<f64> {
        let of = |trace: &Trace| trace.values.iter().rposition(|value| value.is_finite());
        let place = self.traces.iter().filter_map(of).max()?;
        self.times.get(place).copied()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.last_sample().is_none()
    }

    /// Between two places.
    fn step(&self) -> f64 {
        match self.times.as_slice() {
            [first, second, ..] => second - first,
            _ => 0.0,
        }
    }

    /// The last sample's time, when the span reaches to now and samples ought to be younger.
    pub(crate) fn stale(&self, span: Span, now: f64) -> Option<f64> {
        let patience = (3.0 * self.step()).max(90_000.0);
        let last = self.last_sample()?;
        (span.1 + patience > now && now - last > patience).then_some(last)
    }

    /// The drawn numbers of the span.
    pub(crate) fn values(&self, span: Span) -> impl Iterator<Item = f64> {
        let seen = self.visible(span);
        let of = move |trace: &Trace| trace.values.get(seen.clone()).unwrap_or_default().to_vec();
        self.traces.iter().flat_map(of).filter(|value| value.is_finite())
    }

    /// The chart in a sentence, for whom it cannot be drawn.
    pub(crate) fn sentence(&self, span: Span, from: &str, to: &str) -> String {
        let (low, high) = self
            .values(span)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        let title = &self.title;
        if low > high {
            return format!("{title}: no samples from {from} to {to}.");
        }
        let series = match u32::try_from(self.traces.len()) {
            Ok(0 | 1) | Err(_) => String::new(),
            Ok(many) => format!(" {},", counted(many, "series", "series")),
        };
        let show = |value| with_unit(value, self.unit);
        let last =
            self.traces.first().and_then(|trace| trace.values.iter().rev().copied().find(|value| value.is_finite()));
        let last =
            last.filter(|_| self.traces.len() == 1).map(|last| format!(", last {}", show(last))).unwrap_or_default();
        let unit = unit_name(self.unit);
        format!("{title}, in {unit}:{series} from {from} to {to} between {} and {}{last}.", show(low), show(high))
    }

    /// Which places a table shows, newest first: evenly chosen where they are many.
    pub(crate) fn table(&self, span: Span) -> Vec<usize> {
        let inside = |place: &usize| self.times.get(*place).is_some_and(|at| (span.0..=span.1).contains(at));
        let all: Vec<usize> = self.visible(span).filter(inside).rev().collect();
        let every = all.len().div_ceil(TABLE_ROWS).max(1);
        all.into_iter().step_by(every).collect()
    }

    /// Everything, as comma-separated values; `time` writes an instant.
    pub(crate) fn csv(&self, time: impl Fn(f64) -> String) -> String {
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let mut text = String::from("time");
        for trace in &self.traces {
            text.push(',');
            text.push_str(&quoted(&trace.label));
        }
        for (place, at) in self.times.iter().enumerate() {
            text.push('\n');
            text.push_str(&time(*at));
            for (_, _, value) in self.at(place) {
                text.push(',');
                if value.is_finite() {
                    text.push_str(&value.to_string());
                }
            }
        }
        text
    }
}

#[cfg(test)]
mod tests;
