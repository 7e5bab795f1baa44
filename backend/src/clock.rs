//! The one place that reads the wall clock; tests turn it by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use watchkeeper_domain::time::UtcMillis;

/// Time as a value that can be handed around. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Clock(Source);

#[derive(Debug, Clone, Default)]
enum Source {
    #[default]
    System,
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands still until [`Clock::set`].
    #[must_use]
    pub fn manual(at: UtcMillis) -> Self {
        Self(Source::Manual(Arc::new(AtomicI64::new(at.0))))
    }

    #[must_use]
    pub fn now(&self) -> UtcMillis {
        match &self.0 {
            Source::System => jiff::Timestamp::now().into(),
            Source::Manual(at) => UtcMillis(at.load(Ordering::SeqCst)),
        }
    }

    /// Turns a manual clock; the system's cannot be turned and stays as it is.
    pub fn set(&self, at: UtcMillis) {
        if let Source::Manual(cell) = &self.0 {
            cell.store(at.0, Ordering::SeqCst);
        }
    }
}
