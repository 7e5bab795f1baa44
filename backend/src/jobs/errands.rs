//! Job `errands`: runs the batches that people ask for, whether they still wait for them or not.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use watchkeeper_domain::batch::Batch;
use watchkeeper_domain::time::UtcMillis;

use super::under_way::{UnderWay, see_through};
use super::{Job, JobError, Nudge, Progress};
use crate::services::ServiceError;
use crate::services::batch::BatchService;
use crate::services::batch::errand::{Errand, Errands};

/// It is woken for each errand and by each that ends; this is for none.
pub const PERIOD: Duration = Duration::from_secs(5);
/// Errands that run at a time; the others wait.
const AT_ONCE: usize = 16;

#[derive(Debug)]
pub struct RunErrands {
    batches: BatchService,
    errands: Errands,
    slots: Arc<Semaphore>,
    under_way: UnderWay,
    nudge: Nudge,
}

impl RunErrands {
    /// `nudge` is the one its loop runs on. Once the server stops, errands under way may go on for `finish_within`.
    #[must_use]
    pub fn new(batches: BatchService, errands: Errands, nudge: Nudge, finish_within: Duration) -> Self {
        let slots = Arc::new(Semaphore::new(AT_ONCE));
        Self { batches, errands, slots, under_way: UnderWay::new(finish_within), nudge }
    }
}

#[async_trait]
impl Job for RunErrands {
    fn name(&self) -> &'static str {
        "errands"
    }

    /// Begins as many as there are free slots; does not wait for them.
    async fn step(&self, now: UtcMillis) -> Result<Progress, JobError> {
        while let Ok(slot) = Arc::clone(&self.slots).try_acquire_owned() {
            let Some(errand) = self.errands.next() else { break };
            let (batches, nudge) = (self.batches.clone(), self.nudge.clone());
            self.under_way.begin(run(batches, errand, now, self.under_way.stopping(), nudge, slot)).await;
        }
        Ok(Progress::Idle)
    }

    async fn stop(&self) {
        self.errands.close();
        self.under_way.stop().await;
    }
}

async fn run(
    batches: BatchService,
    errand: Errand,
    now: UtcMillis,
    stop: CancellationToken,
    nudge: Nudge,
    slot: OwnedSemaphorePermit,
) {
    let outcome = outcome(&batches, &errand, now, &stop).await;
    errand.answer(outcome);
    drop(slot);
    nudge.nudge();
}

async fn outcome(
    batches: &BatchService,
    errand: &Errand,
    now: UtcMillis,
    stop: &CancellationToken,
) -> Result<Batch, ServiceError> {
    let scope = &errand.scope;
    let lease = batches.claim_errand(scope, now).await?;
    see_through(batches, scope, &lease, stop, batches.run_errand(scope, &lease, now)).await
}
