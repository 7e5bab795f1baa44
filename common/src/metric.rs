//! Metrics on the wire: what is measured, and one metric over time.

use std::collections::BTreeMap;

use crate::time::Timestamp;

use crate::analysis::Unit;
use crate::{wire, words};

words! {
    SourceKind {
        Prometheus = "prometheus",
        /// The server scrapes by itself and keeps a day.
        Builtin = "builtin",
    }
    MetricKind {
        Gauge = "gauge",
        /// Values are per-second rates.
        CounterRate = "counter_rate",
    }
}

wire! {
    /// `GET /metrics/source`: where metrics come from.
    pub struct MetricsSourceView {
        pub kind: SourceKind,
        /// Its name and version, or why it does not answer.
        pub detail: String,
        /// Whether it can be asked in PromQL.
        pub promql: bool,
        /// How often targets are scraped, where the source knows.
        pub scrape_interval_seconds: Option<f64>,
    }

    pub struct InstanceView {
        /// The target's address.
        pub instance: String,
        pub name: String,
        /// What its last scrape brought.
        pub series: u32,
        pub last_sample_at: Option<Timestamp>,
    }

    /// `GET /metrics/instances`: what has samples, ordered by instance.
    pub struct InstanceList { pub items: Vec<InstanceView> }

    pub struct MetricName { pub metric: String, pub unit: Unit, pub kind: MetricKind, pub series: u32 }

    /// `GET /metrics/names`, ordered by name.
    pub struct MetricNames {
        pub items: Vec<MetricName>,
        /// The limit left some out.
        pub truncated: bool,
    }

    /// Where a series is expected to stay.
    pub struct Band { pub low: f64, pub high: f64 }

    pub struct RangeSeries {
        pub labels: BTreeMap<String, String>,
        /// One per place; `null` where there was no sample.
        pub values: Vec<Option<f64>>,
        /// By the span that is shown, as the detectors would draw it; absent where they do not judge the metric, or know too little.
        pub band: Option<Band>,
    }

    /// `GET /metrics/range`: places at `start`, `start + step_seconds`, …
    pub struct MetricRange {
        pub metric: String,
        pub unit: Unit,
        pub kind: MetricKind,
        pub start: Timestamp,
        pub step_seconds: f64,
        pub series: Vec<RangeSeries>,
        /// There are more series than are shown.
        pub truncated: bool,
    }

    /// `GET /targets/{id}/scrapes`: how scrapes of one target went.
    pub struct ScrapeHistory {
        pub start: Timestamp,
        pub step_seconds: f64,
        /// `false` where any scrape of the place failed; `null` where there was none.
        pub up: Vec<Option<bool>>,
        /// The longest of each place.
        pub duration_seconds: Vec<Option<f64>>,
        /// What the last scrape brought.
        pub series: u32,
    }
}
