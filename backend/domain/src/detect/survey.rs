//! A batch's metrics made ready for the detectors: where judgement begins, names of targets, and the series that checks look up.

use std::collections::{BTreeMap, HashMap};

use crate::metric::{MetricSet, ScrapeState, Series, SeriesId};
use crate::time::UtcMillis;
use crate::units;

/// Judged points: the window, and never fewer than this many, so that persistence can be asked for.
const MIN_JUDGED: usize = 3;

/// Labels that say where on a host a series was measured, most telling first.
const PLACE_LABELS: [&str; 14] = [
    "mountpoint",
    "volume",
    "device",
    "nic",
    "interface",
    "chip",
    "sensor",
    "name",
    "service",
    "queue",
    "topic",
    "path",
    "route",
    "handler",
];

#[derive(Debug)]
pub(crate) struct Survey<'a> {
    pub(crate) set: &'a MetricSet,
    /// First judged index of the grid; what lies before is the baseline.
    pub(crate) judged: usize,
    names: BTreeMap<&'a str, &'a str>,
    down: BTreeMap<&'a str, ()>,
    checked: HashMap<&'a str, Vec<&'a Series>>,
}

impl<'a> Survey<'a> {
    pub(crate) fn of(set: &'a MetricSet) -> Self {
        let len = set.grid.len;
        let in_window = (0..len).rev().take_while(|index| set.grid.at(*index) >= set.window.start).count();
        let judged = len - in_window.max(MIN_JUDGED).min(len);
        let names = set.targets.iter().map(|target| (target.instance.as_str(), target.name.as_str())).collect();
        let down =
            set.targets.iter().filter(|t| t.state == ScrapeState::Down).map(|t| (t.instance.as_str(), ())).collect();
        Self { set, judged, names, down, checked: HashMap::new() }
    }

    /// Lets checks find a series by its metric.
    pub(crate) fn index(&mut self, series: &'a Series) {
        self.checked.entry(series.id.metric.as_str()).or_default().push(series);
    }

    /// Indexed series of a metric.
    pub(crate) fn metric(&self, metric: &str) -> &[&'a Series] {
        self.checked.get(metric).map_or(&[], Vec::as_slice)
    }

    /// Indexed series whose metric satisfies `wanted`, in the order of their names.
    pub(crate) fn metrics(&self, wanted: impl Fn(&str) -> bool) -> Vec<&'a Series> {
        let mut found: Vec<_> =
            self.checked.iter().filter(|(name, _)| wanted(name)).flat_map(|(_, all)| all).copied().collect();
        found.sort_by(|a, b| a.id.cmp(&b.id));
        found
    }

    /// Pairs series of two metrics whose labels are the same.
    pub(crate) fn pairs(&self, of: &str, with: &str) -> Vec<(&'a Series, &'a Series)> {
        let partners: HashMap<_, _> = self.metric(with).iter().map(|series| (&series.id.labels, *series)).collect();
        self.metric(of)
            .iter()
            .filter_map(|series| partners.get(&series.id.labels).map(|with| (*series, *with)))
            .collect()
    }

    /// The target's display name, or the instance where there is none.
    pub(crate) fn name<'b>(&'b self, instance: &'b str) -> &'b str {
        self.names.get(instance).copied().filter(|name| !name.is_empty()).unwrap_or(instance)
    }

    pub(crate) fn is_down(&self, instance: &str) -> bool {
        self.down.contains_key(instance)
    }

    pub(crate) fn at(&self, index: usize) -> UtcMillis {
        self.set.grid.at(index)
    }

    pub(crate) fn step_seconds(&self) -> f64 {
        seconds(self.set.grid.step_ms)
    }

    /// Seconds from `since` to the end of the window.
    pub(crate) fn lasting(&self, since: UtcMillis) -> f64 {
        seconds(self.set.window.end.since(since).max(0))
    }

    /// `for 12 min`; `for at least 60 min` where the beginning lies before what was gathered.
    pub(crate) fn lasting_text(&self, since: UtcMillis) -> String {
        let length = units::duration(self.lasting(since));
        if since <= self.set.grid.start { format!("for at least {length}") } else { format!("for {length}") }
    }

    /// Judged points of a column; empty when the column is shorter than the grid.
    pub(crate) fn judged_of<'b>(&self, column: &'b [f64]) -> &'b [f64] {
        column.get(self.judged..).unwrap_or(&[])
    }

    /// `/var on web-1`, `node_load1 on web-1`: the place if a label names one.
    pub(crate) fn place(&self, id: &SeriesId) -> String {
        let name = self.name(id.instance());
        // Discovery labels every series with the target's own name; that is no place within it.
        PLACE_LABELS
            .iter()
            .find_map(|label| id.labels.get(*label).filter(|place| *place != name))
            .map_or_else(|| name.to_owned(), |place| format!("{} on {name}", clip(place)))
    }
}

/// The last finite value of a column and its index.
pub(crate) fn last(column: &[f64]) -> Option<(usize, f64)> {
    column.iter().copied().enumerate().rev().find(|(_, value)| value.is_finite())
}

/// Start of the run of points satisfying `wanted` that reaches the last finite point; gaps neither break nor begin it.
pub(crate) fn run_start(column: &[f64], wanted: impl Fn(f64) -> bool) -> Option<usize> {
    let mut start = None;
    for (index, value) in column.iter().copied().enumerate().rev() {
        if value.is_finite() {
            if !wanted(value) {
                break;
            }
            start = Some(index);
        }
    }
    start
}

#[expect(clippy::cast_precision_loss, reason = "spans of time are far below 2^52 milliseconds")]
pub(crate) fn seconds(millis: i64) -> f64 {
    millis as f64 / 1_000.0
}

/// Tenant text inside a sentence: one line, at most 60 characters.
pub(crate) fn clip(text: &str) -> String {
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    if text.chars().nth(60).is_none() {
        text.chars().map(clean).collect()
    } else {
        text.chars().take(59).map(clean).chain(['…']).collect()
    }
}
