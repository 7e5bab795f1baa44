//! A failure as one batch saw it, and what the sighting does to its incident's document.

use std::collections::BTreeSet;

use super::correlate::View;
use super::{Actor, EventKind, Incident, IncidentState, Notice, family, search};
use crate::fact::Fact;
use crate::id::{IncidentId, LlmCallId, RcaId};
use crate::time::{MINUTE, UtcMillis, Window};
use crate::verdict::{AnswerIncident, Severity, Verdict, Verified};

/// Instances kept per incident.
const MAX_INSTANCES: usize = 100;
/// Facts kept as evidence.
const MAX_EVIDENCE: usize = 40;
/// Facts whose appearance makes an analyst look again.
const LEADING_FACTS: usize = 3;
/// A verdict or cause that wavers is written down each time, but told at most this often.
const RETELL_AFTER_MS: i64 = 15 * MINUTE;

/// One failure in one batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Sighting {
    pub fingerprint: String,
    pub instances: Vec<String>,
    /// The cluster's facts, best first.
    pub facts: Vec<Fact>,
    /// The analyst's verified words; absent when the facts are those the incident was judged by already.
    pub judged: Option<Judged>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    pub verified: Verified,
    pub rca_id: RcaId,
    /// The model call behind the words, where there was one.
    pub llm_call_id: Option<LlmCallId>,
}

/// In which way a standing incident is different now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Novelty {
    SeverityRose { from: Severity, to: Severity },
    VerdictChanged { from: Verdict, to: Verdict },
    CauseChanged,
    NewInstances(Vec<String>),
}

impl std::fmt::Display for Novelty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::SeverityRose { from, to } => write!(f, "severity rose from {from} to {to}"),
            Self::VerdictChanged { from, to } => write!(f, "verdict went from {from} to {to}"),
            Self::CauseChanged => f.write_str("the likely cause changed"),
            Self::NewInstances(new) => write!(f, "also on {}", new.join(", ")),
        }
    }
}

impl Novelty {
    /// Rising severity and new instances cannot waver: an incident keeps its highest severity and every instance.
    fn wavers(&self) -> bool {
        matches!(self, Self::VerdictChanged { .. } | Self::CauseChanged)
    }
}

impl Sighting {
    fn words(&self) -> Option<(&AnswerIncident, &Judged)> {
        let judged = self.judged.as_ref()?;
        judged.verified.answer.incident.as_ref().map(|words| (words, judged))
    }

    /// Judged, and judged to be a failure.
    pub(super) fn is_judged(&self) -> bool {
        self.words().is_some()
    }

    pub(super) fn severity(&self) -> Option<Severity> {
        self.words().map(|(words, _)| words.severity)
    }

    pub(super) fn title(&self) -> &str {
        self.words().map_or("", |(words, _)| words.title.as_str())
    }

    /// The incident this sighting opens; none when nobody judged it a failure.
    pub(super) fn open(&self, id: IncidentId, view: &View<'_>) -> Option<Incident> {
        let (words, judged) = self.words()?;
        let mut incident = Incident {
            id,
            fingerprint: self.fingerprint.clone(),
            open_key: Some(self.fingerprint.clone()),
            state: IncidentState::Open,
            severity: words.severity,
            severity_now: None,
            title: String::new(),
            summary: String::new(),
            root_cause: String::new(),
            fix_plan: words.fix_plan.clone(),
            verdict: judged.verified.verdict,
            confidence: 0,
            verdict_reason: String::new(),
            hypotheses: Vec::new(),
            evidence: Vec::new(),
            anomaly_count: 0,
            instances: Vec::new(),
            window: Window { start: self.since(view.window.start), end: view.window.end },
            author_provider: String::new(),
            author_model: String::new(),
            author_unasked: None,
            rca_id: None,
            opened_at: view.now,
            updated_at: view.now,
            resolved_at: None,
            quiet_batches: 0,
            last_batch_id: None,
            timeline: Vec::new(),
            pending_notices: Vec::new(),
            has_pending: false,
            assignee: None,
            family: String::new(),
            terms: Vec::new(),
        };
        self.rewrite(&mut incident, view);
        let by = Actor::Batch { id: view.batch_id.clone() };
        incident.announce(view.now, by, EventKind::Opened, Notice::Opened);
        Some(incident)
    }

    /// Brings a live incident up to date, and tells people when what changed is worth a message.
    pub(super) fn apply(&self, incident: &mut Incident, view: &View<'_>) -> Vec<Novelty> {
        let news = self.news(incident);
        let before = incident.clone();
        self.rewrite(incident, view);
        if news.is_empty() {
            if says_the_same(&before, incident) {
                incident.rca_id = before.rca_id;
            }
            return news;
        }
        let what = news.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        let by = Actor::Batch { id: view.batch_id.clone() };
        let kind = EventKind::Updated { what };
        if news.iter().all(Novelty::wavers) && told_lately(incident, view.now) {
            incident.record(view.now, by, kind);
        } else {
            incident.announce(view.now, by, kind, Notice::Updated);
        }
        news
    }

    /// Takes over evidence, and the words when there are new ones. Severity and instances only ever grow.
    pub(super) fn rewrite(&self, incident: &mut Incident, view: &View<'_>) {
        incident.quiet_batches = 0;
        incident.last_batch_id = Some(view.batch_id.clone());
        incident.updated_at = view.now;
        incident.window.end = view.window.end;
        incident.window.start = incident.window.start.min(self.since(view.window.start));
        incident.evidence = self.evidence(incident);
        let room = MAX_INSTANCES.saturating_sub(incident.instances.len());
        incident.instances.extend(self.new_instances(incident).into_iter().take(room));
        let Some((words, judged)) = self.words() else { return };
        if incident.fingerprint != self.fingerprint {
            incident.fingerprint.clone_from(&self.fingerprint);
            incident.open_key = Some(self.fingerprint.clone());
        }
        let verified = &judged.verified;
        family(&self.fingerprint).clone_into(&mut incident.family);
        incident.severity_now = Some(words.severity);
        incident.severity = incident.severity.max(words.severity);
        incident.title.clone_from(&words.title);
        incident.summary.clone_from(&words.summary);
        incident.root_cause.clone_from(&words.root_cause);
        incident.fix_plan = words.fix_plan.clone();
        incident.verdict = verified.verdict;
        incident.confidence = verified.confidence;
        incident.verdict_reason.clone_from(&verified.reason);
        incident.hypotheses.clone_from(&verified.answer.hypotheses);
        incident.anomaly_count = u32::try_from(verified.answer.anomalies.len()).unwrap_or(u32::MAX);
        incident.author_provider.clone_from(&verified.author.provider);
        incident.author_model.clone_from(&verified.author.model);
        incident.author_unasked.clone_from(&verified.author.unasked);
        incident.rca_id = Some(judged.rca_id.clone());
        incident.terms = search::terms(incident);
    }

    /// The proof, then the others, best first. Words that stay keep the proof they were judged by, as long as it is there.
    fn evidence(&self, before: &Incident) -> Vec<Fact> {
        let proves = |fact: &Fact| match self.words() {
            Some((_, judged)) => judged.verified.proof.as_ref() == Some(&fact.id),
            None => before.evidence.first().is_some_and(|proof| is_again(proof, fact)),
        };
        let (proof, others): (Vec<&Fact>, Vec<&Fact>) = self.facts.iter().partition(|fact| proves(fact));
        proof.into_iter().chain(others).take(MAX_EVIDENCE).cloned().collect()
    }

    fn news(&self, incident: &Incident) -> Vec<Novelty> {
        let mut news = Vec::new();
        if let Some((words, judged)) = self.words() {
            if words.severity > incident.severity {
                news.push(Novelty::SeverityRose { from: incident.severity, to: words.severity });
            }
            if judged.verified.verdict != incident.verdict {
                news.push(Novelty::VerdictChanged { from: incident.verdict, to: judged.verified.verdict });
            }
            if self.fingerprint != incident.fingerprint {
                news.push(Novelty::CauseChanged);
            }
        }
        let new = self.new_instances(incident);
        if !new.is_empty() && incident.instances.len() < MAX_INSTANCES {
            news.push(Novelty::NewInstances(new));
        }
        news
    }

    fn new_instances(&self, incident: &Incident) -> Vec<String> {
        let unknown = self.instances.iter().filter(|instance| !incident.instances.contains(instance));
        unknown.collect::<BTreeSet<_>>().into_iter().cloned().collect()
    }

    fn since(&self, window_start: UtcMillis) -> UtcMillis {
        self.facts.iter().map(|fact| fact.since).min().unwrap_or(window_start)
    }
}

/// The same author with the same title for the same reason; numbers within the sentences move with the failure.
fn says_the_same(before: &Incident, after: &Incident) -> bool {
    let said = |incident: &Incident| {
        let author = (incident.author_provider.clone(), incident.author_model.clone());
        (author, incident.title.clone(), incident.verdict_reason.clone())
    };
    said(before) == said(after)
}

fn told_lately(incident: &Incident, now: UtcMillis) -> bool {
    let last = incident.timeline.iter().rev().find(|event| matches!(event.kind, EventKind::Updated { .. }));
    last.is_some_and(|event| now.since(event.at) < RETELL_AFTER_MS)
}

/// Whether the incident's words still fit: its leading facts are of series and kinds that it was judged by.
#[must_use]
pub fn is_steady(incident: &Incident, facts: &[Fact]) -> bool {
    let known = |fact: &Fact| incident.evidence.iter().any(|old| is_again(old, fact));
    facts.iter().take(LEADING_FACTS).all(known)
}

/// The same series and kind; ids are new in each batch.
fn is_again(old: &Fact, fact: &Fact) -> bool {
    old.series == fact.series && std::mem::discriminant(&old.kind) == std::mem::discriminant(&fact.kind)
}
