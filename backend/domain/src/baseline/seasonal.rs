//! Hour-of-week habits: what is usual on a Monday at nine is not what is usual on a Sunday at four.

use super::{MIN_POINTS, median, median_deviation};
use crate::time::{DAY, HOUR, UtcMillis};

const HOURS: usize = 168;
/// 1970-01-01 was a Thursday; weeks are counted from Monday.
const EPOCH_SHIFT: i64 = 3 * DAY;

/// Centre and robust spread of one hour of the week.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HourProfile {
    pub median: f64,
    pub sigma: f64,
}

/// One series' habit over the hours of a week, in UTC; hours with too little history are absent.
#[derive(Debug, Clone, PartialEq)]
pub struct SeasonalProfile {
    hours: Vec<Option<HourProfile>>,
}

impl SeasonalProfile {
    /// Learns from samples of past weeks, in any order; what is not finite is left out.
    #[must_use]
    pub fn learn(samples: impl IntoIterator<Item = (UtcMillis, f64)>) -> Self {
        let mut buckets: Vec<Vec<f64>> = vec![Vec::new(); HOURS];
        for (at, value) in samples {
            if let Some(bucket) = buckets.get_mut(hour_of_week(at))
                && value.is_finite()
            {
                bucket.push(value);
            }
        }
        Self { hours: buckets.into_iter().map(|mut bucket| profile(&mut bucket)).collect() }
    }

    /// What is usual at this instant's hour of the week.
    #[must_use]
    pub fn at(&self, at: UtcMillis) -> Option<HourProfile> {
        self.hours.get(hour_of_week(at)).copied().flatten()
    }
}

fn profile(values: &mut [f64]) -> Option<HourProfile> {
    if values.len() < MIN_POINTS {
        return None;
    }
    let centre = median(values)?;
    let deviation = median_deviation(values, centre)?;
    Some(HourProfile { median: centre, sigma: 1.4826 * deviation })
}

fn hour_of_week(at: UtcMillis) -> usize {
    let hour = at.0.saturating_add(EPOCH_SHIFT).rem_euclid(7 * DAY) / HOUR;
    usize::try_from(hour).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_hour_is_known_and_an_unseen_one_is_not() {
        // Twelve Mondays at 09:00 (1970-01-05 was the first), each a little different.
        let monday = 4 * DAY + 9 * HOUR;
        let samples = (0..12).map(|week: i32| (UtcMillis(monday + i64::from(week) * 7 * DAY), 500.0 + f64::from(week)));
        let profile = SeasonalProfile::learn(samples);
        assert_eq!(profile.at(UtcMillis(monday + 52 * 7 * DAY)).map(|hour| hour.median), Some(505.5));
        assert_eq!(profile.at(UtcMillis(monday + HOUR)), None);
        assert_eq!(hour_of_week(UtcMillis(4 * DAY)), 0, "the week starts on Monday");
    }
}
