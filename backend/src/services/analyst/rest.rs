//! Failures that a model answered to no avail: the same question a minute later costs the same and tends to say the same.
//!
//! Kept in memory: another server, or this one after a start, asks once more. A provider that fails is not rested here; it
//! costs nothing, and its circuit breaker has its own patience.

use moka::future::Cache;
use watchkeeper_domain::time::{MINUTE, UtcMillis};

use crate::auth::TenantScope;

/// How long a failure is not asked about again.
const REST: i64 = 10 * MINUTE;
/// Failures remembered; the rarest asked for goes first.
const MOST: u64 = 10_000;

/// Since when each tenant's failure rests. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Rests(Cache<(String, String), UtcMillis>);

impl Default for Rests {
    fn default() -> Self {
        Self(Cache::new(MOST))
    }
}

impl Rests {
    pub(super) async fn begin(&self, scope: &TenantScope, fingerprint: &str, now: UtcMillis) {
        self.0.insert(key(scope, fingerprint), now).await;
    }

    pub(super) async fn holds(&self, scope: &TenantScope, fingerprint: &str, now: UtcMillis) -> bool {
        self.0.get(&key(scope, fingerprint)).await.is_some_and(|since| now.since(since) < REST)
    }
}

fn key(scope: &TenantScope, fingerprint: &str) -> (String, String) {
    (scope.key().to_owned(), fingerprint.to_owned())
}
