//! Leases on tenants' schedules: one batch of a tenant at a time, over all servers.
//!
//! A lease is taken in one store step and renewed while the batch runs. A server that dies lets it lapse; then any server
//! takes the tenant up where it stood, with the same window, because the due point moves only when a batch is done.

use std::time::Duration;

use serde_json::json;
use watchkeeper_domain::batch::{Batch, Outcome, Trigger};
use watchkeeper_domain::id::UserId;
use watchkeeper_domain::schedule::DueGrid;
use watchkeeper_domain::time::{SECOND, UtcMillis};

use super::{BatchService, millis};
use crate::auth::{SystemScope, TenantScope};
use crate::services::{ServiceError, settings};
use crate::store::{self, Filter, Order, Query, Schedule};

/// A dead server's tenants wait at most this long, and no longer than one interval.
const LONGEST_LEASE: Duration = Duration::from_secs(45);
/// However short the interval, a lease survives a store that is slow for a moment.
const SHORTEST_LEASE: Duration = Duration::from_secs(3);
/// A lease is renewed this many times before it would lapse.
const RENEWALS: u32 = 3;
/// No batch takes longer; models and sources have shorter deadlines of their own.
const BATCH_DEADLINE: Duration = Duration::from_secs(240);
/// A tenant may ask for a batch this soon after the last one.
const MANUAL_EVERY_MS: i64 = SECOND;
/// Repeats of one window that the store refused, before the window is given up.
const MAX_ATTEMPTS: u32 = 8;
const MAX_ROUNDS: usize = 6;
/// The one schedule of a tenant.
const ID: &str = "schedule";

/// A tenant's turn, held by this server.
#[derive(Debug, Clone)]
pub struct Lease {
    pub due: UtcMillis,
    /// Names server and turn; what the schedule must still carry for the turn to be this one.
    token: String,
    attempt: u32,
}

/// Schedules with work that nobody holds.
fn free(now: UtcMillis) -> Filter {
    Filter::eq("active", true).and(Filter::below("lease_until", now.0.saturating_add(1)))
}

impl BatchService {
    fn lease(&self) -> Duration {
        self.limits.default_interval.clamp(SHORTEST_LEASE, LONGEST_LEASE)
    }

    fn lease_until(&self, now: UtcMillis) -> UtcMillis {
        now + millis(self.lease())
    }

    /// Takes the tenant that has been due longest, if one is due.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn claim(&self, system: &SystemScope, now: UtcMillis) -> Result<Option<(UserId, Lease)>, store::Error> {
        let due = free(now).and(Filter::below("next_run_at", now.0.saturating_add(1)));
        let query = Query::new(due, Order::oldest("next_run_at"), 1);
        let token = self.token();
        let set = json!({ "lease_until": self.lease_until(now), "lease_owner": token });
        let claimed = self.store.system(system).claim::<Schedule>(&query, &set, Some("attempt")).await?;
        Ok(claimed.and_then(|(user, found)| {
            let Schedule { next_run_at, attempt, .. } = found.doc;
            user.map(|user| (user, Lease { due: next_run_at, token, attempt }))
        }))
    }

    /// When the next tenant that nobody serves is due.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn next_due(&self, system: &SystemScope, now: UtcMillis) -> Result<Option<UtcMillis>, store::Error> {
        let query = Query::new(free(now), Order::oldest("next_run_at"), 1);
        let page = self.store.system(system).find::<Schedule>(&query).await?;
        Ok(page.items.into_iter().next().map(|(_, found)| found.doc.next_run_at))
    }

    fn token(&self) -> String {
        format!("{}/{}", self.server, uuid::Uuid::new_v4().simple())
    }

    /// Runs the batch of a claimed turn and hands the turn back.
    ///
    /// # Errors
    /// When the store fails or the lease was lost; the turn is then due again later.
    pub async fn run_turn(&self, scope: &TenantScope, lease: &Lease) -> Result<Batch, ServiceError> {
        let grid = self.grid(scope).await?;
        let end = grid.window_end(lease.due, self.clock.now());
        let outcome = self.run_leased(scope, lease, Trigger::Schedule, end).await;
        self.hand_back(scope, lease, &outcome, Some(grid)).await?;
        outcome
    }

    /// Runs the batch of a turn that somebody asked for, up to `now`, and hands the turn back.
    ///
    /// # Errors
    /// When the store fails or the lease was lost.
    pub async fn run_errand(&self, scope: &TenantScope, lease: &Lease, now: UtcMillis) -> Result<Batch, ServiceError> {
        let outcome = self.run_leased(scope, lease, Trigger::Manual, now).await;
        self.hand_back(scope, lease, &outcome, None).await?;
        outcome
    }

    /// Gives a turn back unfinished, so that another server takes it up at once.
    pub async fn release(&self, scope: &TenantScope, lease: &Lease) {
        let mine = Filter::eq("id", ID).and(Filter::eq("lease_owner", lease.token.as_str()));
        if let Err(error) = self.store.tenant(scope).update::<Schedule>(&mine, &json!({ "lease_until": 0 })).await {
            tracing::warn!(tenant.id = scope.key(), error = %error, "lease not released; it will lapse");
        }
    }

    async fn grid(&self, scope: &TenantScope) -> Result<DueGrid, ServiceError> {
        let settings = settings::of(&self.store, scope).await?;
        let interval = settings::interval(&settings, self.limits.default_interval);
        Ok(DueGrid::new(scope.key(), millis(interval)))
    }

    async fn run_leased(
        &self,
        scope: &TenantScope,
        lease: &Lease,
        trigger: Trigger,
        end: UtcMillis,
    ) -> Result<Batch, ServiceError> {
        let lost = || ServiceError::Conflict("another server took the tenant over".to_owned());
        tokio::select! {
            outcome = tokio::time::timeout(BATCH_DEADLINE, Box::pin(self.run(scope, trigger, end))) => {
                outcome.unwrap_or_else(|_elapsed| Err(ServiceError::Internal("the batch took too long".to_owned())))
            }
            () = self.renew_while_held(scope, lease) => Err(lost()),
        }
    }

    /// Returns when the lease is no longer this server's.
    async fn renew_while_held(&self, scope: &TenantScope, lease: &Lease) {
        let mine = Filter::eq("id", ID).and(Filter::eq("lease_owner", lease.token.as_str()));
        loop {
            tokio::time::sleep(self.lease() / RENEWALS).await;
            let until = json!({ "lease_until": self.lease_until(self.clock.now()) });
            match self.store.tenant(scope).update::<Schedule>(&mine, &until).await {
                Ok(0) => return,
                Ok(_) => {}
                Err(error) => tracing::warn!(tenant.id = scope.key(), error = %error, "lease not renewed"),
            }
        }
    }

    /// Takes a tenant's turn because somebody asked for it.
    ///
    /// # Errors
    /// [`ServiceError::Conflict`] while another batch of the tenant runs, [`ServiceError::RateLimited`] right after one.
    pub async fn claim_errand(&self, scope: &TenantScope, now: UtcMillis) -> Result<Lease, ServiceError> {
        let store = self.store.tenant(scope);
        let token = self.token();
        let Some(mut found) = store.get::<Schedule>(ID).await? else {
            store
                .insert(&Schedule { lease_until: self.lease_until(now), lease_owner: token.clone(), ..idle(now) })
                .await?;
            return Ok(Lease { due: now, token, attempt: 1 });
        };
        if found.doc.lease_until > now {
            return Err(ServiceError::Conflict(
                "A batch is running already; its result will be in the list.".to_owned(),
            ));
        }
        let since = found.doc.last_batch_at.map_or(i64::MAX, |last| now.since(last));
        if since < MANUAL_EVERY_MS {
            let wait = u64::try_from(MANUAL_EVERY_MS - since).unwrap_or(0);
            return Err(ServiceError::RateLimited { retry_after: Duration::from_millis(wait) });
        }
        found.doc.lease_until = self.lease_until(now);
        found.doc.lease_owner.clone_from(&token);
        store.replace(&found.doc, found.rev).await?;
        Ok(Lease { due: found.doc.next_run_at, token, attempt: 1 })
    }

    /// Ends the turn: the due point moves on (with a `grid`), or stays for a repeat after an error.
    async fn hand_back(
        &self,
        scope: &TenantScope,
        lease: &Lease,
        outcome: &Result<Batch, ServiceError>,
        grid: Option<DueGrid>,
    ) -> Result<(), ServiceError> {
        let store = self.store.tenant(scope);
        for _round in 0..MAX_ROUNDS {
            let Some(mut found) = store.get::<Schedule>(ID).await? else { return Ok(()) };
            if found.doc.lease_owner != lease.token {
                return Ok(());
            }
            settle(&mut found.doc, lease, outcome, grid, self.clock.now());
            match store.replace(&found.doc, found.rev).await {
                Err(store::Error::Conflict) => {}
                done => return done.map(drop).map_err(ServiceError::from),
            }
        }
        Err(ServiceError::Conflict("the schedule kept changing".to_owned()))
    }
}

fn settle(
    schedule: &mut Schedule,
    lease: &Lease,
    outcome: &Result<Batch, ServiceError>,
    grid: Option<DueGrid>,
    now: UtcMillis,
) {
    schedule.lease_until = UtcMillis(0);
    schedule.lease_owner = String::new();
    match outcome {
        Ok(batch) => {
            schedule.last_batch_at = Some(batch.window.end);
            schedule.last_error = match &batch.outcome {
                Outcome::Failed { reason } => Some(reason.clone()),
                Outcome::Quiet | Outcome::Analysed => None,
            };
            schedule.failures = if schedule.last_error.is_some() { schedule.failures.saturating_add(1) } else { 0 };
            schedule.attempt = 0;
        }
        Err(error) => {
            schedule.last_error = Some(error.to_string());
            // The same window again, a little later each time.
            schedule.lease_until = now + i64::from(lease.attempt.min(MAX_ATTEMPTS)) * SECOND;
        }
    }
    if let Some(grid) = grid
        && (outcome.is_ok() || lease.attempt >= MAX_ATTEMPTS)
    {
        schedule.next_run_at = grid.next(now);
        schedule.attempt = 0;
    }
}

/// The schedule of a tenant that has no enabled target.
fn idle(now: UtcMillis) -> Schedule {
    Schedule {
        id: ID.to_owned(),
        active: false,
        next_run_at: now,
        lease_until: UtcMillis(0),
        lease_owner: String::new(),
        attempt: 0,
        failures: 0,
        last_batch_at: None,
        last_error: None,
    }
}
