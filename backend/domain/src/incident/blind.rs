//! The incident about our own eyes: the metrics source cannot be used, so nothing else would be noticed.

use super::Incident;
use super::sighting::{Judged, Sighting};
use crate::id::RcaId;
use crate::verdict::{Answer, AnswerIncident, Author, FixPlan, Severity, Verdict, Verified};

/// Failed batches in a row before people are told.
pub const FAILURES_BEFORE_BLIND: u32 = 2;
/// The one failure that is not of a target but of our own eyes.
pub const FINGERPRINT: &str = "metrics_source:blind";

#[must_use]
pub fn is_blind(incident: &Incident) -> bool {
    incident.fingerprint == FINGERPRINT
}

/// What a failed batch saw: nothing, because of `reason`.
#[must_use]
pub fn sighting(reason: &str, rca_id: RcaId) -> Sighting {
    let words = AnswerIncident {
        title: "Monitoring is blind: metrics cannot be read".to_owned(),
        severity: Severity::High,
        summary: format!("The last {FAILURES_BEFORE_BLIND} batches could not read any metrics. {reason}"),
        root_cause: reason.to_owned(),
        fix_plan: FixPlan {
            immediate: vec![
                "Check that the metrics source works: a Prometheus must be running, and PROM_URL point at it."
                    .to_owned(),
                "Open /health/ready for the error as the server sees it.".to_owned(),
            ],
            prevention: vec!["Watch the metrics source itself from a second place.".to_owned()],
        },
        evidence: Vec::new(),
    };
    let verified = Verified {
        answer: Answer { incident: Some(words), anomalies: Vec::new(), hypotheses: Vec::new() },
        dropped: Vec::new(),
        verdict: Verdict::Confirmed,
        confidence: 100,
        reason: "Confirmed: the server itself got this error.".to_owned(),
        proof: None,
        author: Author::builtin("blind", "there was nothing to ask about: no metrics could be read"),
        fingerprint: FINGERPRINT.to_owned(),
        instances: Vec::new(),
    };
    Sighting {
        fingerprint: FINGERPRINT.to_owned(),
        instances: Vec::new(),
        facts: Vec::new(),
        judged: Some(Judged { verified, rca_id, llm_call_id: None }),
    }
}
