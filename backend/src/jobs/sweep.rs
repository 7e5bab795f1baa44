//! The sweep: deletes what has expired, a bounded piece of one collection at a time.

use std::time::Duration;

use async_trait::async_trait;
use watchkeeper_domain::alert::Delivery;
use watchkeeper_domain::anomaly::{Anomaly, Rca};
use watchkeeper_domain::batch::Batch;
use watchkeeper_domain::demo::Letter;
use watchkeeper_domain::llm::{LlmCall, LlmUsage};
use watchkeeper_domain::tenant::Session;
use watchkeeper_domain::time::UtcMillis;

use super::{Job, JobError, Progress};
use crate::auth::SystemScope;
use crate::store::Store;

pub const PERIOD: Duration = Duration::from_secs(300);
/// Documents of one collection in one step.
const PIECE: u32 = 500;

/// Deletes expired documents.
#[derive(Debug)]
pub struct Sweep {
    store: Store,
    system: SystemScope,
}

impl Sweep {
    #[must_use]
    pub fn new(store: Store, system: SystemScope) -> Self {
        Self { store, system }
    }
}

#[async_trait]
impl Job for Sweep {
    fn name(&self) -> &'static str {
        "sweep"
    }

    /// One piece of every collection that expires; more while a piece was full.
    async fn step(&self, now: UtcMillis) -> Result<Progress, JobError> {
        let store = self.store.system(&self.system);
        let pieces = [
            store.expire::<Batch>(now.0, PIECE).await?,
            store.expire::<Anomaly>(now.0, PIECE).await?,
            store.expire::<Rca>(now.0, PIECE).await?,
            store.expire::<LlmCall>(now.0, PIECE).await?,
            store.expire::<LlmUsage>(now.0, PIECE).await?,
            store.expire::<Delivery>(now.0, PIECE).await?,
            store.expire::<Session>(now.0, PIECE).await?,
            store.expire::<Letter>(now.0, PIECE).await?,
        ];
        let full = pieces.iter().any(|&deleted| deleted >= u64::from(PIECE));
        Ok(if full { Progress::More } else { Progress::Idle })
    }
}
