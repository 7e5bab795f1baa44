//! What every job last did, for readiness and metrics. Written by the loops, read by anyone who holds a clone.

use std::sync::Arc;

use parking_lot::RwLock;
use watchkeeper_domain::time::UtcMillis;

/// One job as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobStatus {
    pub name: &'static str,
    pub runs: u64,
    /// Steps in a row that ended in an error or a panic.
    pub failures: u32,
    /// Set while a step is under way.
    pub running_since: Option<UtcMillis>,
    pub last_run_at: Option<UtcMillis>,
    pub last_error: Option<String>,
    /// When the next step is to start.
    pub due_at: UtcMillis,
}

impl JobStatus {
    /// Milliseconds the job is behind: an overdue start, or a step that has been running.
    #[must_use]
    pub fn lag_ms(&self, now: UtcMillis) -> i64 {
        now.since(self.running_since.unwrap_or(self.due_at)).max(0)
    }
}

/// The statuses of all jobs of one runner. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Board(Arc<RwLock<Vec<JobStatus>>>);

impl Board {
    #[must_use]
    pub fn snapshot(&self) -> Vec<JobStatus> {
        self.0.read().clone()
    }

    #[must_use]
    pub fn job(&self, name: &str) -> Option<JobStatus> {
        self.0.read().iter().find(|status| status.name == name).cloned()
    }

    pub(super) fn add(&self, name: &'static str, due_at: UtcMillis) {
        self.0.write().push(JobStatus {
            name,
            runs: 0,
            failures: 0,
            running_since: None,
            last_run_at: None,
            last_error: None,
            due_at,
        });
    }

    /// Does nothing for a name that was never added.
    pub(super) fn edit(&self, name: &str, edit: impl FnOnce(&mut JobStatus)) {
        if let Some(status) = self.0.write().iter_mut().find(|status| status.name == name) {
            edit(status);
        }
    }
}
