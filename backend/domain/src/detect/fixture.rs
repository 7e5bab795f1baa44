//! Metric sets for tests, told like a story: `host("web:9100").gauge("node_load1", &[], steady(0.4)).set()`.

use std::collections::BTreeMap;

use crate::metric::{Grid, MetricSet, ScrapeHealth, ScrapeState, Series, SeriesId, SeriesKind};
use crate::series::describe;
use crate::time::{MINUTE, UtcMillis, Window};

/// 2026-11-21T07:00:00Z, and then a point a minute.
pub(crate) const START: UtcMillis = UtcMillis(1_795_244_400_000);
pub(crate) const POINTS: usize = 65;
/// The judged tail.
pub(crate) const JUDGED: usize = 5;

#[derive(Debug, Clone)]
pub(crate) struct Story {
    series: Vec<Series>,
    targets: Vec<ScrapeHealth>,
    instance: String,
}

/// A healthy Linux host: idle, with memory and disk to spare.
pub(crate) fn host(instance: &str) -> Story {
    let root: &[(&str, &str)] = &[("mountpoint", "/"), ("device", "/dev/vda1"), ("fstype", "ext4")];
    empty(instance)
        .gauge("node_memory_MemTotal_bytes", &[], steady(8e9))
        .gauge("node_memory_MemAvailable_bytes", &[], noisy(5e9, 5e7))
        .gauge("node_filesystem_size_bytes", root, steady(50e9))
        .gauge("node_filesystem_avail_bytes", root, noisy(30e9, 1e6))
        .gauge("node_cpu_seconds_total", &[("cpu", "0"), ("mode", "idle")], noisy(0.93, 0.03))
        .gauge("node_cpu_seconds_total", &[("cpu", "0"), ("mode", "user")], noisy(0.05, 0.02))
        .gauge("node_load1", &[], noisy(0.3, 0.2))
}

/// An instance with nothing but `up`.
pub(crate) fn empty(instance: &str) -> Story {
    let name = if instance.contains("://") { instance } else { instance.split(':').next().unwrap_or(instance) };
    let health = ScrapeHealth {
        instance: instance.to_owned(),
        name: name.to_owned(),
        state: ScrapeState::Up,
        last_scrape: Some(end() - 5_000),
        duration_seconds: Some(0.02),
        error: None,
    };
    Story { series: Vec::new(), targets: vec![health], instance: instance.to_owned() }.gauge("up", &[], steady(1.0))
}

impl Story {
    /// Adds a series of this host, or replaces the one with the same labels; counters are given as rates.
    pub(crate) fn gauge(mut self, metric: &str, labels: &[(&str, &str)], values: Vec<f64>) -> Self {
        let mut told = series(metric, &self.instance, values);
        told.id.labels.extend(labels.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
        self.series.retain(|series| series.id != told.id);
        self.series.push(told);
        self
    }

    /// The scraper gets no answer any more, since five minutes.
    pub(crate) fn down(mut self, error: &str) -> Self {
        for series in &mut self.series {
            let rest = if series.id.metric == "up" { 0.0 } else { f64::NAN };
            series.values[POINTS - JUDGED..].fill(rest);
        }
        for target in &mut self.targets {
            target.state = ScrapeState::Down;
            target.error = Some(error.to_owned());
        }
        self
    }

    /// Another host beside this one.
    pub(crate) fn beside(mut self, other: Story) -> Self {
        self.series.extend(other.series);
        self.targets.extend(other.targets);
        self
    }

    pub(crate) fn set(self) -> MetricSet {
        MetricSet {
            grid: Grid { start: START, step_ms: MINUTE, len: POINTS },
            window: Window { start: end() - MINUTE * i64::try_from(JUDGED).unwrap_or(0), end: end() },
            series: self.series,
            targets: self.targets,
            truncated: None,
        }
    }
}

pub(crate) fn end() -> UtcMillis {
    START + MINUTE * i64::try_from(POINTS).unwrap_or(0)
}

pub(crate) fn series(metric: &str, instance: &str, values: Vec<f64>) -> Series {
    let (kind, unit) = describe(metric, None);
    let labels = BTreeMap::from([
        ("instance".to_owned(), instance.to_owned()),
        ("job".to_owned(), "dynamic-targets".to_owned()),
    ]);
    Series { id: SeriesId { metric: metric.to_owned(), labels }, kind, unit, values }
}

pub(crate) fn steady(value: f64) -> Vec<f64> {
    vec![value; POINTS]
}

/// Wobbles around `value` by up to `amplitude`, the same way each time.
pub(crate) fn noisy(value: f64, amplitude: f64) -> Vec<f64> {
    let wobble = [0.0, 0.6, -0.4, 0.2, -0.6, 1.0, -1.0, 0.4, -0.2, 0.8, -0.8];
    (0..POINTS).map(|i| value + amplitude * wobble[(i * 7) % 11]).collect()
}

/// `before` until the last `points`, then `after`.
pub(crate) fn step(before: f64, after: f64, points: usize) -> Vec<f64> {
    let mut values = steady(before);
    values[POINTS - points..].fill(after);
    values
}

/// A straight line over the whole grid.
#[expect(clippy::cast_precision_loss, reason = "a small index")]
pub(crate) fn ramp(from: f64, to: f64) -> Vec<f64> {
    (0..POINTS).map(|i| from + (to - from) * i as f64 / (POINTS - 1) as f64).collect()
}

#[test]
fn a_healthy_host_is_quiet() {
    let set = host("web:9100").beside(host("db:9100")).set();
    let findings = super::examine(&set);
    assert_eq!((findings.facts.len(), findings.outside, findings.targets), (0, 0, 2));
    assert!(set.series.iter().all(|s| s.kind == SeriesKind::Gauge || s.id.metric.ends_with("_total")));
}
