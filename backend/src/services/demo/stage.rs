//! Playing: the scenario's clock is turned minute by minute, and each minute is a batch like any other.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use watchkeeper_domain::batch::Trigger;
use watchkeeper_domain::demo::{Play, RUN_ID, Run, RunState, Scenario};
use watchkeeper_domain::id::{Id, IncidentId, TargetId};
use watchkeeper_domain::llm::Provider;
use watchkeeper_domain::settings::TenantSettings;
use watchkeeper_domain::target::search::terms;
use watchkeeper_domain::target::{Scheme, Target};
use watchkeeper_domain::time::{MINUTE, UtcMillis};

use super::{DemoService, KEPT_MS, LEASE_MS, Ticket};
use crate::auth::TenantScope;
use crate::clock::Clock;
use crate::services::ServiceError;
use crate::services::analyst::Analyst;
use crate::services::batch::{BatchService, Limits};
use crate::store::Filter;

/// A scripted minute is a batch's interval.
const INTERVAL_SECONDS: u32 = 60;

impl DemoService {
    /// Runs that were started on this server and that nobody plays yet.
    #[must_use]
    pub fn tickets(&self) -> Vec<Ticket> {
        std::mem::take(&mut *self.queue.lock())
    }

    /// Plays one run to its end, to its removal, or until the server stops.
    pub async fn play(&self, ticket: Ticket, stopping: CancellationToken) {
        let _ended = ticket.switch.ended.clone().drop_guard();
        let outcome = tokio::select! {
            outcome = Box::pin(self.minutes(&ticket)) => outcome,
            () = stopping.cancelled() => Ok(RunState::Interrupted),
            () = ticket.switch.off.cancelled() => Ok(RunState::Interrupted),
        };
        let state = outcome.unwrap_or_else(|error| {
            tracing::error!(tenant.id = ticket.scope.key(), error = %error, "a demo broke off");
            RunState::Interrupted
        });
        if let Err(error) = self.end(&ticket.scope, &ticket.token, state).await {
            tracing::warn!(tenant.id = ticket.scope.key(), error = %error, "the end of a demo is not written; its lease runs out");
        }
        self.playing.lock().remove(ticket.scope.key());
    }

    async fn minutes(&self, ticket: &Ticket) -> Result<RunState, ServiceError> {
        let Ticket { scope, scenario, origin, token, .. } = ticket;
        let clock = Clock::manual(*origin);
        let batches = self.batches(&clock);
        let pace = self.pace.per_minute(scenario.minutes);
        let began = Instant::now();
        let mut about: Option<IncidentId> = None;
        let store = self.store.tenant(scope);
        for minute in 0..=scenario.minutes {
            tokio::time::sleep_until(began + pace * minute).await;
            let now = *origin + i64::from(minute) * MINUTE;
            clock.set(now);
            let begun = self.clock.now();
            let begins = json!({ "minute": minute, "lease_until": begun + LEASE_MS, "updated_at": begun });
            if store.update::<Run>(&this(token), &begins).await? == 0 {
                return Ok(RunState::Interrupted);
            }
            let batch = batches.run(scope, Trigger::Schedule, now).await?;
            about = about.or_else(|| batch.incident_ids.first().cloned());
            // What the batch made of the minute is told now, not with the next one.
            let judged = json!({ "incident_id": about, "updated_at": self.clock.now() });
            store.update::<Run>(&this(token), &judged).await?;
        }
        Ok(RunState::Finished)
    }

    /// The real pipeline on the demo's clock. It asks no model, whatever the settings say, and counts into nobody's figures.
    fn batches(&self, clock: &Clock) -> BatchService {
        let analyst = Arc::new(Analyst::without_models(self.store.clone(), clock.clone()));
        let kept = Duration::from_millis(KEPT_MS.unsigned_abs());
        let limits = Limits::new(Duration::from_secs(INTERVAL_SECONDS.into()), kept);
        let (store, source) = (self.store.clone(), Arc::clone(&self.source));
        BatchService::new(store, source, analyst, clock.clone(), self.notices.clone(), limits, &self.server)
    }

    /// Writes how a run ended, if it is still the one.
    pub(super) async fn end(&self, scope: &TenantScope, token: &str, state: RunState) -> Result<(), ServiceError> {
        let now = self.clock.now();
        let end = json!({ "state": state, "finished_at": now, "updated_at": now, "lease_until": 0 });
        self.store.tenant(scope).update::<Run>(&this(token), &end).await?;
        Ok(())
    }

    /// The tenant's targets and settings.
    pub(super) async fn set_the_stage(
        &self,
        scope: &TenantScope,
        scenario: &Scenario,
        origin: UtcMillis,
    ) -> Result<(), ServiceError> {
        let targets: Vec<Target> = Play::new(scenario, origin)
            .hosts()
            .iter()
            .map(|host| {
                let tags = [("env".to_owned(), "demo".to_owned())].into();
                Target {
                    id: TargetId::derive(&[scope.key(), host.instance]),
                    address: host.instance.to_owned(),
                    scheme: Scheme::Http,
                    metrics_path: "/metrics".to_owned(),
                    name: host.name.to_owned(),
                    terms: terms(host.name, host.instance, &tags),
                    tags,
                    kind: host.kind,
                    enabled: true,
                    created_at: origin - MINUTE,
                    updated_at: origin - MINUTE,
                }
            })
            .collect();
        let settings = TenantSettings {
            batch_interval_seconds: Some(INTERVAL_SECONDS),
            provider: Some(Provider::Builtin),
            updated_at: origin,
            ..TenantSettings::default()
        };
        let store = self.store.tenant(scope);
        store.insert_many(&targets).await?;
        store.upsert(&settings).await?;
        Ok(())
    }
}

/// The run, while this token plays it.
fn this(token: &str) -> Filter {
    Filter::eq("id", RUN_ID).and(Filter::eq("lease_owner", token)).and(Filter::eq("state", "playing"))
}
