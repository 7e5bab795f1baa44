//! Numbers as people read them: the one place where a value and its unit become text.
//!
//! Bytes are decimal (`4.1 GB`), ratios are shown as percent, rates end in `/s`. A number is rounded to what a person
//! needs, never to a different magnitude, so that a reader (or the verifier) can find it again in the fact it came from.

use crate::metric::Unit;

/// `4.1 GB`, `93.4%`, `12.3/s`, `34 min`; `no value` for a number that is not finite.
#[must_use]
pub fn humanise(value: f64, unit: Unit) -> String {
    if !value.is_finite() {
        return "no value".to_owned();
    }
    match unit {
        Unit::Bytes => scaled(value, &BYTES),
        Unit::BytesPerSecond => format!("{}/s", scaled(value, &BYTES)),
        Unit::Seconds => duration(value),
        Unit::Ratio => format!("{}%", rounded(value * 100.0)),
        Unit::Percent => format!("{}%", rounded(value)),
        Unit::PerSecond => format!("{}/s", count(value)),
        Unit::Celsius => format!("{} °C", rounded(value)),
        Unit::Count => count(value),
    }
}

/// A span of time from seconds: `120 ms`, `45 s`, `34 min`, `5.2 h`, `3.1 days`.
#[must_use]
pub fn duration(seconds: f64) -> String {
    let size = seconds.abs();
    if !size.is_finite() {
        "no value".to_owned()
    } else if size == 0.0 {
        "0 s".to_owned()
    } else if size < 0.001 {
        format!("{} µs", rounded(seconds * 1e6))
    } else if size < 1.0 {
        format!("{} ms", rounded(seconds * 1e3))
    } else if size < 120.0 {
        format!("{} s", rounded(seconds))
    } else if size < 7_200.0 {
        format!("{} min", rounded(seconds / 60.0))
    } else if size < 172_800.0 {
        format!("{} h", rounded(seconds / 3_600.0))
    } else {
        format!("{} days", rounded(seconds / 86_400.0))
    }
}

const BYTES: [(f64, &str); 6] = [(1e15, " PB"), (1e12, " TB"), (1e9, " GB"), (1e6, " MB"), (1e3, " kB"), (1.0, " B")];
const LARGE: [(f64, &str); 3] = [(1e12, " T"), (1e9, " G"), (1e6, " M")];

fn count(value: f64) -> String {
    if value.abs() >= 1e6 { scaled(value, &LARGE) } else { rounded(value) }
}

fn scaled(value: f64, steps: &[(f64, &str)]) -> String {
    let step = steps.iter().find(|(size, _)| value.abs() >= *size).or(steps.last());
    step.map_or_else(|| rounded(value), |(size, name)| format!("{}{name}", rounded(value / size)))
}

/// Whole numbers stay whole; large ones lose the fraction; small ones keep three significant digits.
fn rounded(value: f64) -> String {
    let size = value.abs();
    let text = if size >= 100.0 || value.fract() == 0.0 {
        format!("{value:.0}")
    } else if size >= 1.0 {
        format!("{value:.1}")
    } else if size >= 0.1 {
        format!("{value:.2}")
    } else if size >= 0.001 {
        format!("{value:.4}")
    } else {
        format!("{value:.1e}")
    };
    let text = if text.contains('.') && !text.contains('e') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    };
    if text == "-0" { "0".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_reads_like_a_person_would_write_it() {
        let cases = [
            (4.1e9, Unit::Bytes, "4.1 GB"),
            (512.0, Unit::Bytes, "512 B"),
            (1.5e6, Unit::BytesPerSecond, "1.5 MB/s"),
            (0.934, Unit::Ratio, "93.4%"),
            (97.0, Unit::Percent, "97%"),
            (12.34, Unit::PerSecond, "12.3/s"),
            (84.0, Unit::Celsius, "84 °C"),
            (65_536.0, Unit::Count, "65536"),
            (2_500_000.0, Unit::Count, "2.5 M"),
            (0.0, Unit::Count, "0"),
            (f64::NAN, Unit::Bytes, "no value"),
        ];
        for (value, unit, text) in cases {
            assert_eq!(humanise(value, unit), text);
        }
    }

    #[test]
    fn durations_change_unit_with_their_size() {
        let texts: Vec<_> =
            [0.0, 0.000_25, 0.12, 45.0, 2_040.0, 18_720.0, 267_840.0].into_iter().map(duration).collect();
        assert_eq!(texts, ["0 s", "250 µs", "120 ms", "45 s", "34 min", "5.2 h", "3.1 days"]);
    }
}
