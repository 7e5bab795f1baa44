//! From values to places on the screen and back.

use watchkeeper_common::analysis::Unit;

/// Beyond this nothing is drawn: sums and differences of values must stay numbers.
const HUGE: f64 = 1e300;
/// Less change than this share of the value is none: a closer look would show noise.
const FLAT: f64 = 1e-3;

/// Maps a range of values onto a range of pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Scale {
    pub(crate) fn new((low, high): (f64, f64), (from, to): (f64, f64)) -> Self {
        let high = if high > low { high } else { low + 1.0 };
        Self { low, high, from, to }
    }

    /// Somewhat outside is drawn outside, far outside at the edge of that.
    pub(crate) fn at(&self, value: f64) -> f64 {
        let share = (value - self.low) / (self.high - self.low);
        self.from + share.clamp(-1.0, 2.0) * (self.to - self.from)
    }

    /// The way back, from a pixel to a value.
    pub(crate) fn value(&self, pixel: f64) -> f64 {
        self.low + (pixel - self.from) / (self.to - self.from) * (self.high - self.low)
    }
}

/// The value range a chart shows: from zero unless the values lie far from it, with a little air, and up to 100 % of a share.
pub(crate) fn range(values: impl Iterator<Item = f64>, unit: Unit) -> (f64, f64) {
    let (low, high) = values
        .filter(|value| value.is_finite())
        .map(|value| value.clamp(-HUGE, HUGE))
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low > high {
        return (0.0, 1.0);
    }
    let spread = high - low;
    if spread <= high.abs().max(low.abs()) * FLAT {
        return level(low, high, whole(unit));
    }
    let bottom = if low >= 0.0 && low < 2.0 * spread.max(high * 0.05) { 0.0 } else { low - spread * 0.1 };
    (bottom, top(bottom, high, whole(unit)))
}

/// A level line stands on zero, or hangs from it; at zero it has room above.
fn level(low: f64, high: f64, whole: f64) -> (f64, f64) {
    match high {
        high if high > 0.0 => (0.0, top(0.0, high, whole)),
        _ if low < 0.0 => (low * 1.08, 0.0),
        _ => (0.0, 1.0),
    }
}

fn top(bottom: f64, high: f64, whole: f64) -> f64 {
    let air = high + (high - bottom) * 0.08;
    if high <= whole { air.min(whole) } else { air }
}

/// All of what is shared out.
fn whole(unit: Unit) -> f64 {
    match unit {
        Unit::Ratio => 1.0,
        Unit::Percent => 100.0,
        _ => f64::INFINITY,
    }
}

#[cfg(test)]
mod tests {
    use super::{Scale, range};
    use watchkeeper_common::analysis::Unit;

    fn of(values: &[f64]) -> (f64, f64) {
        range(values.iter().copied(), Unit::Count)
    }

    #[test]
    fn a_scale_goes_there_and_back() {
        let scale = Scale::new((0.0, 10.0), (100.0, 0.0));
        assert!((scale.at(2.5) - 75.0).abs() < 1e-9);
        assert!((scale.value(75.0) - 2.5).abs() < 1e-9);
        assert!(Scale::new((3.0, 3.0), (0.0, 1.0)).at(3.0).is_finite());
        assert_eq!(scale.at(1e300), -100.0, "far outside is at the edge of outside");
    }

    #[test]
    fn the_range_starts_at_zero_unless_that_hides_the_change() {
        assert_eq!(of(&[2.0, 10.0]).0, 0.0);
        assert!(of(&[1000.0, 1010.0]).0 > 900.0);
        let flat = of(&[0.0, 0.0]);
        assert!(flat.1 > flat.0);
        assert_eq!(of(&[8.0, 8.001]).0, 0.0);
        let below = of(&[-7.0, -7.0]);
        assert!(below.0 < -7.0 && below.1 == 0.0, "{below:?}");
    }

    #[test]
    fn what_is_no_number_leaves_a_range_all_the_same() {
        assert_eq!(of(&[]), (0.0, 1.0));
        assert_eq!(of(&[f64::NAN, f64::INFINITY]), (0.0, 1.0));
        let (low, high) = of(&[f64::MAX, -f64::MAX]);
        assert!(low.is_finite() && high.is_finite() && (high - low).is_finite());
    }

    #[test]
    fn a_share_ends_at_the_whole() {
        assert_eq!(range([0.2, 0.97].into_iter(), Unit::Ratio), (0.0, 1.0));
        assert_eq!(range([10.0, 100.0].into_iter(), Unit::Percent).1, 100.0);
        assert!(range([0.5, 1.4].into_iter(), Unit::Ratio).1 > 1.4, "more than the whole is shown");
        assert!(range([0.01, 0.02].into_iter(), Unit::Ratio).1 < 0.03);
    }
}
