//! Habits: how far a series goes at this time of the week, so that what comes every Monday at nine is no news on a Monday at nine.
//!
//! Learned from the same time earlier, a habit only excuses: it makes nothing news that is none without it. A series has been
//! somewhere when [`VISITS`] samples have, so that one wild sample is no habit; and an instance that was in trouble then
//! ([`crate::incident::trouble`]) teaches nothing, so that a failure does not excuse its like.

use std::collections::{BTreeSet, HashMap};

use super::MIN_POINTS;
use crate::metric::{MetricSet, SeriesId};

const VISITS: usize = 3;
/// What comes again need not come to the same height: it may differ by this share of the way there.
const VARIES: f64 = 0.25;

/// The range in which a series was at the same time earlier.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Habit {
    pub low: f64,
    pub high: f64,
}

impl Habit {
    /// `None` with too few samples, and for a series that did not move.
    #[must_use]
    pub fn of(values: &[f64]) -> Option<Self> {
        let mut seen: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
        if seen.len() < MIN_POINTS {
            return None;
        }
        seen.sort_by(f64::total_cmp);
        let low = seen.get(VISITS - 1).copied()?;
        let high = seen.len().checked_sub(VISITS).and_then(|index| seen.get(index)).copied()?;
        (low < high).then_some(Self { low, high })
    }

    /// Whether a move from `usual` over all of `run` has been made before. Moves within `noise` are none.
    #[must_use]
    pub fn knows(&self, usual: f64, run: &[f64], noise: f64) -> bool {
        let room = |edge: f64| noise.max(VARIES * (edge - usual).abs());
        let (low, high) = (self.low - room(self.low), self.high + room(self.high));
        let within = |value: f64, by: f64| self.low - by <= value && value <= self.high + by;
        within(usual, noise) && run.iter().all(|value| low <= *value && *value <= high)
    }
}

/// Habits of a tenant's series.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Habits(HashMap<SeriesId, Habit>);

impl Habits {
    /// From what was gathered at the same time earlier, without the instances that were in trouble then.
    #[must_use]
    pub fn learn(set: &MetricSet, troubled: &BTreeSet<String>) -> Self {
        let calm = set.series.iter().filter(|series| !troubled.contains(series.id.instance()));
        let known = calm.filter_map(|series| Habit::of(&series.values).map(|habit| (series.id.clone(), habit)));
        Self(known.collect())
    }

    #[must_use]
    pub fn of(&self, series: &SeriesId) -> Option<Habit> {
        self.0.get(series).copied()
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Idle at 100 but for a run of ten samples at 800.
    fn backup() -> Vec<f64> {
        (0..61).map(|i| if (20..30).contains(&i) { 800.0 } else { 100.0 }).collect()
    }

    #[test]
    fn what_was_visited_is_known_from_end_to_end() {
        let habit = Habit::of(&backup()).unwrap();
        assert_eq!(habit, Habit { low: 100.0, high: 800.0 });
        assert!(habit.knows(105.0, &[790.0, 950.0], 10.0), "a little higher this time");
        assert!(!habit.knows(105.0, &[790.0, 1_000.0], 10.0));
        assert!(habit.knows(800.0, &[100.0], 10.0), "also on the way back");
    }

    #[test]
    fn another_level_than_then_has_no_habit() {
        let habit = Habit::of(&backup()).unwrap();
        assert!(!habit.knows(3_000.0, &[500.0], 10.0), "a fall to where it was a week ago is a fall");
    }

    #[test]
    fn one_wild_sample_a_flat_line_and_few_samples_teach_nothing() {
        let mut wild: Vec<f64> = (0..61).map(|i| f64::from(i % 3)).collect();
        wild[30] = 1e9;
        assert_eq!(Habit::of(&wild), Some(Habit { low: 0.0, high: 2.0 }));
        assert_eq!(Habit::of(&[5.0; 61]), None);
        assert_eq!(Habit::of(&[1.0, 2.0, 3.0, f64::NAN, 1.0, 2.0, 3.0, 1.0, 2.0, 3.0]), None);
    }
}
