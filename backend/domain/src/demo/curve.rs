//! A series over scripted minutes: straight lines between points, gaps, and a wobble that is the same each time.

/// Samples are this far apart; the wobble changes from one to the next.
const STEP_MINUTES: f64 = 0.25;

#[derive(Debug, Clone, Default)]
pub(super) struct Curve {
    /// `(minute, value)`, rising in minutes; the first and last hold beyond the ends.
    points: Vec<(f64, f64)>,
    /// Largest deviation from the line.
    wobble: f64,
    /// `[from, until)` in minutes without samples.
    gaps: Vec<(f64, f64)>,
}

/// Always the same.
pub(super) fn flat(value: f64) -> Curve {
    line(&[(0.0, value)])
}

/// Straight lines between `(minute, value)` points.
pub(super) fn line(points: &[(f64, f64)]) -> Curve {
    Curve { points: points.to_vec(), ..Curve::default() }
}

impl Curve {
    pub(super) fn wobbling(self, wobble: f64) -> Self {
        Self { wobble, ..self }
    }

    pub(super) fn without(mut self, from: f64, until: f64) -> Self {
        self.gaps.push((from, until));
        self
    }

    /// The value at a scripted minute; `NaN` in a gap. What is not negative does not become so by wobbling.
    pub(super) fn at(&self, minute: f64, seed: u64) -> f64 {
        if self.gaps.iter().any(|(from, until)| (*from..*until).contains(&minute)) {
            return f64::NAN;
        }
        let value = self.on_the_line(minute);
        let wobbled = value + self.wobble * wobble(seed, minute);
        if value >= 0.0 { wobbled.max(0.0) } else { wobbled }
    }

    fn on_the_line(&self, minute: f64) -> f64 {
        let after = self.points.iter().find(|(at, _)| *at >= minute);
        let before = self.points.iter().rev().find(|(at, _)| *at <= minute);
        match (before, after) {
            (Some((from, a)), Some((to, b))) if to > from => a + (b - a) * (minute - from) / (to - from),
            (Some((_, value)), _) | (None, Some((_, value))) => *value,
            (None, None) => f64::NAN,
        }
    }
}

/// Between -1 and 1; as good as random from one sample to the next, and always the same for the same sample.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a sample's number is small; 53 bits are a float's"
)]
fn wobble(seed: u64, minute: f64) -> f64 {
    let sample = (minute / STEP_MINUTES).round() as i64;
    let bits = mixed(seed ^ mixed(sample.cast_unsigned()));
    (bits >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
}

/// SplitMix64's finaliser (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014).
fn mixed(value: u64) -> u64 {
    let value = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

/// A seed of a text (FNV-1a).
pub(super) fn seed(parts: &[&str]) -> u64 {
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0]));
    bytes.fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_hold_beyond_their_ends_and_jump_where_two_points_share_a_minute() {
        let curve = line(&[(2.0, 10.0), (4.0, 20.0), (4.0, 5.0)]);
        let at = |minute| curve.at(minute, 7);
        assert_eq!((at(-30.0), at(3.0), at(4.25), at(90.0)), (10.0, 15.0, 5.0, 5.0));
    }

    #[test]
    fn a_wobble_stays_within_its_bounds_and_repeats() {
        let curve = flat(100.0).wobbling(5.0);
        let values: Vec<f64> = (0..500).map(|n| curve.at(f64::from(n) * STEP_MINUTES, 3)).collect();
        assert!(values.iter().all(|value| (95.0..=105.0).contains(value)));
        let mean = values.iter().sum::<f64>() / 500.0;
        assert!((99.0..101.0).contains(&mean), "{mean}");
        assert_eq!(values[17], curve.at(17.0 * STEP_MINUTES, 3));
        assert_ne!(values[17], curve.at(17.0 * STEP_MINUTES, 4));
    }

    #[test]
    fn a_gap_has_no_samples() {
        let curve = flat(1.0).without(3.0, 4.0);
        assert!(curve.at(3.0, 0).is_nan() && curve.at(3.75, 0).is_nan() && curve.at(4.0, 0).is_finite());
    }
}
