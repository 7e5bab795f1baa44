//! Targets on the wire.

use std::collections::BTreeMap;

use crate::time::Timestamp;

use crate::problem::{ErrorCode, FieldError};
use crate::{wire, words};

words! {
    ExporterKind {
        Node = "node", Windows = "windows", Postgres = "postgres", Redis = "redis", Mongodb = "mongodb",
        Blackbox = "blackbox", Custom = "custom",
    }
    HealthState {
        Up = "up", Down = "down",
        /// Published, not scraped yet.
        Pending = "pending",
        /// Disabled by its owner.
        Paused = "paused",
        /// The metrics source does not answer.
        Unknown = "unknown",
    }
    /// Why a scrape failed.
    ScrapeFailure {
        Refused = "refused", TimedOut = "timed_out", UnknownHost = "unknown_host", Unreachable = "unreachable", Tls = "tls",
        Unauthorised = "unauthorised", NotFound = "not_found", ServerError = "server_error", NotMetrics = "not_metrics",
        Reset = "reset", Other = "other",
    }
    BulkOutcome {
        Added = "added",
        /// Would be added: only checked.
        Fits = "fits",
        Refused = "refused",
    }
}

wire! {
    #[serde(deny_unknown_fields)]
    pub struct CreateTarget {
        /// `host:port`, `[v6]:port`, or a URL with scheme and metrics path.
        pub address: String,
        #[serde(default)]
        pub name: String,
        #[serde(default)]
        pub tags: BTreeMap<String, String>,
        #[serde(default = "custom")]
        pub kind: ExporterKind,
        #[serde(default = "yes")]
        pub enabled: bool,
    }

    /// `PATCH`; absent fields stay.
    #[derive(Default)]
    #[serde(deny_unknown_fields)]
    pub struct UpdateTarget {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub address: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub tags: Option<BTreeMap<String, String>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub kind: Option<ExporterKind>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub enabled: Option<bool>,
    }

    pub struct TargetHealth {
        pub state: HealthState,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub last_scrape: Option<Timestamp>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub scrape_duration_seconds: Option<f64>,
        /// The scraper's error, and what it usually means.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub error: Option<String>,
        /// Of a target that is down.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub failure: Option<ScrapeFailure>,
    }

    pub struct TargetView {
        pub id: String,
        pub address: String,
        /// `http` or `https`
        pub scheme: String,
        pub metrics_path: String,
        pub name: String,
        pub tags: BTreeMap<String, String>,
        pub kind: ExporterKind,
        pub enabled: bool,
        pub health: TargetHealth,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

wire! {
    /// Body of `POST /targets/bulk`: 1 to 200 targets.
    #[serde(deny_unknown_fields)]
    pub struct CreateTargets {
        pub targets: Vec<CreateTarget>,
        /// Judge them, add none.
        #[serde(default)]
        pub check_only: bool,
    }

    /// What became of one of them.
    pub struct BulkItem {
        pub outcome: BulkOutcome,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub target: Option<TargetView>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub code: Option<ErrorCode>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub detail: Option<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub errors: Vec<FieldError>,
    }

    /// `items` in the order asked.
    pub struct BulkResult { pub added: u32, pub refused: u32, pub items: Vec<BulkItem> }
}

wire! {
    /// Something that can be added as it stands.
    pub struct TargetSuggestion { pub address: String, pub name: String, pub kind: ExporterKind, pub why: String }

    /// `GET /targets/suggestions`: what is there and not added yet.
    pub struct TargetSuggestions { pub items: Vec<TargetSuggestion> }
}

wire! {
    /// An element of Prometheus' service discovery documents.
    pub struct DiscoveredGroup {
        pub targets: Vec<String>,
        pub labels: BTreeMap<String, String>,
    }
}

fn custom() -> ExporterKind {
    ExporterKind::Custom
}
fn yes() -> bool {
    true
}
