//! Chart geometry: scales, ticks and paths, in the coordinates of one SVG view box.

/// A sample: milliseconds since the epoch, and a value unless there was none.
pub(crate) type Sample = (f64, Option<f64>);

/// Maps a range of values onto a range of pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    pub(crate) low: f64,
    pub(crate) high: f64,
    from: f64,
    to: f64,
}

impl Scale {
    pub(crate) fn new((low, high): (f64, f64), (from, to): (f64, f64)) -> Self {
        let high = if high > low { high } else { low + 1.0 };
        Self { low, high, from, to }
    }

    pub(crate) fn at(&self, value: f64) -> f64 {
        let share = (value - self.low) / (self.high - self.low);
        self.from + share.clamp(-0.02, 1.02) * (self.to - self.from)
    }

    /// The way back, from a pixel to a value.
    pub(crate) fn value(&self, pixel: f64) -> f64 {
        self.low + (pixel - self.from) / (self.to - self.from) * (self.high - self.low)
    }
}

/// The value range a chart shows: all samples and the band, from zero unless they lie far from it, with a little air.
pub(crate) fn range(samples: &[Sample], band: Option<(f64, f64)>) -> (f64, f64) {
    let values =
        samples.iter().filter_map(|(_, value)| *value).chain(band.into_iter().flat_map(|(low, high)| [low, high]));
    let (low, high) = values
        .filter(|value| value.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low > high {
        return (0.0, 1.0);
    }
    let spread = high - low;
    let low = if low >= 0.0 && low < 2.0 * spread.max(high * 0.05) { 0.0 } else { low - spread * 0.1 };
    let high = if spread == 0.0 && high == low { low + 1.0 } else { high + (high - low) * 0.08 };
    (low, high.max(low + f64::EPSILON))
}

/// Two to four round values within the range.
pub(crate) fn ticks((low, high): (f64, f64)) -> Vec<f64> {
    let rough = (high - low) / 3.0;
    if !rough.is_finite() || rough <= 0.0 {
        return vec![low];
    }
    let magnitude = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].iter().map(|m| m * magnitude).find(|step| *step >= rough).unwrap_or(rough);
    let first = (low / step).ceil();
    (0..6).map(|n| (first + f64::from(n)) * step).take_while(|tick| *tick <= high).collect()
}

/// An SVG path through the samples; a gap in the data is a gap in the line, and a lone sample a dot.
pub(crate) fn line(samples: &[Sample], x: Scale, y: Scale) -> String {
    let mut path = String::new();
    let mut drawing = false;
    let mut alone = false;
    for (at, value) in samples {
        match value.filter(|value| value.is_finite()) {
            Some(value) => {
                let verb = if drawing { 'L' } else { 'M' };
                path.push_str(&format!("{verb}{:.1} {:.1}", x.at(*at), y.at(value)));
                alone = !drawing;
                drawing = true;
            }
            None => {
                if alone {
                    path.push_str("h0.01");
                }
                (drawing, alone) = (false, false);
            }
        }
    }
    if alone {
        path.push_str("h0.01");
    }
    path
}

/// The index of the sample nearest to an instant.
pub(crate) fn nearest(samples: &[Sample], at: f64) -> Option<usize> {
    samples
        .iter()
        .enumerate()
        .min_by(|(_, (a, _)), (_, (b, _))| (a - at).abs().total_cmp(&(b - at).abs()))
        .map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::{Scale, line, nearest, range, ticks};

    #[test]
    fn a_scale_goes_there_and_back() {
        let scale = Scale::new((0.0, 10.0), (100.0, 0.0));
        assert!((scale.at(2.5) - 75.0).abs() < 1e-9);
        assert!((scale.value(75.0) - 2.5).abs() < 1e-9);
        assert!(Scale::new((3.0, 3.0), (0.0, 1.0)).at(3.0).is_finite());
    }

    #[test]
    fn the_range_starts_at_zero_unless_that_hides_the_change() {
        assert_eq!(range(&[(0.0, Some(2.0)), (1.0, Some(10.0))], None).0, 0.0);
        assert!(range(&[(0.0, Some(1000.0)), (1.0, Some(1010.0))], None).0 > 900.0);
        assert_eq!(range(&[(0.0, None), (1.0, Some(f64::NAN))], None), (0.0, 1.0));
        let (low, high) = range(&[(0.0, Some(5.0))], Some((1.0, 20.0)));
        assert!(low <= 1.0 && high >= 20.0);
        let flat = range(&[(0.0, Some(0.0)), (1.0, Some(0.0))], None);
        assert!(flat.1 > flat.0);
    }

    #[test]
    fn ticks_are_round_and_inside() {
        assert_eq!(ticks((0.0, 10.0)), vec![0.0, 5.0, 10.0]);
        assert_eq!(ticks((0.0, 3.2)), vec![0.0, 2.0]);
        for tick in ticks((912.0, 1_013.0)) {
            assert!((912.0..=1_013.0).contains(&tick));
        }
        assert_eq!(ticks((1.0, 1.0)), vec![1.0]);
    }

    #[test]
    fn gaps_stay_gaps() {
        let x = Scale::new((0.0, 4.0), (0.0, 40.0));
        let y = Scale::new((0.0, 1.0), (10.0, 0.0));
        let samples = [(0.0, Some(0.0)), (1.0, Some(1.0)), (2.0, None), (3.0, Some(0.5)), (4.0, None)];
        assert_eq!(line(&samples, x, y), "M0.0 10.0L10.0 0.0M30.0 5.0h0.01");
        assert_eq!(line(&[], x, y), "");
    }

    #[test]
    fn the_nearest_sample() {
        let samples = [(0.0, Some(1.0)), (10.0, None), (20.0, Some(2.0))];
        assert_eq!(nearest(&samples, 12.0), Some(1));
        assert_eq!(nearest(&[], 12.0), None);
    }
}
