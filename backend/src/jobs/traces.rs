//! Sends the traces of model calls to Langfuse, and what is left of them when the server stops.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use watchkeeper_clients::langfuse::Langfuse;
use watchkeeper_domain::time::UtcMillis;

use super::{Job, JobError, Progress};

pub const PERIOD: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub struct Traces {
    langfuse: Arc<Langfuse>,
}

impl Traces {
    #[must_use]
    pub fn new(langfuse: Arc<Langfuse>) -> Self {
        Self { langfuse }
    }
}

#[async_trait]
impl Job for Traces {
    fn name(&self) -> &'static str {
        "traces"
    }

    async fn step(&self, _now: UtcMillis) -> Result<Progress, JobError> {
        self.langfuse.flush().await.map_err(|error| JobError::Failed(error.to_string()))?;
        Ok(Progress::Idle)
    }

    async fn stop(&self) {
        if let Err(error) = self.langfuse.flush().await {
            tracing::warn!(error = %error, langfuse.dropped = self.langfuse.dropped(), "last traces could not be sent");
        }
    }
}
