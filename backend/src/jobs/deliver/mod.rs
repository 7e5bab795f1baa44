//! From a queued row of the ledger to a message that somebody accepted.
//!
//! **What a crash can do.** A row is leased before it is sent and written after. Killed before the lease: it is still due.
//! Killed between lease and hand-over: the lease runs out and it is sent then. Killed between the server's acceptance and our
//! record of it: nobody can know, so it is sent again, with the same Message-ID. That window is the one place where a
//! crash doubles a message, by at most one for each message that was in flight; none is lost.
//!
//! **Order.** A receiver's messages of one incident leave by sequence number; an update that a newer message has overtaken is
//! not sent (`watchkeeper_domain::notify::turn`).
//!
//! **When full.** At most [`IN_FLIGHT`] messages are under way, [`PER_LANE`] to one server and [`PER_TENANT`] for one tenant.
//! Beyond that rows stay in the ledger. Lanes and tenants at their limit are left out of the search for due rows, so a
//! slow server or a busy tenant holds up nobody else. A step returns after [`PATIENCE`] while slow sends go on beside it.

mod attempt;
mod boarding;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::Serialize;
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use watchkeeper_domain::alert::{Delivery, DeliveryState, SuppressReason};
use watchkeeper_domain::id::{Id, UserId};
use watchkeeper_domain::notify::{Root, Turn, settle, turn};
use watchkeeper_domain::time::{SECOND, UtcMillis};

use self::attempt::Attempts;
use self::boarding::Seats;
use super::{Job, JobError, Progress};
use crate::auth::{SystemScope, TenantScope};
use crate::clock::Clock;
use crate::services::delivery;
use crate::services::post::Post;
use crate::store::{Error as StoreError, Filter, Order, Query, Store, Versioned};
use crate::telemetry::Telemetry;

const IN_FLIGHT: usize = 32;
const PER_LANE: usize = 6;
const PER_TENANT: usize = 8;
/// Longer than any client's deadline and the writing of its outcome.
const LEASE: i64 = 45 * SECOND;
const PATIENCE: Duration = Duration::from_secs(2);
/// Due rows looked at in one search.
const SEARCH: u32 = 100;

/// The delivery job.
#[derive(Debug)]
pub struct Deliver {
    attempts: Arc<Attempts>,
    system: SystemScope,
    flight: Mutex<Flight>,
}

/// What is under way, across steps.
#[derive(Debug, Default)]
struct Flight {
    tasks: JoinSet<()>,
    seats: Seats,
}

/// What taking a row writes.
#[derive(Serialize)]
struct Lease {
    lease_until: UtcMillis,
}

#[async_trait]
impl Job for Deliver {
    fn name(&self) -> &'static str {
        "deliver"
    }

    async fn step(&self, now: UtcMillis) -> Result<Progress, JobError> {
        let mut flight = self.flight.lock().await;
        let patience = tokio::time::sleep(PATIENCE);
        tokio::pin!(patience);
        loop {
            flight.clear_landed();
            self.fill(&mut flight, now).await?;
            if flight.tasks.is_empty() {
                return Ok(Progress::Idle);
            }
            tokio::select! {
                () = flight.landed() => {}
                () = &mut patience => return Ok(Progress::IdleUntil(now + SECOND)),
            }
        }
    }

    /// Waits for what is under way; the runner's drain ends the patience.
    async fn stop(&self) {
        let mut flight = self.flight.lock().await;
        while !flight.tasks.is_empty() {
            flight.landed().await;
        }
    }
}

impl Flight {
    /// Waits for one message to land and frees its seat.
    async fn landed(&mut self) {
        if let Some(ended) = self.tasks.join_next_with_id().await {
            self.free(ended);
        }
    }

    fn clear_landed(&mut self) {
        while let Some(ended) = self.tasks.try_join_next_with_id() {
            self.free(ended);
        }
    }

    fn free(&mut self, ended: Result<(tokio::task::Id, ()), tokio::task::JoinError>) {
        let id = match ended {
            Ok((id, ())) => id,
            Err(error) => {
                tracing::error!(error = %error, "a delivery's task died; its lease runs out and it is tried again");
                error.id()
            }
        };
        self.seats.leave(id);
    }
}

impl Deliver {
    #[must_use]
    pub fn new(store: Store, system: SystemScope, post: Arc<Post>, clock: Clock, telemetry: Telemetry) -> Self {
        let attempts = Attempts { store, post, clock, telemetry };
        Self { attempts: Arc::new(attempts), system, flight: Mutex::new(Flight::default()) }
    }

    fn store(&self) -> &Store {
        &self.attempts.store
    }

    /// Seats due rows until nothing fits or nothing is due.
    async fn fill(&self, flight: &mut Flight, now: UtcMillis) -> Result<(), StoreError> {
        while flight.seats.taken() < IN_FLIGHT {
            let query = Query::new(due(now).and(flight.seats.others()), Order::oldest("next_attempt_at"), SEARCH);
            let found = self.store().system(&self.system).find::<Delivery>(&query).await?.items;
            let mut moved = false;
            for (owner, row) in boarding::fairly(found) {
                if flight.seats.fit(&owner, &row.doc) {
                    moved |= self.board(flight, owner, row, now).await?;
                }
            }
            if !moved {
                break;
            }
        }
        Ok(())
    }

    /// `true` when the row was sent on its way or changed, so that looking again may find others.
    async fn board(
        &self,
        flight: &mut Flight,
        owner: UserId,
        row: Versioned<Delivery>,
        now: UtcMillis,
    ) -> Result<bool, StoreError> {
        let scope = TenantScope::for_job(owner, &self.system, "send queued deliveries");
        match turn(&row.doc, &delivery::thread(self.store(), &scope, &row.doc).await?) {
            Turn::Send { root } => self.take_off(flight, scope, &row.doc, root, now).await,
            Turn::Superseded => {
                let state = DeliveryState::Suppressed { reason: SuppressReason::Superseded };
                self.change(&scope, row, |delivery| settle(delivery, state)).await
            }
            Turn::Wait { until } if until > now => {
                self.change(&scope, row, |delivery| delivery.next_attempt_at = until + 1).await
            }
            Turn::Wait { .. } => Ok(false),
        }
    }

    async fn take_off(
        &self,
        flight: &mut Flight,
        scope: TenantScope,
        row: &Delivery,
        root: Option<Root>,
        now: UtcMillis,
    ) -> Result<bool, StoreError> {
        let this = Filter::eq("user_id", scope.key()).and(Filter::eq("id", row.id.as_str())).and(due(now));
        let query = Query::new(this, Order::oldest("next_attempt_at"), 1);
        let lease = Lease { lease_until: now + LEASE };
        let claimed = self.store().system(&self.system).claim::<Delivery>(&query, &lease, Some("started")).await?;
        let Some((_owner, claimed)) = claimed else { return Ok(false) };
        let seat = boarding::Seat::of(&scope, &claimed.doc);
        let attempts = Arc::clone(&self.attempts);
        let task = flight.tasks.spawn(async move { attempts.make(&scope, claimed, root.as_ref()).await });
        flight.seats.take(task.id(), seat);
        Ok(true)
    }

    /// Writes a change unless somebody else did first.
    async fn change(
        &self,
        scope: &TenantScope,
        row: Versioned<Delivery>,
        change: impl FnOnce(&mut Delivery),
    ) -> Result<bool, StoreError> {
        let Versioned { mut doc, rev } = row;
        change(&mut doc);
        doc.updated_at = self.attempts.clock.now();
        match self.store().tenant(scope).replace(&doc, rev).await {
            Ok(_rev) => Ok(true),
            Err(StoreError::Conflict) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// Queued, due, and not under way anywhere.
fn due(now: UtcMillis) -> Filter {
    Filter::eq("phase", "queued")
        .and(Filter::below("next_attempt_at", now.0.saturating_add(1)))
        .and(Filter::below("lease_until", now.0.saturating_add(1)))
}
