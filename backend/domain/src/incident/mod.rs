//! Incidents: their document, their life (open → acknowledged → resolved → reopened) and what correlation decides.
//!
//! `life` holds the transitions a person asks for, `correlate` those that a batch brings, `timeline` what both write down.
//! A transition and the notice of it are one change of one document. `similar` looks for its like among earlier ones,
//! `search` holds the words it is found by, `post_mortem` tells it as a document.

pub mod blind;
pub mod correlate;
pub mod example;
pub mod life;
pub mod post_mortem;
pub mod search;
pub mod sighting;
pub mod similar;
mod timeline;
pub mod trouble;

#[cfg(test)]
mod properties;

use serde::{Deserialize, Serialize};

use crate::fact::Fact;
use crate::id::{BatchId, IncidentId, RcaId};
use crate::time::{UtcMillis, Window};
use crate::verdict::{FixPlan, Hypothesis, Severity, Verdict};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentState {
    Open,
    Acknowledged,
    Resolved,
}

/// Who or what changed an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Actor {
    /// A person, by username.
    User {
        name: String,
    },
    /// An API key, by its name.
    ApiKey {
        name: String,
    },
    Batch {
        id: BatchId,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum EventKind {
    Opened,
    /// Facts, severity, verdict or words changed; `what` says which.
    Updated {
        what: String,
    },
    Acknowledged,
    Resolved {
        why: String,
    },
    Reopened,
    /// Somebody looks after it, or nobody any more.
    Assigned {
        to: Option<String>,
    },
    Commented {
        text: String,
    },
    /// Somebody took back a comment of their own.
    CommentDeleted,
}

impl EventKind {
    /// The word for it, whatever it carries.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Updated { .. } => "updated",
            Self::Acknowledged => "acknowledged",
            Self::Resolved { .. } => "resolved",
            Self::Reopened => "reopened",
            Self::Assigned { .. } => "assigned",
            Self::Commented { .. } => "commented",
            Self::CommentDeleted => "comment_deleted",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineEvent {
    /// 1, 2, 3 … within the incident; a message is keyed by it.
    pub seq: u32,
    pub at: UtcMillis,
    pub actor: Actor,
    pub kind: EventKind,
}

/// What a person can be told about: the notify job drains these into deliveries and then clears them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    Opened,
    Updated,
    Resolved,
}

/// A notice waiting to become deliveries; lives in the incident so that change and message are one write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingNotice {
    /// The timeline event that caused it.
    pub seq: u32,
    pub notice: Notice,
    pub at: UtcMillis,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    pub id: IncidentId,
    /// Same failure, same text.
    pub fingerprint: String,
    /// The fingerprint while not resolved; unique per tenant, absent after resolution.
    pub open_key: Option<String>,
    pub state: IncidentState,
    /// The highest it has been.
    pub severity: Severity,
    /// What the words of now rate it; absent in documents from before it was kept.
    #[serde(default)]
    pub severity_now: Option<Severity>,
    pub title: String,
    pub summary: String,
    pub root_cause: String,
    pub fix_plan: FixPlan,
    pub verdict: Verdict,
    pub confidence: u8,
    pub verdict_reason: String,
    pub hypotheses: Vec<Hypothesis>,
    /// The facts of it as of the last batch that saw it: the one that proves it first, then the strongest.
    pub evidence: Vec<Fact>,
    pub anomaly_count: u32,
    pub instances: Vec<String>,
    pub window: Window,
    pub author_provider: String,
    pub author_model: String,
    /// Why no model wrote the words; absent where one did.
    #[serde(default)]
    pub author_unasked: Option<String>,
    /// The root cause of the batch that last changed what is said; batches that say the same leave it.
    pub rca_id: Option<RcaId>,
    pub opened_at: UtcMillis,
    pub updated_at: UtcMillis,
    pub resolved_at: Option<UtcMillis>,
    /// Batches in a row without its facts.
    pub quiet_batches: u32,
    pub last_batch_id: Option<BatchId>,
    pub timeline: Vec<TimelineEvent>,
    pub pending_notices: Vec<PendingNotice>,
    /// `true` while `pending_notices` is not empty: what the notify job looks for.
    pub has_pending: bool,
    /// Username of who looks after it.
    #[serde(default)]
    pub assignee: Option<String>,
    /// The kind of failure: what its fingerprint begins with.
    #[serde(default)]
    pub family: String,
    /// The words it is found by; see [`search`].
    #[serde(default)]
    pub terms: Vec<String>,
}

impl Incident {
    /// Rated lower now than it has been; what it was stays in [`Incident::severity`]. Nothing is rated once it is over.
    #[must_use]
    pub fn eased_to(&self) -> Option<Severity> {
        self.severity_now.filter(|now| *now < self.severity && self.state != IncidentState::Resolved)
    }
}

/// `disk` of `disk:web:9100:/var`
#[must_use]
pub fn family(fingerprint: &str) -> &str {
    fingerprint.split(':').next().unwrap_or(fingerprint)
}
