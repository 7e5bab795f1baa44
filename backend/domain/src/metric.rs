//! Series on one time grid, as the analysis sees them.
//!
//! A batch's series share one [`Grid`]; a series is a column of values on it, `NaN` where there was no sample. Columns keep
//! the detectors fast (a million series a minute) and make alignment between series trivial.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::time::{UtcMillis, Window};

/// What a series measures and where: `metric` plus every label but `__name__` and `user_id`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SeriesId {
    pub metric: String,
    pub labels: BTreeMap<String, String>,
}

impl SeriesId {
    /// The `instance` label, or empty.
    #[must_use]
    pub fn instance(&self) -> &str {
        self.labels.get("instance").map_or("", String::as_str)
    }
}

/// How to read the numbers of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeriesKind {
    Gauge,
    /// Monotonic; the values handed to detectors are already per-second rates with resets removed.
    CounterRate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Bytes,
    BytesPerSecond,
    Seconds,
    Ratio,
    Percent,
    PerSecond,
    Celsius,
    Count,
}

/// Evenly spaced instants: `start`, `start + step`, … (`len` of them).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grid {
    pub start: UtcMillis,
    pub step_ms: i64,
    pub len: usize,
}

impl Grid {
    #[must_use]
    pub fn at(&self, index: usize) -> UtcMillis {
        self.start + self.step_ms.saturating_mul(i64::try_from(index).unwrap_or(i64::MAX))
    }
}

/// One series over the batch's grid; `values.len() == grid.len`.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    pub id: SeriesId,
    pub kind: SeriesKind,
    pub unit: Unit,
    pub values: Vec<f64>,
}

/// How a target's last scrape went, from the metrics source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScrapeState {
    Up,
    Down,
    /// Known to us, not scraped yet.
    Pending,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScrapeHealth {
    /// The `instance` label, equal to the target's address.
    pub instance: String,
    pub name: String,
    pub state: ScrapeState,
    pub last_scrape: Option<UtcMillis>,
    pub duration_seconds: Option<f64>,
    /// The scraper's own error text; tenant-visible, untrusted.
    pub error: Option<String>,
}

/// Everything gathered for one tenant's batch.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricSet {
    /// Baseline span and window together.
    pub grid: Grid,
    /// The span under judgement: the tail of the grid.
    pub window: Window,
    pub series: Vec<Series>,
    pub targets: Vec<ScrapeHealth>,
    /// Series or bytes left out because of a cap, with the cap's name.
    pub truncated: Option<String>,
}

impl MetricSet {
    /// Nothing at all over a span.
    #[must_use]
    pub fn empty(window: Window, baseline_ms: i64, step_ms: i64) -> Self {
        let start = window.start - baseline_ms;
        let len = usize::try_from(window.end.since(start) / step_ms.max(1)).unwrap_or(0) + 1;
        Self { grid: Grid { start, step_ms, len }, window, series: Vec::new(), targets: Vec::new(), truncated: None }
    }

    /// Leaves gaps where the clock has not come yet.
    pub fn forget_after(&mut self, now: UtcMillis) {
        let known = (0..self.grid.len).take_while(|index| self.grid.at(*index) <= now).count();
        for series in &mut self.series {
            series.values.iter_mut().skip(known).for_each(|value| *value = f64::NAN);
        }
    }
}
