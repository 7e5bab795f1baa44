//! The scheduler: claims tenants whose batch is due and runs them, bounded, oldest due first.
//!
//! It wakes exactly when the next tenant is due, and once a second for what other servers left or tenants began. Several
//! servers share the tenants by leases. On a drain it lets running batches finish for a while and hands the rest back.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use watchkeeper_domain::id::UserId;
use watchkeeper_domain::time::UtcMillis;

use super::under_way::{UnderWay, see_through};
use super::{Job, JobError, Nudge, Progress};
use crate::auth::{SystemScope, TenantScope};
use crate::services::batch::BatchService;
use crate::services::batch::lease::Lease;

/// How often the scheduler looks even when it knows of nothing due.
pub const PERIOD: Duration = Duration::from_secs(1);
/// Runs due batches.
#[derive(Debug)]
pub struct Scheduler {
    system: SystemScope,
    batches: BatchService,
    slots: Arc<Semaphore>,
    under_way: UnderWay,
    nudge: Nudge,
}

impl Scheduler {
    /// `nudge` is the one its loop runs on: a batch that ends frees a slot for the next. Once the server stops, running
    /// batches may go on for `finish_within`.
    #[must_use]
    pub fn new(
        system: SystemScope,
        batches: BatchService,
        concurrency: usize,
        nudge: Nudge,
        finish_within: Duration,
    ) -> Self {
        Self {
            system,
            batches,
            slots: Arc::new(Semaphore::new(concurrency.max(1))),
            under_way: UnderWay::new(finish_within),
            nudge,
        }
    }

    async fn start(&self, user: UserId, lease: Lease, slot: OwnedSemaphorePermit) {
        let scope = TenantScope::for_job(user, &self.system, "run a scheduled batch");
        let turn = Turn {
            batches: self.batches.clone(),
            scope,
            lease,
            stopping: self.under_way.stopping(),
            nudge: self.nudge.clone(),
            slot,
        };
        self.under_way.begin(turn.run()).await;
    }
}

#[async_trait]
impl Job for Scheduler {
    fn name(&self) -> &'static str {
        "scheduler"
    }

    /// Starts as many due batches as there are free slots; does not wait for them.
    async fn step(&self, now: UtcMillis) -> Result<Progress, JobError> {
        let Ok(slot) = Arc::clone(&self.slots).try_acquire_owned() else { return Ok(Progress::Idle) };
        match self.batches.claim(&self.system, now).await? {
            Some((user, lease)) => {
                self.start(user, lease, slot).await;
                Ok(Progress::More)
            }
            None => {
                let next = self.batches.next_due(&self.system, now).await?;
                Ok(next.map_or(Progress::Idle, Progress::IdleUntil))
            }
        }
    }

    async fn stop(&self) {
        self.under_way.stop().await;
    }
}

/// One tenant's batch under way.
struct Turn {
    batches: BatchService,
    scope: TenantScope,
    lease: Lease,
    stopping: CancellationToken,
    nudge: Nudge,
    slot: OwnedSemaphorePermit,
}

impl Turn {
    async fn run(self) {
        let batch = self.batches.run_turn(&self.scope, &self.lease);
        // How it ended is in the list, in the schedule and in the log.
        drop(see_through(&self.batches, &self.scope, &self.lease, &self.stopping, batch).await);
        drop(self.slot);
        self.nudge.nudge();
    }
}
