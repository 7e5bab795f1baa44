//! What a series usually looks like, in numbers that a few wild samples cannot bend.
//!
//! Centre and spread are the median and the median absolute deviation. The MAD is scaled by 1.4826 to estimate a normal
//! standard deviation (Hampel, "The Influence Curve and its Role in Robust Estimation", JASA 69, 1974); the distance in such units
//! is the modified z-score of Iglewicz & Hoaglin, "How to Detect and Handle Outliers" (ASQC, 1993). Half of the baseline may be
//! contaminated, by the failure under judgement itself for example, before either number breaks.
//!
//! A flat series has a MAD of zero, and then any change would be infinitely surprising: [`floor`] says what change is too small to
//! matter for a unit and a magnitude. What a series does at this time of the week is its [`Habit`], where there is enough history.

mod habit;

pub use habit::{Habit, Habits};

use crate::metric::Unit;

/// Fewer finite baseline points than this say nothing about what is usual: only absolute detectors may speak.
pub const MIN_POINTS: usize = 10;

/// Scales the MAD of a normal distribution to its standard deviation.
const MAD_TO_SIGMA: f64 = 1.4826;

/// Centre, spread and extremes of the points before the judged ones, in the series' unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Baseline {
    pub median: f64,
    /// Robust standard deviation, never below the unit's [`floor`].
    pub sigma: f64,
    /// Finite points it was made from.
    pub points: usize,
}

impl Baseline {
    /// `None` with fewer than [`MIN_POINTS`] finite values. Reorders `values`.
    #[must_use]
    pub fn of(values: &mut Vec<f64>, unit: Unit) -> Option<Self> {
        values.retain(|v| v.is_finite());
        let points = values.len();
        if points < MIN_POINTS {
            return None;
        }
        let centre = median(values)?;
        let spread = MAD_TO_SIGMA * median_deviation(values, centre)?;
        Some(Self { median: centre, sigma: spread.max(floor(unit, centre)), points })
    }

    /// Modified z-score: distance from the median in robust standard deviations, signed.
    #[must_use]
    pub fn distance(&self, value: f64) -> f64 {
        (value - self.median) / self.sigma
    }
}

/// The smallest spread worth believing in, by unit and magnitude: below it a change is noise or does not matter.
#[must_use]
pub fn floor(unit: Unit, magnitude: f64) -> f64 {
    let (absolute, relative) = match unit {
        Unit::Bytes => (1e6, 0.02),
        Unit::BytesPerSecond => (10e3, 0.1),
        Unit::Seconds => (0.001, 0.05),
        Unit::Ratio => (0.01, 0.02),
        Unit::Percent => (1.0, 0.02),
        Unit::PerSecond => (0.05, 0.1),
        Unit::Celsius => (1.0, 0.02),
        Unit::Count => (0.5, 0.05),
    };
    let scaled = relative * magnitude.abs();
    if scaled.is_finite() { scaled.max(absolute) } else { absolute }
}

/// The middle value; the mean of the two middle ones for an even count. Reorders `values`, which must hold no `NaN`.
#[must_use]
pub fn median(values: &mut [f64]) -> Option<f64> {
    let half = values.len() / 2;
    if values.is_empty() {
        return None;
    }
    let even = values.len().is_multiple_of(2);
    let (below, upper, _) = values.select_nth_unstable_by(half, f64::total_cmp);
    let upper = *upper;
    if !even {
        return Some(upper);
    }
    let lower = below.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    // Halved before adding: two huge values must not overflow.
    Some(lower / 2.0 + upper / 2.0)
}

/// The median of the finite values of a slice.
#[must_use]
pub fn median_of(values: &[f64]) -> Option<f64> {
    let mut finite: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    median(&mut finite)
}

/// Median absolute deviation from `centre`; leaves the deviations in `values`.
pub(crate) fn median_deviation(values: &mut [f64], centre: f64) -> Option<f64> {
    for value in values.iter_mut() {
        *value = (*value - centre).abs();
    }
    median(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_exact_for_odd_and_even_counts() {
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&mut [4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median(&mut []), None);
        assert_eq!(median(&mut [f64::MAX, f64::MAX]), Some(f64::MAX));
    }

    #[test]
    fn a_third_of_wild_samples_moves_nothing() {
        let mut values: Vec<f64> = (0..30).map(|i| 100.0 + f64::from(i % 5)).chain((0..14).map(|_| 1e9)).collect();
        let baseline = Baseline::of(&mut values, Unit::Count).unwrap();
        assert!((100.0..=104.0).contains(&baseline.median));
        assert!(baseline.sigma < 10.0);
    }

    #[test]
    fn little_history_is_no_baseline() {
        let mut values = vec![1.0; MIN_POINTS - 1];
        values.push(f64::NAN);
        assert_eq!(Baseline::of(&mut values, Unit::Count), None);
    }

    #[test]
    fn a_flat_series_keeps_a_spread_worth_believing_in() {
        let baseline = Baseline::of(&mut vec![8e9; 20], Unit::Bytes).unwrap();
        assert!((baseline.sigma - 1.6e8).abs() < 1.0);
        assert!(baseline.distance(8.1e9) < 1.0);
    }
}
