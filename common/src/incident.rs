//! Incidents on the wire.

use crate::time::Timestamp;

use crate::analysis::{FactView, FixPlanView, HypothesisView, Severity, TimeWindow, Verdict};
use crate::{wire, words};

words! {
    IncidentState { Open = "open", Acknowledged = "acknowledged", Resolved = "resolved" }
    TimelineKind {
        Opened = "opened", Updated = "updated", Acknowledged = "acknowledged", Resolved = "resolved", Reopened = "reopened",
        Assigned = "assigned", Commented = "commented", CommentDeleted = "comment_deleted",
    }
}

wire! {
    /// A row of `/incidents`.
    pub struct IncidentView {
        pub id: String,
        pub state: IncidentState,
        /// The highest it has been.
        pub severity: Severity,
        /// What it is rated now, where that is lower.
        pub eased_to: Option<Severity>,
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
        /// Username of who looks after it.
        pub assignee: Option<String>,
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
        /// Why no model wrote the words; absent where one did.
        pub unasked: Option<String>,
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

    /// Body of `POST /incidents/{id}/comments`: 1 to 4,000 characters.
    #[serde(deny_unknown_fields)]
    pub struct CommentIncident { pub text: String }

    /// Body of `PUT /incidents/{id}/assignee`: a username of the account, or null for nobody.
    #[serde(deny_unknown_fields)]
    pub struct AssignIncident { pub assignee: Option<String> }

    /// Body of `POST /incidents/acknowledge`: 1 to 100 ids.
    #[serde(deny_unknown_fields)]
    pub struct AcknowledgeIncidents { pub ids: Vec<String> }

    /// One that was not acknowledged, and why.
    pub struct NotAcknowledged { pub id: String, pub why: String }

    pub struct Acknowledged { pub acknowledged: Vec<String>, pub refused: Vec<NotAcknowledged> }

    /// An earlier or later incident that is like this one.
    pub struct SimilarIncident {
        #[serde(flatten)]
        pub incident: IncidentView,
        /// 0–100
        pub score: u8,
        /// What both have in common: `the same failure; web:9100`
        pub common: String,
        /// Why it ended the last time.
        pub ended: Option<String>,
    }

    /// `/incidents/{id}/similar`, the most alike first; at most five.
    pub struct SimilarIncidents { pub items: Vec<SimilarIncident> }
}
