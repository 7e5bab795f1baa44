//! From exported samples to columns the detectors can read: what a metric is, and counters as rates.
//!
//! To teach a metric that its name does not give away, add it to [`describe`]'s lists; everything else follows from the
//! suffix conventions of Prometheus ("Metric and label naming", prometheus.io/docs/practices/naming).

mod rate;

pub use rate::rates;

use crate::metric::{SeriesKind, Unit};

/// Counters that node_exporter exports as `untyped` or `gauge`, by prefix.
const UNTYPED_COUNTERS: [&str; 3] = ["node_vmstat_", "node_netstat_", "node_nf_conntrack_stat_"];
/// Gauges hidden among them.
const UNTYPED_GAUGES: [&str; 3] = ["node_netstat_Tcp_CurrEstab", "node_netstat_Ip_Forwarding", "node_vmstat_nr_"];

/// What kind of numbers a metric holds and, after [`rates`] for a counter, in which unit.
///
/// `type_hint` is the exposition's `TYPE` (`counter`, `gauge`, `histogram`, `summary`, …); a name that says `_total` or is a
/// known untyped counter wins over a missing or wrong hint. A histogram's `_bucket`, `_sum` and `_count` are counters: look their
/// hint up under [`family_name`].
#[must_use]
pub fn describe(metric: &str, type_hint: Option<&str>) -> (SeriesKind, Unit) {
    let kind = kind(metric, type_hint);
    (kind, unit(metric, kind))
}

/// Whether a family's type says anything that the names of its series do not. Parts of a distribution have a family that is described
/// alike with and without, so its type always counts.
#[must_use]
pub fn hint_matters(family: &str, type_hint: &str) -> bool {
    matches!(type_hint, "histogram" | "summary") || describe(family, Some(type_hint)) != describe(family, None)
}

/// The name under which a series' metadata is published: without `_bucket`, `_sum`, `_count`.
#[must_use]
pub fn family_name(metric: &str) -> &str {
    ["_bucket", "_sum", "_count"].iter().find_map(|suffix| metric.strip_suffix(suffix)).unwrap_or(metric)
}

fn kind(metric: &str, type_hint: Option<&str>) -> SeriesKind {
    let untyped_counter = UNTYPED_COUNTERS.iter().any(|prefix| metric.starts_with(prefix))
        && !UNTYPED_GAUGES.iter().any(|prefix| metric.starts_with(prefix));
    let of_distribution = metric != family_name(metric);
    let counter = match type_hint {
        _ if untyped_counter || metric.ends_with("_total") => true,
        Some("counter") => true,
        Some("histogram" | "summary") => of_distribution,
        Some("gauge") => false,
        _ => metric.ends_with("_bucket"),
    };
    if counter { SeriesKind::CounterRate } else { SeriesKind::Gauge }
}

fn unit(metric: &str, kind: SeriesKind) -> Unit {
    let stem = metric.strip_suffix("_total").unwrap_or(metric);
    let stem = stem.strip_suffix("_sum").unwrap_or(stem);
    let counter = kind == SeriesKind::CounterRate;
    let ends = |suffixes: &[&str]| suffixes.iter().any(|suffix| stem.ends_with(suffix));
    if ends(&["_bucket", "_count"]) {
        if counter { Unit::PerSecond } else { Unit::Count }
    } else if ends(&["_bytes", "Octets"]) {
        if counter { Unit::BytesPerSecond } else { Unit::Bytes }
    } else if ends(&["_seconds"]) || stem == "windows_cpu_time" {
        // Seconds spent per second of wall clock: a share of time.
        if counter { Unit::Ratio } else { Unit::Seconds }
    } else if ends(&["_cert_expiry"]) {
        Unit::Seconds
    } else if counter {
        Unit::PerSecond
    } else if ends(&["_ratio"]) {
        Unit::Ratio
    } else if ends(&["_percent", "_percentage"]) {
        Unit::Percent
    } else if ends(&["_celsius"]) {
        Unit::Celsius
    } else {
        Unit::Count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_hints_decide_kind_and_unit() {
        use SeriesKind::{CounterRate, Gauge};
        let cases = [
            ("node_filesystem_avail_bytes", Some("gauge"), Gauge, Unit::Bytes),
            ("node_network_receive_bytes_total", Some("counter"), CounterRate, Unit::BytesPerSecond),
            ("node_cpu_seconds_total", None, CounterRate, Unit::Ratio),
            ("windows_cpu_time_total", None, CounterRate, Unit::Ratio),
            ("node_vmstat_oom_kill", Some("untyped"), CounterRate, Unit::PerSecond),
            ("node_netstat_Tcp_CurrEstab", Some("untyped"), Gauge, Unit::Count),
            ("node_netstat_IpExt_InOctets", Some("untyped"), CounterRate, Unit::BytesPerSecond),
            ("node_hwmon_temp_celsius", Some("gauge"), Gauge, Unit::Celsius),
            ("http_request_duration_seconds_bucket", None, CounterRate, Unit::PerSecond),
            ("http_request_duration_seconds_sum", Some("histogram"), CounterRate, Unit::Ratio),
            ("http_request_duration_seconds_count", Some("histogram"), CounterRate, Unit::PerSecond),
            ("jvm_thread_count", Some("gauge"), Gauge, Unit::Count),
            ("probe_ssl_earliest_cert_expiry", Some("gauge"), Gauge, Unit::Seconds),
            ("node_load1", Some("gauge"), Gauge, Unit::Count),
        ];
        for (metric, hint, kind, unit) in cases {
            assert_eq!(describe(metric, hint), (kind, unit), "{metric}");
        }
    }

    #[test]
    fn parts_of_a_distribution_share_its_metadata() {
        assert_eq!(family_name("http_seconds_bucket"), "http_seconds");
        assert_eq!(family_name("node_load1"), "node_load1");
    }
}
