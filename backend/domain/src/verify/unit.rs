//! What a unit word may mean: a dimension and the factor to its base unit.

/// What a number measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dimension {
    Bytes,
    BytesPerSecond,
    Seconds,
    /// Base unit: percent.
    Percent,
    PerSecond,
    Celsius,
    /// No unit, or a counted noun.
    Plain,
    /// `3x`, `3 times`
    Times,
}

/// One meaning of a unit: multiply by the factor to get the base unit.
pub(super) type Reading = (Dimension, f64);

pub(super) fn plain() -> Vec<Reading> {
    vec![(Dimension::Plain, 1.0)]
}

pub(super) fn seconds() -> Vec<Reading> {
    vec![(Dimension::Seconds, 1.0)]
}

/// The factor of a time unit.
pub(super) fn time_scale(readings: &[Reading]) -> Option<f64> {
    match readings {
        [(Dimension::Seconds, scale)] => Some(*scale),
        _ => None,
    }
}

/// Meanings of a unit as written; `None` when it is no unit.
pub(super) fn read(unit: &str) -> Option<Vec<Reading>> {
    if let Some((quantity, span)) = unit.split_once('/') {
        let per = seconds_in(span)?;
        let meanings = match simple(quantity) {
            Some(readings) => readings,
            // `pages/s`, `/s`
            None => plain(),
        };
        return Some(meanings.into_iter().filter_map(|(d, scale)| Some((rate_of(d)?, scale / per))).collect())
            .filter(|readings: &Vec<Reading>| !readings.is_empty());
    }
    simple(unit).or_else(|| glued_rate(unit))
}

/// `h20m` of `1h20m`: the first unit and the rest.
pub(super) fn split_compound(glued: &str) -> Option<(&str, &str)> {
    let end = glued.find(|c: char| c.is_ascii_digit())?;
    Some((glued.get(..end)?, glued.get(end..)?))
}

fn rate_of(dimension: Dimension) -> Option<Dimension> {
    match dimension {
        Dimension::Bytes | Dimension::BytesPerSecond => Some(Dimension::BytesPerSecond),
        Dimension::Plain => Some(Dimension::PerSecond),
        // Seconds per second is a share of time; percent per hour is a slope of percent.
        Dimension::Seconds | Dimension::Percent | Dimension::PerSecond => Some(Dimension::PerSecond),
        Dimension::Celsius => Some(Dimension::PerSecond),
        Dimension::Times => None,
    }
}

/// `MBps`, `Mbps`
fn glued_rate(unit: &str) -> Option<Vec<Reading>> {
    let bytes = simple(unit.strip_suffix("ps")?)?;
    Some(bytes.into_iter().filter_map(|(d, scale)| Some((rate_of(d)?, scale))).collect())
}

fn seconds_in(span: &str) -> Option<f64> {
    match simple(span)?.as_slice() {
        [(Dimension::Seconds, scale)] => Some(*scale),
        _ => None,
    }
}

fn simple(unit: &str) -> Option<Vec<Reading>> {
    let one = |dimension, scale| Some(vec![(dimension, scale)]);
    let lower = unit.to_lowercase();
    match lower.as_str() {
        "%" | "percent" | "pct" | "percentage" => return one(Dimension::Percent, 1.0),
        "ns" | "nanoseconds" => return one(Dimension::Seconds, 1e-9),
        "µs" | "μs" | "us" | "microseconds" => return one(Dimension::Seconds, 1e-6),
        "ms" | "millisecond" | "milliseconds" => return one(Dimension::Seconds, 1e-3),
        "s" | "sec" | "secs" | "second" | "seconds" => return one(Dimension::Seconds, 1.0),
        "min" | "mins" | "minute" | "minutes" => return one(Dimension::Seconds, 60.0),
        "h" | "hr" | "hrs" | "hour" | "hours" => return one(Dimension::Seconds, 3_600.0),
        "d" | "day" | "days" => return one(Dimension::Seconds, 86_400.0),
        "week" | "weeks" => return one(Dimension::Seconds, 604_800.0),
        "°c" | "celsius" | "degrees" => return one(Dimension::Celsius, 1.0),
        "x" | "×" | "times" | "fold" => return one(Dimension::Times, 1.0),
        "thousand" => return one(Dimension::Plain, 1e3),
        "million" => return one(Dimension::Plain, 1e6),
        "billion" => return one(Dimension::Plain, 1e9),
        "byte" | "bytes" | "b" => return one(Dimension::Bytes, 1.0),
        _ => {}
    }
    // Minutes in `20m`, or millions in `2.5 M`: told apart by case.
    if unit == "m" {
        return one(Dimension::Seconds, 60.0);
    }
    prefixed(&lower)
}

/// kilo, mega, giga, tera, peta, of bytes, bits or a bare count.
fn prefixed(lower: &str) -> Option<Vec<Reading>> {
    let mut letters = lower.chars();
    let power = match letters.next()? {
        'k' => 1,
        'm' => 2,
        'g' => 3,
        't' => 4,
        'p' => 5,
        _ => return None,
    };
    let (decimal, binary) = (1e3_f64.powi(power), 1024_f64.powi(power));
    let long = matches!(lower, "kilobytes" | "megabytes" | "gigabytes" | "terabytes" | "petabytes");
    match letters.as_str() {
        // Many write GB and count in 1024s.
        "b" | "bytes" => Some(vec![(Dimension::Bytes, decimal), (Dimension::Bytes, binary)]),
        _ if long => Some(vec![(Dimension::Bytes, decimal), (Dimension::Bytes, binary)]),
        "ib" => Some(vec![(Dimension::Bytes, binary)]),
        "bit" | "bits" => Some(vec![(Dimension::Bytes, decimal / 8.0)]),
        "" => Some(vec![(Dimension::Plain, decimal), (Dimension::Bytes, decimal), (Dimension::Bytes, binary)]),
        _ => None,
    }
}
