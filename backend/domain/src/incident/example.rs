//! A made-up incident: what a message looks like before anything has happened, and what tests begin from.

use super::{Actor, EventKind, Incident, IncidentState, TimelineEvent, family, search};
use crate::fact::{Expected, Fact, FactId, FactKind};
use crate::id::{BatchId, Id, IncidentId};
use crate::metric::{SeriesId, Unit};
use crate::time::{MINUTE, UtcMillis, Window};
use crate::verdict::{FixPlan, Severity, Verdict};

const FINGERPRINT: &str = "memory:api-1:9100";

/// A memory leak that was noticed at `at`.
#[must_use]
pub fn incident(at: UtcMillis) -> Incident {
    let mut incident = Incident {
        id: IncidentId::derive(&["example"]),
        fingerprint: FINGERPRINT.to_owned(),
        open_key: Some(FINGERPRINT.to_owned()),
        state: IncidentState::Open,
        severity: Severity::High,
        severity_now: Some(Severity::High),
        title: "Memory leak in api-1 fills swap".to_owned(),
        summary: "Available memory on api-1 has fallen for 22 minutes and the machine now swaps.".to_owned(),
        root_cause: "A process on api-1 leaks memory: available memory fell from 4.1 GB to 0.8 GB in 22 min."
            .to_owned(),
        fix_plan: FixPlan {
            immediate: vec![
                "Find the process: `ps aux --sort=-rss | head`.".to_owned(),
                "Restart it before the kernel kills another.".to_owned(),
            ],
            prevention: vec!["Give the service a memory limit.".to_owned()],
        },
        verdict: Verdict::Likely,
        confidence: 85,
        verdict_reason: "Likely: 4 of 5 facts agree.".to_owned(),
        hypotheses: Vec::new(),
        evidence: vec![fact("node_memory_MemAvailable_bytes", "api-1:9100", at)],
        anomaly_count: 3,
        instances: vec!["api-1:9100".to_owned()],
        window: Window { start: at - MINUTE, end: at },
        author_provider: "builtin".to_owned(),
        author_model: "signatures".to_owned(),
        author_unasked: Some("this is an example".to_owned()),
        rca_id: None,
        opened_at: at,
        updated_at: at,
        resolved_at: None,
        quiet_batches: 0,
        last_batch_id: None,
        timeline: vec![TimelineEvent {
            seq: 1,
            at,
            actor: Actor::Batch { id: BatchId::derive(&["example"]) },
            kind: EventKind::Opened,
        }],
        pending_notices: Vec::new(),
        has_pending: false,
        assignee: None,
        family: family(FINGERPRINT).to_owned(),
        terms: Vec::new(),
    };
    incident.terms = search::terms(&incident);
    incident
}

/// What proves it.
#[must_use]
pub fn fact(metric: &str, instance: &str, at: UtcMillis) -> Fact {
    let labels = [("instance".to_owned(), instance.to_owned())].into();
    Fact {
        id: FactId("M12".to_owned()),
        kind: FactKind::LevelShift,
        series: SeriesId { metric: metric.to_owned(), labels },
        target_name: "api-1".to_owned(),
        window: Window { start: at - MINUTE, end: at },
        since: at - 22 * MINUTE,
        observed: 0.8e9,
        expected: Some(Expected { low: 3.9e9, high: 4.3e9 }),
        unit: Unit::Bytes,
        numbers: Vec::new(),
        score: 90.0,
        text: "available memory on api-1 fell from 4.1 GB to 0.8 GB in 22 min".to_owned(),
        points: Vec::new(),
    }
}
