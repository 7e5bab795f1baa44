//! Waking a job before its timer. A leaf, so that services can nudge the jobs that follow from what they wrote.

use std::sync::Arc;

use tokio::sync::Notify;

/// Wakes one job. Cheap to clone; nudges before the job looks again fall together into one.
#[derive(Debug, Clone, Default)]
pub struct Nudge(Arc<Notify>);

impl Nudge {
    pub fn nudge(&self) {
        self.0.notify_one();
    }

    /// Returns at the next nudge, or at once after one that nobody waited for.
    pub async fn nudged(&self) {
        self.0.notified().await;
    }
}
