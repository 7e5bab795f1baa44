//! When a tenant's batches are due: points on a grid of the tenant's interval, shifted by the tenant's own phase.
//!
//! The phase spreads tenants evenly over the interval. A window that was missed is not replayed: the next point is always
//! after now.

use sha2::{Digest, Sha256};

use crate::time::{MINUTE, UtcMillis};

/// A due point older than this is given up for the newest one.
const GIVE_UP_AFTER_MS: i64 = 5 * MINUTE;

/// One tenant's due points: `phase`, `phase + interval`, …
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueGrid {
    interval_ms: i64,
    phase_ms: i64,
}

impl DueGrid {
    /// The grid of the tenant with this key.
    #[must_use]
    pub fn new(tenant: &str, interval_ms: i64) -> Self {
        let interval_ms = interval_ms.max(1);
        let hashed = Sha256::digest(tenant).iter().take(7).fold(0_i64, |sum, byte| (sum << 8) | i64::from(*byte));
        Self { interval_ms, phase_ms: hashed % interval_ms }
    }

    /// The first point after `now`.
    #[must_use]
    pub fn next(&self, now: UtcMillis) -> UtcMillis {
        self.last(now) + self.interval_ms
    }

    /// The last point not after `now`.
    #[must_use]
    pub fn last(&self, now: UtcMillis) -> UtcMillis {
        now - (now - self.phase_ms).0.rem_euclid(self.interval_ms)
    }

    /// The window end of a batch that was due at `due` and starts at `now`: `due` itself, so that a repeat after a crash is
    /// the same batch, unless it is so old that only the present is of interest.
    #[must_use]
    pub fn window_end(&self, due: UtcMillis, now: UtcMillis) -> UtcMillis {
        if now.since(due) > GIVE_UP_AFTER_MS.max(self.interval_ms) { self.last(now) } else { due.min(now) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn points_are_on_the_grid_and_around_now(tenant in "[a-z]{1,8}", interval in 1..200_000_i64, now in 0..i64::MAX / 4) {
            let grid = DueGrid::new(&tenant, interval);
            let now = UtcMillis(now);
            prop_assert!(grid.last(now) <= now && now < grid.next(now));
            prop_assert_eq!(grid.next(now).since(grid.last(now)), interval);
            prop_assert_eq!(grid.last(grid.next(now)), grid.next(now));
        }

        #[test]
        fn a_late_start_keeps_its_window_and_a_very_late_one_takes_the_newest(late in 0..3_600_000_i64) {
            let grid = DueGrid::new("usr", MINUTE);
            let due = grid.next(UtcMillis(1_000_000_000));
            let end = grid.window_end(due, due + late);
            prop_assert_eq!(end == due, late <= GIVE_UP_AFTER_MS);
            prop_assert!(end <= due + late && late - end.since(due) < MINUTE.max(GIVE_UP_AFTER_MS + 1));
        }
    }

    #[test]
    fn tenants_are_spread_over_the_interval() {
        let mut buckets = [0_u32; 6];
        for tenant in 0..600 {
            let phase = DueGrid::new(&format!("usr_{tenant}"), MINUTE).phase_ms;
            buckets[usize::try_from(phase / 10_000).unwrap()] += 1;
        }
        assert!(buckets.iter().all(|count| (50..150).contains(count)), "{buckets:?}");
    }
}
