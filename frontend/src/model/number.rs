//! Numbers with units, as short as they can be read without doubt.

use watchkeeper_common::analysis::Unit;

const THIN: char = '\u{202f}';

/// `4.1 GB`, `310 /s`, `85 %`, `12 min`, `1,436`.
pub(crate) fn with_unit(value: f64, unit: Unit) -> String {
    if !value.is_finite() {
        return "no value".to_owned();
    }
    match unit {
        Unit::Bytes => scaled(value, BYTES),
        Unit::BytesPerSecond => format!("{}/s", scaled(value, BYTES)),
        Unit::Seconds => seconds(value),
        Unit::Ratio => format!("{}{THIN}%", digits(value * 100.0)),
        Unit::Percent => format!("{}{THIN}%", digits(value)),
        Unit::PerSecond => format!("{}{THIN}/s", large(value)),
        Unit::Celsius => format!("{}{THIN}°C", digits(value)),
        Unit::Count => large(value),
    }
}

/// What stands on a chart's axis when its numbers carry the unit themselves.
pub(crate) fn unit_name(unit: Unit) -> &'static str {
    match unit {
        Unit::Bytes => "bytes",
        Unit::BytesPerSecond => "bytes per second",
        Unit::Seconds => "seconds",
        Unit::Ratio | Unit::Percent => "per cent",
        Unit::PerSecond => "per second",
        Unit::Celsius => "degrees Celsius",
        Unit::Count => "count",
    }
}

/// `1,436`
pub(crate) fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 target`, `3 targets`.
pub(crate) fn counted(count: u32, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count.into()), if count == 1 { one } else { many })
}

const BYTES: &[(f64, &str)] = &[(1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1.0, "B")];
const LARGE: &[(f64, &str)] = &[(1e12, "T"), (1e9, "G"), (1e6, "M")];

fn scaled(value: f64, steps: &[(f64, &str)]) -> String {
    let step = steps.iter().find(|(size, _)| value.abs() >= *size).or(steps.last());
    step.map_or_else(String::new, |(size, name)| format!("{}{THIN}{name}", digits(value / size)))
}

fn large(value: f64) -> String {
    if value.abs() >= 1e6 {
        return scaled(value, LARGE);
    }
    digits(value)
}

fn seconds(value: f64) -> String {
    let size = value.abs();
    let (number, unit) = match size {
        s if s >= 2.0 * 86_400.0 => (value / 86_400.0, "d"),
        s if s >= 2.0 * 3_600.0 => (value / 3_600.0, "h"),
        s if s >= 120.0 => (value / 60.0, "min"),
        s if s >= 1.0 || s == 0.0 => (value, "s"),
        s if s >= 1e-3 => (value * 1e3, "ms"),
        _ => (value * 1e6, "µs"),
    };
    format!("{}{THIN}{unit}", digits(number))
}

/// Three significant digits, whole numbers grouped, no trailing zeros.
fn digits(value: f64) -> String {
    let size = value.abs();
    let places: usize = match size {
        s if s >= 100.0 || s == 0.0 => 0,
        s if s >= 10.0 => 1,
        s if s >= 1.0 => 2,
        s if s >= 0.01 => 3,
        _ => 5,
    };
    decimals(value, places)
}

/// At most so many digits after the point, whole numbers grouped, no trailing zeros.
pub(crate) fn decimals(value: f64, places: usize) -> String {
    let text = format!("{:.places$}", value.abs());
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), grouped);
    let sign = if value < 0.0 && text != "0" { "−" } else { "" };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::{counted, grouped, with_unit};
    use watchkeeper_common::analysis::Unit;

    fn shown(value: f64, unit: Unit) -> String {
        with_unit(value, unit).replace('\u{202f}', " ")
    }

    #[test]
    fn numbers_carry_the_unit_a_person_would_use() {
        assert_eq!(shown(4_123_000_000.0, Unit::Bytes), "4.12 GB");
        assert_eq!(shown(512.0, Unit::Bytes), "512 B");
        assert_eq!(shown(1_500.0, Unit::BytesPerSecond), "1.5 kB/s");
        assert_eq!(shown(0.853, Unit::Ratio), "85.3 %");
        assert_eq!(shown(99.0, Unit::Percent), "99 %");
        assert_eq!(shown(310.0, Unit::PerSecond), "310 /s");
        assert_eq!(shown(720.0, Unit::Seconds), "12 min");
        assert_eq!(shown(0.0042, Unit::Seconds), "4.2 ms");
        assert_eq!(shown(1_436.0, Unit::Count), "1,436");
        assert_eq!(shown(-3.25, Unit::Celsius), "−3.25 °C");
    }

    #[test]
    fn odd_values_do_not_break_the_text() {
        assert_eq!(shown(f64::NAN, Unit::Bytes), "no value");
        assert_eq!(shown(f64::INFINITY, Unit::Count), "no value");
        assert_eq!(shown(0.0, Unit::Seconds), "0 s");
        assert_eq!(shown(-0.0, Unit::Count), "0");
        assert_eq!(shown(1e18, Unit::Bytes), "1,000,000 TB");
        assert_eq!(shown(0.000_000_1, Unit::Count), "0");
    }

    #[test]
    fn counts_agree_with_their_noun() {
        assert_eq!(counted(1, "target", "targets"), "1 target");
        assert_eq!(counted(0, "target", "targets"), "0 targets");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }
}
