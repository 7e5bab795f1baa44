//! Trend: a steady slope that runs into a limit, and when.
//!
//! The slope is the Theil–Sen estimator, the median of the slopes between all pairs of points (Sen, "Estimates of the Regression
//! Coefficient Based on Kendall's Tau", JASA 63, 1968): a third of wild points does not move it. Steadiness is the share of pairs that
//! go the same way (Mann, 1945; Kendall, 1938). A sawtooth has a slope too, but it is not steady.

use crate::baseline::median;

/// Points a trend needs.
const MIN_POINTS: usize = 12;
/// Share of pairs that must go the way of the slope.
const MIN_AGREEMENT: f64 = 0.85;
/// A trend may be carried forward this many times the span it was seen over.
const MAX_REACH: f64 = 8.0;
/// Columns are thinned to this many points before all pairs are compared.
const MAX_POINTS: usize = 64;

/// Where a series is heading.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Heading {
    /// Too few points to say.
    LittleHistory,
    /// No direction that its own samples agree on.
    Unsteady,
    /// Steady, but away from the limit or too slow to reach it within what may be foreseen.
    Harmless,
    Reaches {
        per_second: f64,
        seconds_to_limit: f64,
    },
}

/// Where `values` (one each `step` seconds) are heading with regard to `limit`. The recent half must agree with the whole.
pub(crate) fn heading(values: &[f64], step: f64, limit: f64) -> Heading {
    let stride = values.len().div_ceil(MAX_POINTS).max(1);
    #[expect(clippy::cast_precision_loss, reason = "a small index")]
    let points: Vec<(f64, f64)> = values
        .iter()
        .enumerate()
        .rev()
        .step_by(stride)
        .filter(|(_, value)| value.is_finite())
        .map(|(index, value)| (index as f64 * step, *value))
        .collect();
    let (Some((end, now)), Some((begin, _))) = (points.first().copied(), points.last().copied()) else {
        return Heading::LittleHistory;
    };
    if points.len() < MIN_POINTS {
        return Heading::LittleHistory;
    }
    let (Some(whole), Some(recent)) = (slope(&points), slope(points.get(..points.len() / 2).unwrap_or(&[]))) else {
        return Heading::LittleHistory;
    };
    if whole.agreement < MIN_AGREEMENT || recent.agreement < MIN_AGREEMENT {
        return Heading::Unsteady;
    }
    let seconds_to_limit = (limit - now) / recent.per_second;
    if has_turned(&points, now, recent.per_second) {
        return Heading::Harmless;
    }
    if whole.per_second.signum() != recent.per_second.signum()
        || recent.per_second.abs() < 0.5 * whole.per_second.abs()
        || !(seconds_to_limit > 0.0 && seconds_to_limit <= MAX_REACH * (end - begin))
    {
        return Heading::Harmless;
    }
    Heading::Reaches { per_second: recent.per_second, seconds_to_limit }
}

/// The newest value lies behind most of the recent ones: somebody made room, and the old slope says nothing any more.
fn has_turned(points: &[(f64, f64)], now: f64, per_second: f64) -> bool {
    let mut recent: Vec<f64> = points.iter().take(points.len() / 2).map(|(_, value)| *value).collect();
    median(&mut recent).is_some_and(|middle| (now - middle) * per_second < 0.0)
}

#[derive(Debug, Clone, Copy)]
struct Slope {
    per_second: f64,
    agreement: f64,
}

/// Theil–Sen slope, and the share of pairs that go its way.
fn slope(points: &[(f64, f64)]) -> Option<Slope> {
    let mut slopes: Vec<f64> = points
        .iter()
        .enumerate()
        .flat_map(|(index, a)| points.iter().skip(index + 1).map(move |b| (a.1 - b.1) / (a.0 - b.0)))
        .filter(|slope| slope.is_finite())
        .collect();
    let per_second = median(&mut slopes)?;
    #[expect(clippy::cast_precision_loss, reason = "at most 2,016 pairs")]
    let agreement = slopes.iter().filter(|slope| slope.signum() == per_second.signum() && **slope != 0.0).count()
        as f64
        / slopes.len() as f64;
    Some(Slope { per_second, agreement })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_cleared_away_is_no_longer_heading_for_the_limit() {
        let falling = |n: u32| f64::from(100 - n);
        let mut values: Vec<f64> = (0..60).map(falling).collect();
        assert!(matches!(heading(&values, 60.0, 0.0), Heading::Reaches { .. }));
        values.extend([95.0, 95.0]);
        assert_eq!(heading(&values, 60.0, 0.0), Heading::Harmless);
    }
    use crate::detect::fixture::{noisy, ramp, steady};

    #[test]
    fn a_steady_fall_has_a_time_to_its_limit() {
        let Heading::Reaches { per_second, seconds_to_limit } = heading(&ramp(20e9, 8e9), 60.0, 0.0) else { panic!() };
        assert!((per_second - -3.125e6).abs() < 1e3);
        assert!((seconds_to_limit - 2_560.0).abs() < 1.0);
    }

    #[test]
    fn wild_points_do_not_move_the_slope() {
        let mut values = ramp(20e9, 8e9);
        values[20] = 0.0;
        values[40] = f64::NAN;
        let Heading::Reaches { per_second, .. } = heading(&values, 60.0, 0.0) else { panic!() };
        assert!((per_second - -3.125e6).abs() < 1e4);
    }

    #[test]
    fn noise_saws_and_slow_leaks_reach_nothing() {
        assert_eq!(heading(&noisy(5e9, 1e8), 60.0, 0.0), Heading::Unsteady);
        assert_eq!(heading(&ramp(5e9, 4.99e9), 60.0, 0.0), Heading::Harmless);
        assert_eq!(heading(&steady(5e9), 60.0, 0.0), Heading::Unsteady);
        let saw: Vec<f64> = (0..65).map(|i| 5e9 - 1e8 * f64::from(i % 10)).collect();
        assert_eq!(heading(&saw, 60.0, 0.0), Heading::Unsteady);
    }
}
