//! Batches that somebody asks for and waits for. Who asks may go away half-way: the batch is another's to finish.
//!
//! **When full.** [`WAITING`] errands wait for the job that runs them; who comes after is told to come again.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::{mpsc, oneshot};
use watchkeeper_domain::batch::Batch;

use crate::auth::TenantScope;
use crate::nudge::Nudge;
use crate::services::ServiceError;

const WAITING: usize = 64;
const COME_AGAIN: Duration = Duration::from_secs(2);

/// Where batches are asked for, and where the job finds them. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Errands {
    asked: mpsc::Sender<Errand>,
    waiting: Arc<Mutex<mpsc::Receiver<Errand>>>,
    /// Wakes the job.
    wake: Nudge,
}

/// A batch of this tenant, now.
#[derive(Debug)]
pub struct Errand {
    pub scope: TenantScope,
    answer: oneshot::Sender<Result<Batch, ServiceError>>,
}

impl Errands {
    /// `wake` is the nudge of the job that runs them.
    #[must_use]
    pub fn new(wake: Nudge) -> Self {
        let (asked, waiting) = mpsc::channel(WAITING);
        Self { asked, waiting: Arc::new(Mutex::new(waiting)), wake }
    }

    /// Has a batch run now and waits for it. Dropping the future drops the answer, not the batch.
    ///
    /// # Errors
    /// [`ServiceError::Conflict`] while another batch of the tenant runs, [`ServiceError::RateLimited`] right after one,
    /// [`ServiceError::Busy`] when too many wait or the server is stopping.
    pub async fn run(&self, scope: &TenantScope) -> Result<Batch, ServiceError> {
        let (answer, answered) = oneshot::channel();
        let errand = Errand { scope: scope.clone(), answer };
        self.asked.try_send(errand).map_err(|_full| busy("too many batches are asked for at once"))?;
        self.wake.nudge();
        answered.await.unwrap_or_else(|_gone| Err(stopping()))
    }

    /// The one that has waited longest.
    #[must_use]
    pub fn next(&self) -> Option<Errand> {
        self.waiting.lock().try_recv().ok()
    }

    /// Nothing is taken from here on, and who waits is told so.
    pub fn close(&self) {
        let mut waiting = self.waiting.lock();
        waiting.close();
        while waiting.try_recv().is_ok() {}
    }
}

impl Errand {
    /// Tells who asked, if they still wait; the batch is in the list in any case.
    pub fn answer(self, outcome: Result<Batch, ServiceError>) {
        drop(self.answer.send(outcome));
    }
}

/// What somebody is told whose batch the end of the server cut off.
#[must_use]
pub fn stopping() -> ServiceError {
    busy("the server is stopping")
}

fn busy(cause: &str) -> ServiceError {
    ServiceError::Busy { retry_after: COME_AGAIN, cause: cause.to_owned() }
}
