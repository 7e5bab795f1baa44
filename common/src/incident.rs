//! Incidents on the wire.

use jiff::Timestamp;

use crate::analysis::{FactView, FixPlanView, HypothesisView, Severity, TimeWindow, Verdict};
use crate::{wire, words};

words! {
    IncidentState { Open = "open", Acknowledged = "acknowledged", Resolved = "resolved" }
    TimelineKind {
        Opened = "opened", Updated = "updated", Acknowledged = "acknowledged", Resolved = "resolved", Reopened = "reopened",
    }
}

wire! {
    /// A row of `/incidents`.
    pub struct IncidentView {
        pub id: String,
        pub state: IncidentState,
        pub severity: Severity,
        pub title: String,
        pub summary: String,
        pub verdict: Verdict,
        pub confidence: u8,
        pub instances: Vec<String>,
        pub anomaly_count: u32,
        pub window: TimeWindow,
        pub opened_at: Timestamp,
        pub updated_at: Timestamp,
        pub resolved_at: Option<Timestamp>,
    }

    pub struct TimelineEntry {
        pub seq: u32,
        pub at: Timestamp,
        /// `priya`, `api key ci`, `batch bat_…`
        pub actor: String,
        pub kind: TimelineKind,
        pub detail: Option<String>,
    }

    /// `/incidents/{id}`
    pub struct IncidentDetail {
        #[serde(flatten)]
        pub incident: IncidentView,
        pub root_cause: String,
        pub fix_plan: FixPlanView,
        pub verdict_reason: String,
        pub hypotheses: Vec<HypothesisView>,
        pub evidence: Vec<FactView>,
        pub timeline: Vec<TimelineEntry>,
        pub provider: String,
        pub model: String,
        pub rca_id: Option<String>,
        pub last_batch_id: Option<String>,
    }

    /// Body of `POST /incidents/{id}/resolve`.
    #[derive(Default)]
    #[serde(deny_unknown_fields)]
    pub struct ResolveIncident {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub why: Option<String>,
    }
}
