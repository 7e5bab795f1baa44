//! Job `demo`: plays the demos that were started on this server, and tidies up after all.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use watchkeeper_domain::time::UtcMillis;

use super::{Job, JobError, Progress};
use crate::auth::SystemScope;
use crate::services::demo::DemoService;

/// How often it looks for runs whose server died and for demos that have had their day.
pub const PERIOD: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub struct PlayDemos {
    demos: Arc<DemoService>,
    system: SystemScope,
    running: Mutex<JoinSet<()>>,
    stopping: CancellationToken,
}

impl PlayDemos {
    #[must_use]
    pub fn new(demos: Arc<DemoService>, system: SystemScope) -> Self {
        Self { demos, system, running: Mutex::default(), stopping: CancellationToken::new() }
    }
}

#[async_trait]
impl Job for PlayDemos {
    fn name(&self) -> &'static str {
        "demo"
    }

    /// Starts what waits; does not wait for it.
    async fn step(&self, now: UtcMillis) -> Result<Progress, JobError> {
        let mut running = self.running.lock().await;
        while running.try_join_next().is_some() {}
        for ticket in self.demos.tickets() {
            let (demos, stopping) = (Arc::clone(&self.demos), self.stopping.clone());
            running.spawn(async move { demos.play(ticket, stopping).await });
        }
        drop(running);
        self.demos.tidy(&self.system, now).await.map_err(|error| JobError::Failed(error.to_string()))?;
        Ok(Progress::Idle)
    }

    /// A run lives in this server's memory: it ends with it, and says so.
    async fn stop(&self) {
        self.stopping.cancel();
        let mut running = self.running.lock().await;
        while running.join_next().await.is_some() {}
    }
}
