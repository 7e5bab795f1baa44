//! Incidents, anomalies and root causes as people read and change them.

use watchkeeper_domain::anomaly::{Anomaly, Rca};
use watchkeeper_domain::batch::Batch;
use watchkeeper_domain::id::{AnomalyId, BatchId, Id, IncidentId, RcaId};
use watchkeeper_domain::incident::life::{self, InvalidTransition};
use watchkeeper_domain::incident::{Actor, Incident};
use watchkeeper_domain::time::UtcMillis;

use super::ServiceError;
use crate::auth::TenantScope;
use crate::clock::Clock;
use crate::nudge::Nudge;
use crate::store::{self, Document, Page, Query, Store};
use crate::telemetry::Telemetry;

/// Times a change is tried again because a batch wrote meanwhile.
const MAX_ROUNDS: usize = 6;
/// Characters of a person's reason that are kept.
const MAX_WHY: usize = 500;

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

    /// # Errors
    /// When the store fails or the cursor is not of this list.
    pub async fn batches(&self, scope: &TenantScope, query: &Query) -> Result<Page<Batch>, ServiceError> {
        self.page(scope, query).await
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
            let changed = decide(found.doc, by.clone(), self.clock.now())
                .map_err(|refused| ServiceError::InvalidState(refused.to_string()))?;
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
