//! Job `collect`: turns the built-in collector. Scrapes run beside it; a step only starts them.

use std::sync::Arc;

use async_trait::async_trait;
use watchkeeper_clients::collector::Collector;
use watchkeeper_domain::time::UtcMillis;

use super::{Job, JobError, Progress};

/// Nudged when targets have changed.
#[derive(Debug)]
pub struct Collect(pub Arc<Collector>);

#[async_trait]
impl Job for Collect {
    fn name(&self) -> &'static str {
        "collect"
    }

    async fn step(&self, now: UtcMillis) -> Result<Progress, JobError> {
        Ok(Progress::IdleUntil(self.0.step(now)))
    }

    async fn stop(&self) {
        self.0.stop().await;
    }
}
