//! Batches under way beside the loop of the job that began them. They end with the server: after a while they are handed back.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use watchkeeper_domain::batch::Batch;

use crate::auth::TenantScope;
use crate::services::ServiceError;
use crate::services::batch::BatchService;
use crate::services::batch::errand::stopping;
use crate::services::batch::lease::Lease;

/// The batches that one job has begun.
#[derive(Debug)]
pub(super) struct UnderWay {
    running: Mutex<JoinSet<()>>,
    stopping: CancellationToken,
    finish_within: Duration,
}

impl UnderWay {
    /// Once the server stops, they may go on for `finish_within`.
    pub(super) fn new(finish_within: Duration) -> Self {
        Self { running: Mutex::default(), stopping: CancellationToken::new(), finish_within }
    }

    /// Cancelled when the time is over.
    pub(super) fn stopping(&self) -> CancellationToken {
        self.stopping.clone()
    }

    pub(super) async fn begin(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut running = self.running.lock().await;
        while running.try_join_next().is_some() {}
        running.spawn(task);
    }

    pub(super) async fn stop(&self) {
        let mut running = self.running.lock().await;
        let all_done = async { while running.join_next().await.is_some() {} };
        if tokio::time::timeout(self.finish_within, all_done).await.is_err() {
            self.stopping.cancel();
            while running.join_next().await.is_some() {}
        }
    }
}

/// Sees the `batch` of a leased turn to its end. When the server has no more time for it, its lease is released.
pub(super) async fn see_through(
    batches: &BatchService,
    scope: &TenantScope,
    lease: &Lease,
    stop: &CancellationToken,
    batch: impl Future<Output = Result<Batch, ServiceError>>,
) -> Result<Batch, ServiceError> {
    tokio::select! {
        outcome = AssertUnwindSafe(batch).catch_unwind() => match outcome {
            Ok(Ok(batch)) => Ok(batch),
            Ok(Err(error)) => {
                tracing::error!(tenant.id = scope.key(), error = %error, "batch not finished; it will be repeated");
                Err(error)
            }
            Err(_panic) => {
                tracing::error!(tenant.id = scope.key(), "batch panicked; its lease will lapse");
                Err(ServiceError::Internal("the batch panicked".to_owned()))
            }
        },
        () = stop.cancelled() => {
            batches.release(scope, lease).await;
            Err(stopping())
        }
    }
}
