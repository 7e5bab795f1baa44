//! What charts ask of a source, and the answers of a source that can only gather.

use std::collections::BTreeMap;

use watchkeeper_domain::metric::{Grid, MetricSet, Series, SeriesKind, Unit};
use watchkeeper_domain::time::{MINUTE, SECOND, UtcMillis, Window};

use super::GatherRequest;

/// Series beyond this are not looked at when a source answers from what it gathers.
const MAX_GATHERED: usize = 20_000;

/// Something that is scraped, with what it brings.
#[derive(Debug, Clone, PartialEq)]
pub struct Instance {
    pub instance: String,
    pub name: String,
    pub series: u32,
    pub last_sample_at: Option<UtcMillis>,
}

/// Which metrics there are.
#[derive(Debug, Clone)]
pub struct MetricsRequest {
    pub user_id: String,
    pub instance: Option<String>,
    /// Part of the metric's name, in any case; empty: all.
    pub search: String,
    pub limit: usize,
    pub now: UtcMillis,
}

impl MetricsRequest {
    /// Whether a metric's name holds what was searched for.
    #[must_use]
    pub fn wants(&self, metric: &str) -> bool {
        self.search.is_empty() || metric.to_ascii_lowercase().contains(&self.search.to_ascii_lowercase())
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Metric {
    pub metric: String,
    pub kind: SeriesKind,
    pub unit: Unit,
    pub series: u32,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Metrics {
    pub items: Vec<Metric>,
    /// The limit left some out.
    pub truncated: bool,
}

impl Metrics {
    /// Ordered items, cut at the limit.
    #[must_use]
    pub fn limited(mut items: Vec<Metric>, limit: usize, cut_already: bool) -> Self {
        let truncated = cut_already || items.len() > limit;
        items.truncate(limit);
        Self { items, truncated }
    }
}

/// One metric over a span.
#[derive(Debug, Clone)]
pub struct RangeRequest {
    pub user_id: String,
    pub metric: String,
    pub instance: Option<String>,
    /// Whole multiples of a whole number of seconds.
    pub grid: Grid,
    pub max_series: usize,
}

impl RangeRequest {
    pub(super) fn as_gather(&self) -> GatherRequest {
        let end = self.grid.at(self.grid.len);
        GatherRequest {
            user_id: self.user_id.clone(),
            window: Window { start: self.grid.start, end },
            baseline_ms: 0,
            step_ms: self.grid.step_ms,
            max_series: MAX_GATHERED,
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct RangeSet {
    /// As asked for; every series has as many values.
    pub grid: Grid,
    pub series: Vec<Series>,
    /// A cap left something out.
    pub truncated: bool,
}

/// The last minutes of everything.
pub(super) fn recent(user_id: &str, now: UtcMillis) -> GatherRequest {
    GatherRequest {
        user_id: user_id.to_owned(),
        window: Window { start: now - 5 * MINUTE, end: now },
        baseline_ms: 0,
        step_ms: 15 * SECOND,
        max_series: MAX_GATHERED,
    }
}

pub(super) fn instances(set: &MetricSet) -> Vec<Instance> {
    let mut found: BTreeMap<(String, String), Instance> = BTreeMap::new();
    for series in &set.series {
        let name = series.id.labels.get("name").cloned().unwrap_or_default();
        let key = (series.id.instance().to_owned(), name);
        let last = series.values.iter().rposition(|value| value.is_finite()).map(|index| set.grid.at(index));
        let entry = found.entry(key.clone()).or_insert_with(|| Instance {
            instance: key.0,
            name: key.1,
            series: 0,
            last_sample_at: None,
        });
        entry.series = entry.series.saturating_add(1);
        entry.last_sample_at = entry.last_sample_at.max(last);
    }
    found.into_values().collect()
}

pub(super) fn metrics(set: &MetricSet, request: &MetricsRequest) -> Metrics {
    let wanted = |series: &&Series| {
        request.wants(&series.id.metric) && request.instance.as_deref().is_none_or(|i| i == series.id.instance())
    };
    let mut found: BTreeMap<&str, Metric> = BTreeMap::new();
    for series in set.series.iter().filter(wanted) {
        let fresh = || Metric { metric: series.id.metric.clone(), kind: series.kind, unit: series.unit, series: 0 };
        let entry = found.entry(&series.id.metric).or_insert_with(fresh);
        entry.series = entry.series.saturating_add(1);
    }
    Metrics::limited(found.into_values().collect(), request.limit, set.truncated.is_some())
}

pub(super) fn range(set: MetricSet, request: &RangeRequest) -> RangeSet {
    let wanted = |series: &Series| {
        series.id.metric == request.metric && request.instance.as_deref().is_none_or(|i| i == series.id.instance())
    };
    let from = set.grid;
    let mut series: Vec<Series> = set.series.into_iter().filter(wanted).collect();
    series.sort_by(|a, b| a.id.cmp(&b.id));
    let truncated = set.truncated.is_some() || series.len() > request.max_series;
    series.truncate(request.max_series);
    for one in &mut series {
        one.values = (0..request.grid.len).map(|index| place(&one.values, &from, request.grid.at(index))).collect();
    }
    RangeSet { grid: request.grid, series, truncated }
}

/// The value at an instant of another grid of the same step.
fn place(values: &[f64], grid: &Grid, at: UtcMillis) -> f64 {
    let back = at.since(grid.start).div_euclid(grid.step_ms.max(1));
    usize::try_from(back).ok().and_then(|index| values.get(index)).copied().unwrap_or(f64::NAN)
}
