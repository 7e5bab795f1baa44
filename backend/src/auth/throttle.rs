//! How often one account or one address may try: token buckets (GCRA, by `governor`) in tables of bounded size.

use std::hash::{BuildHasher, Hash, RandomState};
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::error::AuthError;

/// Buckets of a table. Keys that hash alike share one, so the table cannot grow past this whoever knocks.
const BUCKETS: u64 = 1 << 18;

/// One table of buckets, under a random seed, so that nobody can aim at another's bucket.
#[derive(Debug)]
pub struct Throttle {
    buckets: DefaultKeyedRateLimiter<u64>,
    seed: RandomState,
    clock: DefaultClock,
}

impl Throttle {
    #[must_use]
    pub fn per_minute(rate: u32) -> Self {
        let rate = NonZeroU32::new(rate).unwrap_or(NonZeroU32::MIN);
        Self {
            buckets: RateLimiter::keyed(Quota::per_minute(rate)),
            seed: RandomState::new(),
            clock: DefaultClock::default(),
        }
    }

    /// # Errors
    /// [`AuthError::Throttled`] with how long to wait.
    pub fn check(&self, key: impl Hash) -> Result<(), AuthError> {
        let bucket = self.seed.hash_one(key) % BUCKETS;
        self.buckets.check_key(&bucket).map_err(|until| {
            let wait = until.wait_time_from(self.clock.now());
            AuthError::Throttled { retry_after: wait.max(Duration::from_secs(1)) }
        })
    }
}

/// The two tables a sign-in passes.
#[derive(Debug)]
pub struct Limits {
    by_address: Throttle,
    by_account: Throttle,
}

impl Limits {
    /// An account gets a third of what an address gets: many people sit behind one address.
    #[must_use]
    pub fn per_minute(rate: u32) -> Self {
        Self { by_address: Throttle::per_minute(rate), by_account: Throttle::per_minute((rate / 3).max(1)) }
    }

    pub(super) fn address(&self, address: &str) -> Result<(), AuthError> {
        self.by_address.check(address)
    }

    pub(super) fn account(&self, key: &str) -> Result<(), AuthError> {
        self.by_account.check(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_key_is_slowed_and_another_is_not() {
        let throttle = Throttle::per_minute(3);
        for _ in 0..3 {
            throttle.check("a").unwrap();
        }
        let Err(AuthError::Throttled { retry_after }) = throttle.check("a") else { panic!("the fourth passed") };
        assert!((Duration::from_secs(1)..=Duration::from_secs(20)).contains(&retry_after));
        throttle.check("b").unwrap();
    }
}
