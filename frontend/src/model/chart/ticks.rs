//! What stands on the axes: round values in one unit, and round times of the clock on the wall.

use watchkeeper_common::analysis::Unit;

use super::Span;
use crate::model::number::decimals;

/// The value axis: its unit once, and numbers without it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ValueAxis {
    pub(crate) unit: String,
    pub(crate) ticks: Vec<(f64, String)>,
}

const BYTES: &[(f64, &str)] = &[(1e15, "PB"), (1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1.0, "B")];
const BYTES_PER_SECOND: &[(f64, &str)] =
    &[(1e15, "PB/s"), (1e12, "TB/s"), (1e9, "GB/s"), (1e6, "MB/s"), (1e3, "kB/s"), (1.0, "B/s")];
const SECONDS: &[(f64, &str)] =
    &[(86_400.0, "d"), (3_600.0, "h"), (60.0, "min"), (1.0, "s"), (1e-3, "ms"), (1e-6, "µs")];
const COUNT: &[(f64, &str)] = &[(1e12, "T"), (1e9, "G"), (1e6, "M"), (1.0, "")];
const PER_SECOND: &[(f64, &str)] = &[(1e12, "T/s"), (1e9, "G/s"), (1e6, "M/s"), (1.0, "/s")];

/// The unit's size and name that suit numbers up to `most`.
fn suited(unit: Unit, most: f64) -> (f64, &'static str) {
    let steps = match unit {
        Unit::Bytes => BYTES,
        Unit::BytesPerSecond => BYTES_PER_SECOND,
        Unit::Seconds => SECONDS,
        Unit::Ratio => return (0.01, "%"),
        Unit::Percent => return (1.0, "%"),
        Unit::Celsius => return (1.0, "°C"),
        Unit::PerSecond => PER_SECOND,
        Unit::Count => COUNT,
    };
    steps.iter().find(|(size, _)| most >= *size).or(steps.last()).copied().unwrap_or((1.0, ""))
}

/// Three to seven round values within the range.
pub(crate) fn values((low, high): (f64, f64), unit: Unit) -> ValueAxis {
    let (size, name) = suited(unit, low.abs().max(high.abs()));
    let (low, high) = (low / size, high / size);
    let rough = (high - low) / 5.0;
    if !rough.is_finite() || rough <= 0.0 {
        return ValueAxis { unit: name.to_owned(), ticks: Vec::new() };
    }
    let magnitude = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].iter().map(|m| m * magnitude).find(|step| *step >= rough).unwrap_or(rough);
    let first = (low / step).ceil();
    let text = |value: f64| {
        if value.abs() >= 1e9 { format!("{value:.1e}") } else { decimals(value, places(step)) }
    };
    // A hair above the end is the end: 0.1 + 0.2 is not 0.3.
    let inside = |value: &f64| *value <= high + step * 1e-6;
    let ticks =
        (0..8).map(|n| (first + f64::from(n)) * step).take_while(inside).map(|value| (value * size, text(value)));
    ValueAxis { unit: name.to_owned(), ticks: ticks.collect() }
}

/// Digits after the point that tell steps apart.
fn places(step: f64) -> usize {
    (0..6)
        .find(|places| (step * 10f64.powi(*places)).fract().abs() < 1e-6)
        .and_then(|n| usize::try_from(n).ok())
        .unwrap_or(6)
}

const MINUTE: f64 = 60_000.0;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;
const TIME_STEPS: &[f64] = &[
    MINUTE / 6.0,
    MINUTE / 2.0,
    MINUTE,
    2.0 * MINUTE,
    5.0 * MINUTE,
    10.0 * MINUTE,
    15.0 * MINUTE,
    30.0 * MINUTE,
    HOUR,
    2.0 * HOUR,
    3.0 * HOUR,
    6.0 * HOUR,
    12.0 * HOUR,
    DAY,
    2.0 * DAY,
    7.0 * DAY,
    14.0 * DAY,
];

/// How an instant is written on the time axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Precision {
    Second,
    Minute,
    Day,
}

/// Round times of a span, at most `most` of them. `ahead` is how far the wall clock is ahead of UTC, in milliseconds, in the
/// middle of the span: where clocks change within it, times on the far side are still true, only less round.
pub(crate) fn times((from, to): Span, ahead: f64, most: usize) -> Vec<(f64, Precision)> {
    let rough = (to - from) / most.max(1) as f64;
    let Some(step) = TIME_STEPS.iter().copied().find(|step| *step >= rough).or(TIME_STEPS.last().copied()) else {
        return Vec::new();
    };
    let precision = |local: f64| match step {
        step if step < MINUTE => Precision::Second,
        _ if to - from > 26.0 * HOUR && local.rem_euclid(DAY) == 0.0 => Precision::Day,
        step if step >= DAY => Precision::Day,
        _ => Precision::Minute,
    };
    let first = ((from + ahead) / step).ceil();
    let local = (0..most.saturating_mul(2)).map(|n| (first + n as f64) * step).take_while(|local| *local <= to + ahead);
    local.map(|local| (local - ahead, precision(local))).collect()
}

#[cfg(test)]
mod tests {
    use super::{DAY, HOUR, MINUTE, Precision, times, values};
    use watchkeeper_common::analysis::Unit;

    fn shown(range: (f64, f64), unit: Unit) -> (String, Vec<String>) {
        let axis = values(range, unit);
        (axis.unit, axis.ticks.into_iter().map(|(_, text)| text).collect())
    }

    #[test]
    fn numbers_are_round_and_the_unit_stands_once() {
        assert_eq!(
            shown((0.0, 10.0), Unit::Count),
            (String::new(), ["0", "2", "4", "6", "8", "10"].map(str::to_owned).to_vec())
        );
        let (unit, ticks) = shown((0.0, 4.1e9), Unit::Bytes);
        assert_eq!((unit.as_str(), ticks.join(" ")), ("GB", "0 1 2 3 4".to_owned()));
        let (unit, ticks) = shown((0.0, 1.0), Unit::Ratio);
        assert_eq!((unit.as_str(), ticks.join(" ")), ("%", "0 20 40 60 80 100".to_owned()));
        let (unit, ticks) = shown((0.0, 0.0042), Unit::Seconds);
        assert_eq!((unit.as_str(), ticks.join(" ")), ("ms", "0 1 2 3 4".to_owned()));
        let (unit, ticks) = shown((9.9e8, 1.01e9), Unit::BytesPerSecond);
        assert_eq!((unit.as_str(), ticks.join(" ")), ("GB/s", "0.99 0.995 1 1.005 1.01".to_owned()));
    }

    #[test]
    fn odd_ranges_do_not_break_the_axis() {
        assert!(values((1.0, 1.0), Unit::Count).ticks.is_empty());
        assert!(values((0.0, f64::INFINITY), Unit::Count).ticks.is_empty());
        for range in [(0.0, 1e300), (-1e300, 1e300), (-5.0, 5.0), (912.0, 1_013.0), (0.0, 1e-12)] {
            let axis = values(range, Unit::Count);
            assert!((2..=8).contains(&axis.ticks.len()), "{range:?}: {axis:?}");
            assert!(axis.ticks.iter().all(|(_, text)| text.len() < 12), "{axis:?}");
        }
    }

    #[test]
    fn times_are_round_on_the_wall() {
        // Half past five ahead of UTC: whole hours there are half hours here.
        let india = 5.5 * HOUR;
        let found = times((0.0, 6.0 * HOUR), india, 6);
        assert!(found.iter().all(|(at, _)| (at + india) % HOUR == 0.0), "{found:?}");
        assert_eq!(found.len(), 6);
        let minutes = times((0.0, 15.0 * MINUTE), 0.0, 6);
        assert_eq!(minutes.iter().map(|(at, _)| at / MINUTE).collect::<Vec<_>>(), [0.0, 5.0, 10.0, 15.0]);
    }

    #[test]
    fn midnight_says_which_day_begins() {
        let found = times((0.0, 3.0 * DAY), 0.0, 6);
        let days: Vec<f64> = found.iter().filter(|(_, p)| *p == Precision::Day).map(|(at, _)| at / DAY).collect();
        assert_eq!(days, [0.0, 1.0, 2.0, 3.0]);
        assert!(times((0.0, 40_000.0), 0.0, 6).iter().all(|(_, p)| *p == Precision::Second));
        assert!(times((0.0, 31.0 * DAY), 0.0, 6).len() <= 6);
    }
}
