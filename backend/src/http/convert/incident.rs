//! Incidents and their timelines.

use watchkeeper_common::incident as wire;
use watchkeeper_domain::incident::similar::{self, Likeness};
use watchkeeper_domain::incident::{Actor, EventKind, Incident, IncidentState, TimelineEvent};

use super::analysis::{fact, fix_plan, hypotheses, severity, verdict, window};
use super::timestamp;

fn state(state: IncidentState) -> wire::IncidentState {
    match state {
        IncidentState::Open => wire::IncidentState::Open,
        IncidentState::Acknowledged => wire::IncidentState::Acknowledged,
        IncidentState::Resolved => wire::IncidentState::Resolved,
    }
}

pub(in crate::http) fn incident(incident: Incident) -> wire::IncidentView {
    wire::IncidentView {
        id: incident.id.to_string(),
        state: state(incident.state),
        severity: severity(incident.severity),
        eased_to: incident.eased_to().map(severity),
        title: incident.title,
        summary: incident.summary,
        verdict: verdict(incident.verdict),
        confidence: incident.confidence,
        instances: incident.instances,
        anomaly_count: incident.anomaly_count,
        window: window(incident.window),
        opened_at: timestamp(incident.opened_at),
        updated_at: timestamp(incident.updated_at),
        resolved_at: incident.resolved_at.map(timestamp),
        assignee: incident.assignee,
    }
}

pub(in crate::http) fn detail(mut found: Incident) -> wire::IncidentDetail {
    use std::mem::take;
    wire::IncidentDetail {
        root_cause: take(&mut found.root_cause),
        fix_plan: fix_plan(take(&mut found.fix_plan)),
        verdict_reason: take(&mut found.verdict_reason),
        hypotheses: hypotheses(take(&mut found.hypotheses)),
        evidence: take(&mut found.evidence).into_iter().map(fact).collect(),
        timeline: take(&mut found.timeline).into_iter().map(entry).collect(),
        provider: take(&mut found.author_provider),
        model: take(&mut found.author_model),
        unasked: found.author_unasked.take(),
        rca_id: found.rca_id.take().map(String::from),
        last_batch_id: found.last_batch_id.take().map(String::from),
        incident: incident(found),
    }
}

pub(in crate::http) fn similar((found, likeness): (Incident, Likeness)) -> wire::SimilarIncident {
    wire::SimilarIncident {
        score: likeness.score,
        common: likeness.words(),
        ended: similar::ending(&found).map(str::to_owned),
        incident: incident(found),
    }
}

fn entry(event: TimelineEvent) -> wire::TimelineEntry {
    let (kind, detail) = match event.kind {
        EventKind::Opened => (wire::TimelineKind::Opened, None),
        EventKind::Updated { what } => (wire::TimelineKind::Updated, Some(what)),
        EventKind::Acknowledged => (wire::TimelineKind::Acknowledged, None),
        EventKind::Resolved { why } => (wire::TimelineKind::Resolved, Some(why)),
        EventKind::Reopened => (wire::TimelineKind::Reopened, None),
        EventKind::Assigned { to } => (wire::TimelineKind::Assigned, to),
        EventKind::Commented { text } => (wire::TimelineKind::Commented, Some(text)),
        EventKind::CommentDeleted => (wire::TimelineKind::CommentDeleted, None),
    };
    let actor = match event.actor {
        Actor::User { name } => name,
        Actor::ApiKey { name } => format!("api key {name}"),
        Actor::Batch { id } => format!("batch {id}"),
    };
    wire::TimelineEntry { seq: event.seq, at: timestamp(event.at), actor, kind, detail }
}
