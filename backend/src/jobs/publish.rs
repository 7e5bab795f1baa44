//! Job `publish`: keeps Prometheus' target files as the store has them.

use std::sync::Arc;

use async_trait::async_trait;
use watchkeeper_domain::time::UtcMillis;

use super::{Job, JobError, Progress};
use crate::services::publish::Publisher;

/// Nudged after every change; its timer catches what another server changed.
#[derive(Debug)]
pub struct PublishTargets(pub Arc<Publisher>);

#[async_trait]
impl Job for PublishTargets {
    fn name(&self) -> &'static str {
        "publish"
    }

    async fn step(&self, _now: UtcMillis) -> Result<Progress, JobError> {
        let done = self.0.publish().await.map_err(|error| JobError::Failed(error.to_string()))?;
        if done.written + done.removed > 0 {
            tracing::info!(files.written = done.written, files.removed = done.removed, "targets published");
        }
        Ok(Progress::Idle)
    }
}
