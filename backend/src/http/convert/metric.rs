//! Metrics and charts.

use watchkeeper_common::metric as wire;
use watchkeeper_domain::metric::SeriesKind;

use super::analysis::unit;
use super::timestamp;
use crate::services::metric::{Instance, Metric, MetricChart, Metrics, Scrapes, SourceKind, Traits};

pub(in crate::http) fn source((traits, detail): (Traits, String)) -> wire::MetricsSourceView {
    let kind = match traits.kind {
        SourceKind::Prometheus => wire::SourceKind::Prometheus,
        SourceKind::Builtin => wire::SourceKind::Builtin,
    };
    let Traits { promql, scrape_interval_seconds, .. } = traits;
    wire::MetricsSourceView { kind, detail, promql, scrape_interval_seconds }
}

pub(in crate::http) fn instances(found: Vec<Instance>) -> wire::InstanceList {
    let view = |one: Instance| {
        let Instance { instance, name, series, last_sample_at } = one;
        wire::InstanceView { instance, name, series, last_sample_at: last_sample_at.map(timestamp) }
    };
    wire::InstanceList { items: found.into_iter().map(view).collect() }
}

pub(in crate::http) fn names(found: Metrics) -> wire::MetricNames {
    let view = |one: Metric| {
        let Metric { metric, kind: measured, unit: of, series } = one;
        wire::MetricName { metric, unit: unit(of), kind: kind(measured), series }
    };
    wire::MetricNames { items: found.items.into_iter().map(view).collect(), truncated: found.truncated }
}

pub(in crate::http) fn range(chart: MetricChart) -> wire::MetricRange {
    let MetricChart { metric, kind: measured, unit: of, grid, series, truncated } = chart;
    let series = series.into_iter().map(|(series, band)| wire::RangeSeries {
        labels: series.id.labels,
        values: series.values.into_iter().map(|value| value.is_finite().then_some(value)).collect(),
        band: band.map(|band| wire::Band { low: band.low, high: band.high }),
    });
    wire::MetricRange {
        metric,
        unit: unit(of),
        kind: kind(measured),
        start: timestamp(grid.start),
        step_seconds: seconds(grid.step_ms),
        series: series.collect(),
        truncated,
    }
}

pub(in crate::http) fn scrapes(history: Scrapes) -> wire::ScrapeHistory {
    let Scrapes { grid, up, duration_seconds, series } = history;
    wire::ScrapeHistory {
        start: timestamp(grid.start),
        step_seconds: seconds(grid.step_ms),
        up,
        duration_seconds,
        series,
    }
}

fn kind(kind: SeriesKind) -> wire::MetricKind {
    match kind {
        SeriesKind::Gauge => wire::MetricKind::Gauge,
        SeriesKind::CounterRate => wire::MetricKind::CounterRate,
    }
}

#[expect(clippy::cast_precision_loss, reason = "a step is far below 2^52 ms")]
fn seconds(millis: i64) -> f64 {
    millis as f64 / 1_000.0
}
