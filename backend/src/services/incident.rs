//! Incidents, anomalies and root causes as people read and change them.

use watchkeeper_domain::anomaly::{Anomaly, Rca};
use watchkeeper_domain::batch::Batch;
use watchkeeper_domain::id::{AnomalyId, BatchId, Id, IncidentId, RcaId};
use watchkeeper_domain::incident::life::{self, Comment, InvalidTransition};
use watchkeeper_domain::incident::similar::{self, Likeness};
use watchkeeper_domain::incident::{Actor, Incident, family};
use watchkeeper_domain::time::UtcMillis;

use super::ServiceError;
use crate::auth::TenantScope;
use crate::clock::Clock;
use crate::nudge::Nudge;
use crate::store::{self, Document, Filter, Order, Page, Query, Store, Value};
use crate::telemetry::Telemetry;

/// Times a change is tried again because a batch wrote meanwhile.
const MAX_ROUNDS: usize = 6;
/// Characters of a person's reason that are kept.
const MAX_WHY: usize = 500;
/// Incidents acknowledged in one call.
const MAX_BULK: usize = 100;
/// Incidents of one kind, and on the same instances, that likeness is looked for among, newest first.
const CANDIDATES: u32 = 100;

/// What became of several acknowledgements: each id that changed, and each that did not with its reason.
#[derive(Debug, Default)]
pub struct Acknowledged {
    pub done: Vec<IncidentId>,
    pub refused: Vec<(IncidentId, String)>,
}

/// Reads what batches found, and lets people change incidents. Cheap to clone.
#[derive(Debug, Clone)]
pub struct IncidentService {
    store: Store,
    clock: Clock,
    /// Wakes the job that turns notices into messages.
    notices: Nudge,
    telemetry: Telemetry,
}

impl IncidentService {
    #[must_use]
    pub fn new(store: Store, clock: Clock, notices: Nudge) -> Self {
        Self { store, clock, notices, telemetry: Telemetry::new() }
    }

    /// Counts into `telemetry` from here on.
    #[must_use]
    pub fn counted(self, telemetry: Telemetry) -> Self {
        Self { telemetry, ..self }
    }

    /// # Errors
    /// When the store fails or the cursor is not of this list.
    pub async fn list(&self, scope: &TenantScope, query: &Query) -> Result<Page<Incident>, ServiceError> {
        self.page(scope, query).await
    }

    /// Finished ones: what came of a batch is not known before.
    ///
    /// # Errors
    /// When the store fails or the cursor is not of this list.
    pub async fn batches(&self, scope: &TenantScope, query: &Query) -> Result<Page<Batch>, ServiceError> {
        let filter = query.filter.clone().and(Filter::eq("complete", true));
        self.page(scope, &Query { filter, ..query.clone() }).await
    }

    /// # Errors
    /// When the store fails or the cursor is not of this list.
    pub async fn anomalies(&self, scope: &TenantScope, query: &Query) -> Result<Page<Anomaly>, ServiceError> {
        self.page(scope, query).await
    }

    /// # Errors
    /// When the store fails or the cursor is not of this list.
    pub async fn causes(&self, scope: &TenantScope, query: &Query) -> Result<Page<Rca>, ServiceError> {
        self.page(scope, query).await
    }

    /// # Errors
    /// [`ServiceError::NotFound`], also for another tenant's.
    pub async fn get(&self, scope: &TenantScope, id: &IncidentId) -> Result<Incident, ServiceError> {
        self.one(scope, id).await
    }

    /// # Errors
    /// [`ServiceError::NotFound`], also for another tenant's.
    pub async fn batch(&self, scope: &TenantScope, id: &BatchId) -> Result<Batch, ServiceError> {
        self.one(scope, id).await
    }

    /// # Errors
    /// [`ServiceError::NotFound`], also for another tenant's.
    pub async fn anomaly(&self, scope: &TenantScope, id: &AnomalyId) -> Result<Anomaly, ServiceError> {
        self.one(scope, id).await
    }

    /// # Errors
    /// [`ServiceError::NotFound`], also for another tenant's.
    pub async fn cause(&self, scope: &TenantScope, id: &RcaId) -> Result<Rca, ServiceError> {
        self.one(scope, id).await
    }

    /// # Errors
    /// [`ServiceError::InvalidState`] unless the incident is open.
    pub async fn acknowledge(&self, scope: &TenantScope, id: &IncidentId) -> Result<Incident, ServiceError> {
        self.change(scope, id, life::acknowledge).await
    }

    /// # Errors
    /// [`ServiceError::InvalidState`] when it is resolved already.
    pub async fn resolve(
        &self,
        scope: &TenantScope,
        id: &IncidentId,
        why: Option<String>,
    ) -> Result<Incident, ServiceError> {
        let why = why.map(|why| why.trim().chars().take(MAX_WHY).collect::<String>()).filter(|why| !why.is_empty());
        let why = why.unwrap_or_else(|| "resolved by hand".to_owned());
        self.change(scope, id, |incident, by, at| life::resolve(incident, by, why.clone(), at)).await
    }

    /// # Errors
    /// [`ServiceError::InvalidState`] unless it is resolved and no other incident of the same failure is open.
    pub async fn reopen(&self, scope: &TenantScope, id: &IncidentId) -> Result<Incident, ServiceError> {
        self.change(scope, id, life::reopen).await
    }

    /// Adds somebody's words to the timeline.
    ///
    /// # Errors
    /// [`ServiceError::Validation`] when there is nothing in it or too much, [`ServiceError::InvalidState`] when the incident
    /// holds as many comments as are kept.
    pub async fn comment(&self, scope: &TenantScope, id: &IncidentId, text: &str) -> Result<Incident, ServiceError> {
        let comment = Comment::parse(text).map_err(|why| ServiceError::field("text", why))?;
        self.change(scope, id, |incident, by, at| life::comment(incident, by, comment.clone(), at)).await
    }

    /// Takes back a comment of whoever asks; `seq` is its number in the timeline.
    ///
    /// # Errors
    /// [`ServiceError::InvalidState`] when it is none, or somebody else's.
    pub async fn delete_comment(
        &self,
        scope: &TenantScope,
        id: &IncidentId,
        seq: u32,
    ) -> Result<Incident, ServiceError> {
        self.change(scope, id, |incident, by, at| life::delete_comment(incident, by, seq, at)).await
    }

    /// Hands it to one of the account's `members`, or to nobody.
    ///
    /// # Errors
    /// [`ServiceError::Validation`] when there is no such member.
    pub async fn assign(
        &self,
        scope: &TenantScope,
        id: &IncidentId,
        to: Option<String>,
        members: &[String],
    ) -> Result<Incident, ServiceError> {
        if to.as_ref().is_some_and(|to| !members.contains(to)) {
            return Err(ServiceError::field(
                "assignee",
                format!("name one of: {}; or null for nobody", members.join(", ")),
            ));
        }
        self.change(scope, id, |incident, by, at| Ok(life::assign(incident, by, to.clone(), at))).await
    }

    /// Acknowledges each by itself; one that cannot be does not stop the others.
    ///
    /// # Errors
    /// [`ServiceError::Validation`] for none or too many, and when the store fails.
    pub async fn acknowledge_all(&self, scope: &TenantScope, ids: &[IncidentId]) -> Result<Acknowledged, ServiceError> {
        if ids.is_empty() || ids.len() > MAX_BULK {
            return Err(ServiceError::field("ids", format!("name 1 to {MAX_BULK} incidents")));
        }
        let mut outcome = Acknowledged::default();
        for id in ids {
            match self.acknowledge(scope, id).await {
                Ok(_incident) => outcome.done.push(id.clone()),
                Err(ServiceError::NotFound) => {
                    outcome.refused.push((id.clone(), "there is no such incident".to_owned()));
                }
                Err(ServiceError::InvalidState(why) | ServiceError::Conflict(why)) => {
                    outcome.refused.push((id.clone(), why));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(outcome)
    }

    /// Incidents that are like this one, the most alike first.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], also for another tenant's.
    pub async fn similar(
        &self,
        scope: &TenantScope,
        id: &IncidentId,
    ) -> Result<Vec<(Incident, Likeness)>, ServiceError> {
        let incident = self.get(scope, id).await?;
        let kind = Filter::eq("family", family(&incident.fingerprint));
        let place = Filter::In("instances", incident.instances.iter().map(|one| Value::from(one.as_str())).collect());
        let query = Query::new(Filter::Or(vec![kind, place]), Order::newest("opened_at"), CANDIDATES);
        let candidates = self.store.tenant(scope).find::<Incident>(&query).await?;
        Ok(similar::similar(&incident, candidates.items))
    }

    async fn page<D: Document>(&self, scope: &TenantScope, query: &Query) -> Result<Page<D>, ServiceError> {
        Ok(self.store.tenant(scope).find(query).await?)
    }

    async fn one<D: Document>(&self, scope: &TenantScope, id: &impl Id) -> Result<D, ServiceError> {
        let found = self.store.tenant(scope).get::<D>(id.as_str()).await?;
        found.map(|found| found.doc).ok_or(ServiceError::NotFound)
    }

    /// Read, decide, compare-and-set; bounded.
    async fn change(
        &self,
        scope: &TenantScope,
        id: &IncidentId,
        decide: impl Fn(Incident, Actor, UtcMillis) -> Result<Incident, InvalidTransition>,
    ) -> Result<Incident, ServiceError> {
        let by = scope.actor().ok_or_else(|| ServiceError::Internal("a job cannot act as a person".to_owned()))?;
        let store = self.store.tenant(scope);
        for _round in 0..MAX_ROUNDS {
            let found = store.get::<Incident>(id.as_str()).await?.ok_or(ServiceError::NotFound)?;
            let last = found.doc.timeline.last().map(|event| event.seq);
            let changed = decide(found.doc, by.clone(), self.clock.now())
                .map_err(|refused| ServiceError::InvalidState(refused.to_string()))?;
            if changed.timeline.last().map(|event| event.seq) == last {
                return Ok(changed);
            }
            match store.replace(&changed, found.rev).await {
                Ok(_rev) => {
                    if let Some(event) = changed.timeline.last() {
                        self.telemetry.incident(event.kind.as_str());
                    }
                    self.notices.nudge();
                    return Ok(changed);
                }
                Err(store::Error::Conflict) => {}
                Err(store::Error::Duplicate { .. }) => {
                    let why = "another incident of the same failure is open already";
                    return Err(ServiceError::InvalidState(why.to_owned()));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(ServiceError::Conflict("the incident kept changing; try again".to_owned()))
    }
}
