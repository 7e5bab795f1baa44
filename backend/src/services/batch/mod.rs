//! The batch: gather → examine → gate → judge → correlate → store, for one tenant and one window.
//!
//! Every id in it derives from the tenant and the window's end, so that a batch which a crash cut off is repeated without
//! a second incident, anomaly or message. Order of writes: batch (incomplete), incidents, anomalies, root causes, batch
//! (complete). A quiet batch is one write.

pub mod errand;
mod habit;
mod judge;
pub mod lease;
mod look;
mod settle;

use std::sync::Arc;
use std::time::Duration;

use watchkeeper_clients::metrics::MetricsSource;
use watchkeeper_domain::batch::{Batch, Outcome, Trigger};
use watchkeeper_domain::id::{BatchId, Id};
use watchkeeper_domain::settings::TenantSettings;
use watchkeeper_domain::time::UtcMillis;

use super::analyst::Analyst;
use super::{ServiceError, settings};
use crate::auth::TenantScope;
use crate::clock::Clock;
use crate::nudge::Nudge;
use crate::store::Store;
use crate::telemetry::Telemetry;

/// What the operator set for all tenants.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// A tenant's interval where it chose none.
    pub default_interval: Duration,
    /// How long the metrics source may take.
    pub gather_deadline: Duration,
    /// Series of one tenant in one batch.
    pub max_series: usize,
    /// How long batches, anomalies and root causes are kept.
    pub retention: Duration,
}

impl Limits {
    #[must_use]
    pub fn new(default_interval: Duration, retention: Duration) -> Self {
        Self { default_interval, gather_deadline: Duration::from_secs(20), max_series: 20_000, retention }
    }

    fn expires(&self, at: UtcMillis) -> UtcMillis {
        at + millis(self.retention)
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// Runs batches. Cheap to clone.
#[derive(Debug, Clone)]
pub struct BatchService {
    store: Store,
    source: Arc<dyn MetricsSource>,
    analyst: Arc<Analyst>,
    clock: Clock,
    /// Wakes the job that turns notices into messages.
    notices: Nudge,
    limits: Limits,
    /// This server's name on leases.
    server: Arc<str>,
    telemetry: Telemetry,
    habits: habit::Known,
}

impl BatchService {
    #[must_use]
    pub fn new(
        store: Store,
        source: Arc<dyn MetricsSource>,
        analyst: Arc<Analyst>,
        clock: Clock,
        notices: Nudge,
        limits: Limits,
        server: &str,
    ) -> Self {
        let (server, telemetry) = (Arc::from(server), Telemetry::new());
        Self { store, source, analyst, clock, notices, limits, server, telemetry, habits: habit::known() }
    }

    /// Counts into `telemetry` from here on.
    #[must_use]
    pub fn counted(self, telemetry: Telemetry) -> Self {
        Self { telemetry, ..self }
    }

    /// The tenant's batch that ends at `window_end`; a batch that is complete already is answered as it stands.
    ///
    /// # Errors
    /// When the store fails. A metrics source that fails is a failed batch, not an error.
    pub async fn run(
        &self,
        scope: &TenantScope,
        trigger: Trigger,
        window_end: UtcMillis,
    ) -> Result<Batch, ServiceError> {
        let id = BatchId::derive(&[scope.key(), &window_end.0.to_string()]);
        let settings = settings::of(&self.store, scope).await?;
        let stored = self.store.tenant(scope).get::<Batch>(id.as_str()).await?.map(|found| found.doc);
        let mut batch = match stored {
            Some(batch) if batch.complete => return Ok(batch),
            Some(cut_off) => cut_off,
            None => self.look(scope, &settings, id, trigger, window_end).await?,
        };
        self.finish(scope, &settings, &mut batch).await?;
        let facts = u32::try_from(batch.facts.len()).unwrap_or(u32::MAX);
        let late = u64::try_from(batch.started_at.since(window_end)).unwrap_or_default();
        self.telemetry.batch(batch.outcome.as_str(), batch.receipt.series, facts, Duration::from_millis(late));
        tracing::info!(
            tenant.id = scope.key(),
            batch.id = %batch.id,
            batch.series = batch.receipt.series,
            batch.facts = batch.facts.len(),
            batch.incidents = batch.incident_ids.len(),
            batch.outcome = batch.outcome.as_str(),
            duration_ms = batch.finished_at.since(batch.started_at),
            "batch finished"
        );
        Ok(batch)
    }

    async fn finish(
        &self,
        scope: &TenantScope,
        settings: &TenantSettings,
        batch: &mut Batch,
    ) -> Result<(), ServiceError> {
        let sightings = match &batch.outcome {
            Outcome::Quiet => Vec::new(),
            Outcome::Analysed => {
                self.store.tenant(scope).upsert(batch).await?;
                self.judge(scope, settings, batch).await?
            }
            Outcome::Failed { reason } => {
                let reason = reason.clone();
                self.blindness(scope, batch, &reason).await?
            }
        };
        let links = self.correlate(scope, settings, batch, &sightings).await?;
        self.record(scope, batch, &sightings, &links).await?;
        batch.incident_ids = links.into_values().map(|link| link.incident).collect();
        batch.incident_ids.sort();
        batch.incident_ids.dedup();
        batch.finished_at = self.clock.now();
        batch.complete = true;
        self.store.tenant(scope).upsert(batch).await?;
        Ok(())
    }
}
