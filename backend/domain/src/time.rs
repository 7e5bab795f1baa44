//! Points in time as the store keeps them: milliseconds since the Unix epoch, UTC.
//!
//! One integer form sorts, subtracts and buckets alike on every engine; the wire form (RFC 3339) belongs to the edge.

use std::ops::{Add, Sub};

use serde::{Deserialize, Serialize};

/// Milliseconds in a second, minute, hour and day.
pub const SECOND: i64 = 1_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UtcMillis(pub i64);

impl UtcMillis {
    /// The RFC 3339 form used on the wire; `None` beyond the years a timestamp can name (±9999).
    #[must_use]
    pub fn to_jiff(self) -> Option<jiff::Timestamp> {
        jiff::Timestamp::from_millisecond(self.0).ok()
    }

    /// Milliseconds from `earlier` to `self`; negative when `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl From<jiff::Timestamp> for UtcMillis {
    fn from(at: jiff::Timestamp) -> Self {
        Self(at.as_millisecond())
    }
}

impl Add<i64> for UtcMillis {
    type Output = Self;
    fn add(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }
}

impl Sub<i64> for UtcMillis {
    type Output = Self;
    fn sub(self, millis: i64) -> Self {
        Self(self.0.saturating_sub(millis))
    }
}

/// A half-open span `[start, end)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    pub start: UtcMillis,
    pub end: UtcMillis,
}

impl Window {
    /// Length in milliseconds; never negative.
    #[must_use]
    pub fn millis(&self) -> i64 {
        self.end.since(self.start).max(0)
    }

    #[must_use]
    pub fn contains(&self, at: UtcMillis) -> bool {
        self.start <= at && at < self.end
    }
}
