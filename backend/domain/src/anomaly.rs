//! Anomalies and root causes: what one batch found, kept for lists and history.

use serde::{Deserialize, Serialize};

use crate::fact::{Fact, FactId};
use crate::id::{AnomalyId, BatchId, IncidentId, LlmCallId, RcaId};
use crate::time::UtcMillis;
use crate::verdict::{Author, DroppedClaim, FixPlan, Hypothesis, Severity, Verdict};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Anomaly {
    pub id: AnomalyId,
    pub batch_id: BatchId,
    pub incident_id: Option<IncidentId>,
    pub at: UtcMillis,
    pub metric: String,
    pub instance: String,
    pub observed: String,
    pub expected: String,
    pub symptom: String,
    pub severity: Severity,
    pub fact_ids: Vec<FactId>,
    /// The first fact, with its chart.
    pub fact: Option<Fact>,
    pub expires_at: UtcMillis,
}

/// One root-cause analysis: the verified words for an incident at one batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rca {
    pub id: RcaId,
    pub batch_id: BatchId,
    pub incident_id: IncidentId,
    pub at: UtcMillis,
    pub title: String,
    pub summary: String,
    pub root_cause: String,
    pub fix_plan: FixPlan,
    pub severity: Severity,
    pub verdict: Verdict,
    pub confidence: u8,
    pub verdict_reason: String,
    pub hypotheses: Vec<Hypothesis>,
    pub evidence: Vec<FactId>,
    pub dropped: Vec<DroppedClaim>,
    pub author: Author,
    pub llm_call_id: Option<LlmCallId>,
    pub expires_at: UtcMillis,
}
