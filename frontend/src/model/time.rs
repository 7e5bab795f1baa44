//! Instants in words, relative to an instant given as argument.

use watchkeeper_common::time::Timestamp;

/// `just now`, `20 s ago`, `6 min ago`, `3 d ago`; `in 40 s` for what is ahead.
pub(crate) fn relative(then: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second() - then.as_second();
    let size = span(seconds.unsigned_abs());
    match seconds {
        -4..=4 => "just now".to_owned(),
        5.. => format!("{size} ago"),
        _ => format!("in {size}"),
    }
}

/// How long something lasts or lasted: `6 min`.
pub(crate) fn lasting(from: Timestamp, to: Timestamp) -> String {
    span((to.as_second() - from.as_second()).max(0).unsigned_abs())
}

fn span(seconds: u64) -> String {
    match seconds {
        0..=89 => format!("{seconds} s"),
        90..=5_399 => format!("{} min", (seconds + 30) / 60),
        5_400..=172_799 => format!("{} h", (seconds + 1_800) / 3_600),
        _ => format!("{} d", (seconds + 43_200) / 86_400),
    }
}

/// How far a clock that shows `hour` (`15:20`) at this instant is ahead of UTC, whole days aside, in milliseconds.
pub(crate) fn ahead(hour: &str, at: Timestamp) -> f64 {
    let minutes =
        |text: &str| text.split_once(':').and_then(|(h, m)| Some(h.parse::<i64>().ok()? * 60 + m.parse::<i64>().ok()?));
    let utc = at.as_second().div_euclid(60);
    minutes(hour).map_or(0.0, |local| ((local - utc).rem_euclid(1_440) * 60_000) as f64)
}

#[cfg(test)]
mod tests {
    use super::{ahead, lasting, relative};
    use watchkeeper_common::time::Timestamp;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + second).unwrap()
    }

    #[test]
    fn the_past_and_what_is_ahead() {
        assert_eq!(relative(at(0), at(2)), "just now");
        assert_eq!(relative(at(0), at(20)), "20 s ago");
        assert_eq!(relative(at(0), at(360)), "6 min ago");
        assert_eq!(relative(at(0), at(7_200)), "2 h ago");
        assert_eq!(relative(at(0), at(3 * 86_400)), "3 d ago");
        assert_eq!(relative(at(40), at(0)), "in 40 s");
    }

    #[test]
    fn a_clock_on_the_wall_tells_its_zone() {
        // 22:13:20 UTC.
        assert_eq!(ahead("22:13", at(0)), 0.0);
        assert_eq!(ahead("03:43", at(0)), 5.5 * 3_600_000.0);
        assert_eq!(ahead("noon", at(0)), 0.0);
    }

    #[test]
    fn a_span_is_never_negative() {
        assert_eq!(lasting(at(0), at(372)), "6 min");
        assert_eq!(lasting(at(10), at(0)), "0 s");
    }
}
