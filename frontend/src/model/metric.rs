//! A metric's answer as a plot, and which metrics to begin with.

use watchkeeper_common::incident::IncidentView;
use watchkeeper_common::metric::{MetricKind, MetricName, MetricRange, RangeSeries};

use super::chart::label::distinct;
use super::chart::{Plot, Shade, Span, Trace};
use super::words;
use crate::model::order::sorted;

/// What tells most of a machine or a service, in the order of a person's questions.
const FIRST: &[&str] = &[
    "up",
    "node_load1",
    "node_memory_MemAvailable_bytes",
    "node_cpu_seconds_total",
    "node_filesystem_avail_bytes",
    "node_disk_io_time_seconds_total",
    "node_network_receive_bytes_total",
    "windows_cpu_time_total",
    "windows_memory_available_bytes",
    "windows_logical_disk_free_bytes",
    "pg_up",
    "pg_stat_database_numbackends",
    "pg_stat_database_xact_commit",
    "redis_up",
    "redis_memory_used_bytes",
    "redis_connected_clients",
    "mongodb_up",
    "probe_success",
    "probe_duration_seconds",
    "process_resident_memory_bytes",
    "process_cpu_seconds_total",
    "scrape_duration_seconds",
];
/// Most of them that are offered.
const OFFERED: usize = 6;

pub(crate) fn first(names: &[MetricName]) -> Vec<String> {
    let there = |metric: &&&str| names.iter().any(|name| name.metric == ***metric);
    let known: Vec<String> = FIRST.iter().filter(there).take(OFFERED).map(|metric| (*metric).to_owned()).collect();
    if known.is_empty() { names.iter().take(OFFERED).map(|name| name.metric.clone()).collect() } else { known }
}

/// How its numbers are to be read.
pub(crate) fn reading(kind: MetricKind) -> &'static str {
    match kind {
        MetricKind::Gauge => "gauge",
        MetricKind::CounterRate => "counter, shown as a rate",
    }
}

pub(crate) fn plot(range: &MetricRange, instance: &str, shades: Vec<Shade>) -> Plot {
    let start = range.start.as_millisecond() as f64;
    let places = range.series.iter().map(|series| series.values.len()).max().unwrap_or(0);
    let sets: Vec<_> = range.series.iter().map(|series| &series.labels).collect();
    let trace = |(series, label): (&RangeSeries, String)| Trace {
        label,
        values: series.values.iter().map(|value| value.unwrap_or(f64::NAN)).collect(),
        band: series.band.as_ref().map(|band| (band.low, band.high)),
    };
    let traces: Vec<Trace> = range.series.iter().zip(distinct(&sets)).map(trace).collect();
    // As a person counts: 2 before 10.
    let number = |trace: &Trace| trace.label.parse::<u64>().unwrap_or(u64::MAX);
    let traces = sorted(traces, |a, b| number(a).cmp(&number(b)).then_with(|| a.label.cmp(&b.label)));
    Plot {
        title: format!("{} on {instance}", range.metric),
        unit: range.unit,
        times: (0..places).map(|place| start + place as f64 * range.step_seconds * 1e3).collect(),
        traces,
        shades,
    }
}

/// Incidents that touch a span, each from the start of its window to its end or to now.
pub(crate) fn shades<'a>(incidents: &'a [IncidentView], span: Span, now: f64) -> Vec<(&'a IncidentView, Shade)> {
    let of = |incident: &'a IncidentView| {
        let from = incident.window.start.as_millisecond() as f64;
        let to = incident.resolved_at.map_or(now, |at| at.as_millisecond() as f64);
        let label = format!("{} {}", words::severity(incident.severity).shape, incident.title);
        (incident, Shade { span: (from, to.max(from)), tone: words::severity(incident.severity).tone, label })
    };
    incidents.iter().map(of).filter(|(_, shade)| shade.span.0 < span.1 && shade.span.1 > span.0).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use watchkeeper_common::analysis::Unit;
    use watchkeeper_common::metric::Band;

    use super::*;

    fn named(names: &[&str]) -> Vec<MetricName> {
        let name = |metric: &&str| MetricName {
            metric: (*metric).to_owned(),
            unit: Unit::Count,
            kind: MetricKind::Gauge,
            series: 1,
        };
        names.iter().map(name).collect()
    }

    #[test]
    fn what_is_offered_first_is_there() {
        assert_eq!(first(&named(&["zzz", "node_load1", "up"])), ["up", "node_load1"]);
        assert_eq!(first(&named(&["app_a", "app_b"])), ["app_a", "app_b"]);
        assert!(first(&[]).is_empty());
    }

    #[test]
    fn an_answer_becomes_lines_on_one_row_of_times() {
        let series = |cpu: &str, values: Vec<Option<f64>>| RangeSeries {
            labels: BTreeMap::from([("cpu".to_owned(), cpu.to_owned()), ("job".to_owned(), "x".to_owned())]),
            values,
            band: Some(Band { low: 0.0, high: 2.0 }),
        };
        let range = MetricRange {
            metric: "load".to_owned(),
            unit: Unit::Count,
            kind: MetricKind::Gauge,
            start: watchkeeper_common::time::Timestamp::UNIX_EPOCH,
            step_seconds: 15.0,
            series: vec![series("0", vec![Some(1.0), None]), series("1", vec![Some(3.0)])],
            truncated: false,
        };
        let plot = plot(&range, "api-1", Vec::new());
        assert_eq!(plot.times, [0.0, 15_000.0]);
        assert_eq!((plot.traces[0].label.as_str(), plot.traces[1].label.as_str()), ("0", "1"));
        assert!(plot.traces[0].values[1].is_nan());
        assert_eq!(plot.at(1).filter(|(_, _, value)| value.is_finite()).count(), 0);
        assert_eq!(plot.traces[0].band, Some((0.0, 2.0)));
    }
}
