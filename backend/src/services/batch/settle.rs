//! What a batch leaves behind: changed incidents (compare-and-set), anomalies and root causes. Safe to repeat.

use std::collections::{BTreeMap, BTreeSet};

use watchkeeper_domain::anomaly::{Anomaly, Rca};
use watchkeeper_domain::batch::{Batch, Outcome};
use watchkeeper_domain::fact::Fact;
use watchkeeper_domain::id::{AnomalyId, Id, IncidentId, RcaId};
use watchkeeper_domain::incident::Incident;
use watchkeeper_domain::incident::correlate::{Correlation, REOPEN_WITHIN_MS, View, Why, correlate};
use watchkeeper_domain::incident::sighting::{Judged, Sighting};
use watchkeeper_domain::metric::ScrapeState;
use watchkeeper_domain::settings::TenantSettings;
use watchkeeper_domain::target::Target;
use watchkeeper_domain::time::UtcMillis;
use watchkeeper_domain::verdict::{AnswerAnomaly, Severity};

use super::BatchService;
use crate::auth::TenantScope;
use crate::services::ServiceError;
use crate::store::{self, Document, Filter, Order, Query, Value, Versioned};

/// Times a decision is made again because somebody changed an incident meanwhile.
const MAX_ROUNDS: usize = 6;
/// Live incidents and watched targets that one batch looks at.
const MOST: u32 = 1000;

/// Which incident a sighting belongs to, by fingerprint.
pub(super) type Links = BTreeMap<String, Link>;

#[derive(Debug, Clone)]
pub(super) struct Link {
    pub(super) incident: IncidentId,
    /// What the incident's words rest on.
    rca: Option<RcaId>,
}

impl BatchService {
    /// Decides and writes until no write loses a race; bounded.
    pub(super) async fn correlate(
        &self,
        scope: &TenantScope,
        settings: &TenantSettings,
        batch: &Batch,
        sightings: &[Sighting],
    ) -> Result<Links, ServiceError> {
        for _round in 0..MAX_ROUNDS {
            let known = self.known(scope, !sightings.is_empty()).await?;
            if known.is_empty() && sightings.is_empty() {
                return Ok(Links::new());
            }
            let watched = self.watched(scope).await?;
            let decided = decide(&known, sightings, batch, settings, &watched, self.clock.now());
            match self.write(scope, &known, &decided).await {
                Ok(()) => {
                    if decided.changes.iter().any(|change| change.incident.has_pending) {
                        self.notices.nudge();
                    }
                    return Ok(linked(&known, decided));
                }
                Err(store::Error::Conflict | store::Error::Duplicate { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(ServiceError::Conflict("the incidents kept changing while the batch was settled".to_owned()))
    }

    async fn write(
        &self,
        scope: &TenantScope,
        known: &[Versioned<Incident>],
        decided: &Correlation,
    ) -> Result<(), store::Error> {
        let store = self.store.tenant(scope);
        for change in &decided.changes {
            match known.iter().find(|known| known.doc.id == change.incident.id) {
                Some(known) => store.replace(&change.incident, known.rev).await.map(drop)?,
                None => store.insert(&change.incident).await?,
            }
            if let Some(kind) = word(&change.why) {
                self.telemetry.incident(kind);
                tracing::info!(
                    tenant.id = scope.key(),
                    incident.id = %change.incident.id,
                    incident.change = kind,
                    "incident changed"
                );
            }
        }
        Ok(())
    }

    /// Live incidents and, where a failure may return, those resolved lately.
    async fn known(&self, scope: &TenantScope, with_resolved: bool) -> Result<Vec<Versioned<Incident>>, ServiceError> {
        let mut known = self.live(scope).await?;
        if with_resolved {
            let since = self.clock.now() - REOPEN_WITHIN_MS;
            let lately = Filter::eq("state", "resolved").and(Filter::range("resolved_at", Some(since.0), None));
            let query = Query::new(lately, Order::newest("opened_at"), MOST);
            known.extend(self.store.tenant(scope).find_versioned(&query).await?);
        }
        Ok(known)
    }

    pub(super) async fn live(&self, scope: &TenantScope) -> Result<Vec<Versioned<Incident>>, ServiceError> {
        let live = Filter::In("state", vec![Value::from("open"), Value::from("acknowledged")]);
        let query = Query::new(live, Order::newest("opened_at"), MOST);
        Ok(self.store.tenant(scope).find_versioned(&query).await?)
    }

    async fn watched(&self, scope: &TenantScope) -> Result<BTreeSet<String>, ServiceError> {
        let query = Query::new(Filter::eq("enabled", true), Order::oldest("created_at"), MOST);
        let targets = self.store.tenant(scope).find::<Target>(&query).await?;
        Ok(targets.items.into_iter().map(|target| target.address).collect())
    }

    /// Anomalies and root causes of the sightings that were judged a failure.
    pub(super) async fn record(
        &self,
        scope: &TenantScope,
        batch: &Batch,
        sightings: &[Sighting],
        links: &Links,
    ) -> Result<(), ServiceError> {
        let mut anomalies = Vec::new();
        let mut causes = Vec::new();
        for sighting in sightings {
            let Some(judged) = &sighting.judged else { continue };
            let link = links.get(&sighting.fingerprint);
            // An incident that only goes on rests on an earlier root cause; a row a minute would say nothing new.
            if link.is_some_and(|link| link.rca.as_ref() != Some(&judged.rca_id)) {
                continue;
            }
            let incident = link.map(|link| &link.incident);
            anomalies.extend(anomalies_of(batch, sighting, judged, incident));
            causes.extend(incident.and_then(|incident| cause_of(batch, judged, incident)));
        }
        self.insert_all(scope, &anomalies).await?;
        self.insert_all(scope, &causes).await
    }

    /// A duplicate was written before the batch was cut off, and is the same.
    async fn insert_all<D: Document>(&self, scope: &TenantScope, docs: &[D]) -> Result<(), ServiceError> {
        if docs.is_empty() {
            return Ok(());
        }
        let outcome = self.store.tenant(scope).insert_many(docs).await?;
        let real = outcome.refused.into_iter().find(|(_, why)| !matches!(why, store::Error::Duplicate { .. }));
        real.map_or(Ok(()), |(_, why)| Err(why.into()))
    }
}

/// What happened to the incident, for a log and a counter; nothing while it stays as it is.
fn word(why: &Why) -> Option<&'static str> {
    match why {
        Why::Opened => Some("opened"),
        Why::Returned => Some("reopened"),
        Why::Moved(_) => Some("updated"),
        Why::Ended => Some("resolved"),
        Why::Steady | Why::Quiet => None,
    }
}

/// The links, with what each incident rests on after this batch.
fn linked(known: &[Versioned<Incident>], decided: Correlation) -> Links {
    let changed = decided.changes.iter().map(|change| &change.incident);
    let incidents: BTreeMap<&IncidentId, &Incident> =
        known.iter().map(|known| &known.doc).chain(changed).map(|incident| (&incident.id, incident)).collect();
    let rests_on = |id: &IncidentId| incidents.get(id).and_then(|incident| incident.rca_id.clone());
    decided
        .links
        .into_iter()
        .map(|(fingerprint, id)| (fingerprint, Link { rca: rests_on(&id), incident: id }))
        .collect()
}

fn decide(
    known: &[Versioned<Incident>],
    sightings: &[Sighting],
    batch: &Batch,
    settings: &TenantSettings,
    watched: &BTreeSet<String>,
    now: UtcMillis,
) -> Correlation {
    let answering = batch.targets.iter().filter(|target| target.state == ScrapeState::Up);
    let visible: BTreeSet<String> = answering.map(|target| target.instance.clone()).collect();
    let failed = matches!(batch.outcome, Outcome::Failed { .. });
    let view = View {
        batch_id: &batch.id,
        now,
        window: batch.window,
        visible: (!failed).then_some(&visible),
        watched,
        resolve_after: settings.resolve_after_batches,
    };
    let known: Vec<Incident> = known.iter().map(|known| known.doc.clone()).collect();
    correlate(sightings, &known, &view)
}

fn anomalies_of<'a>(
    batch: &'a Batch,
    sighting: &'a Sighting,
    judged: &'a Judged,
    incident: Option<&'a IncidentId>,
) -> impl Iterator<Item = Anomaly> + 'a {
    let answer = &judged.verified.answer;
    let severity = answer.incident.as_ref().map_or(Severity::Low, |i| i.severity);
    answer.anomalies.iter().enumerate().map(move |(at, anomaly)| Anomaly {
        id: AnomalyId::derive(&[batch.id.as_str(), &sighting.fingerprint, &at.to_string()]),
        batch_id: batch.id.clone(),
        incident_id: incident.cloned(),
        at: batch.window.end,
        metric: anomaly.metric.clone(),
        instance: anomaly.instance.clone(),
        observed: anomaly.observed.clone(),
        expected: anomaly.expected.clone(),
        symptom: anomaly.symptom.clone(),
        severity,
        fact_ids: anomaly.evidence.clone(),
        fact: proof(anomaly, &sighting.facts),
        expires_at: batch.expires_at,
    })
}

fn proof(anomaly: &AnswerAnomaly, facts: &[Fact]) -> Option<Fact> {
    facts.iter().find(|fact| anomaly.evidence.contains(&fact.id)).cloned()
}

fn cause_of(batch: &Batch, judged: &Judged, incident: &IncidentId) -> Option<Rca> {
    let verified = &judged.verified;
    let words = verified.answer.incident.as_ref()?;
    Some(Rca {
        id: judged.rca_id.clone(),
        batch_id: batch.id.clone(),
        incident_id: incident.clone(),
        at: batch.window.end,
        title: words.title.clone(),
        summary: words.summary.clone(),
        root_cause: words.root_cause.clone(),
        fix_plan: words.fix_plan.clone(),
        severity: words.severity,
        verdict: verified.verdict,
        confidence: verified.confidence,
        verdict_reason: verified.reason.clone(),
        hypotheses: verified.answer.hypotheses.clone(),
        evidence: words.evidence.clone(),
        dropped: verified.dropped.clone(),
        author: verified.author.clone(),
        llm_call_id: judged.llm_call_id.clone(),
        expires_at: batch.expires_at,
    })
}
