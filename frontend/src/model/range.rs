//! A range of time as an address holds it: the last so long, or between two instants.

use watchkeeper_common::time::Timestamp;

use super::chart::Span;

/// Word in the address, words for a person, seconds.
pub(crate) const PRESETS: &[(&str, &str, u32)] = &[
    ("-15m", "last 15 minutes", 900),
    ("-1h", "last hour", 3_600),
    ("-6h", "last 6 hours", 21_600),
    ("-24h", "last 24 hours", 86_400),
    ("-7d", "last 7 days", 604_800),
];
const DEFAULT: u32 = 3_600;
/// What the server answers for at once.
const LONGEST: f64 = 31.0 * 86_400_000.0;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Range {
    /// Up to now, in seconds.
    Last(u32),
    Between(f64, f64),
}

impl Range {
    /// As the address has it; what makes no sense is the last hour.
    pub(crate) fn parse(from: Option<&str>, to: Option<&str>) -> Self {
        let preset = PRESETS.iter().find(|(word, ..)| Some(*word) == from);
        let millis = |text: Option<&str>| text?.parse::<Timestamp>().ok().map(|at| at.as_millisecond() as f64);
        match (preset, millis(from), millis(to)) {
            (Some((.., seconds)), ..) => Self::Last(*seconds),
            (None, Some(from), Some(to)) if to > from => Self::Between(from.max(to - LONGEST), to),
            _ => Self::Last(DEFAULT),
        }
    }

    /// The `from` and `to` of an address; empty is left out.
    pub(crate) fn words(self) -> (String, String) {
        match self {
            Self::Last(DEFAULT) => (String::new(), String::new()),
            Self::Last(seconds) => {
                let word = PRESETS.iter().find(|(.., own)| *own == seconds).map_or("", |(word, ..)| word);
                (word.to_owned(), String::new())
            }
            Self::Between(from, to) => (instant(from), instant(to)),
        }
    }

    pub(crate) fn span(self, now: f64) -> Span {
        match self {
            Self::Last(seconds) => (now - f64::from(seconds) * 1e3, now),
            Self::Between(from, to) => (from, to),
        }
    }

    /// Twice as long about the same middle, not into the future; a preset becomes the next longer one.
    pub(crate) fn wider(self, now: f64) -> Self {
        match self {
            Self::Last(seconds) => {
                Self::Last(PRESETS.iter().map(|(.., own)| *own).find(|own| *own > seconds).unwrap_or(seconds))
            }
            Self::Between(from, to) => {
                let width = (2.0 * (to - from)).min(LONGEST);
                let end = ((from + to + width) / 2.0).min(now.max(to));
                Self::Between(end - width, end)
            }
        }
    }
}

/// An address's query with another time and everything else as it was; a place in a list, which belongs to its time, starts over.
pub(crate) fn retimed(query: &str, name: &str, word: &str) -> String {
    let pairs = query.trim_start_matches('?').split('&').filter(|pair| !pair.is_empty());
    let about_time = |pair: &str| matches!(pair.split('=').next(), Some("from" | "to" | "since" | "cursor"));
    let mut kept: Vec<String> = pairs.filter(|pair| !about_time(pair)).map(str::to_owned).collect();
    if !word.is_empty() {
        kept.push(format!("{name}={word}"));
    }
    kept.join("&")
}

/// RFC 3339, whole seconds.
pub(crate) fn instant(at: f64) -> String {
    Timestamp::from_second((at / 1e3).round() as i64).unwrap_or_default().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: f64 = 1_800_000_000_000.0;

    #[test]
    fn an_address_is_read_as_it_was_written() {
        for range in [Range::Last(900), Range::Last(3_600), Range::Last(604_800), Range::Between(NOON, NOON + 60_000.0)]
        {
            let (from, to) = range.words();
            let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
            assert_eq!(Range::parse(some(&from).as_deref(), some(&to).as_deref()), range, "{from} {to}");
        }
    }

    #[test]
    fn another_time_leaves_everything_else_of_an_address() {
        let query = "?state=open&since=7d&from=2026-01-01T00%3A00%3A00Z&to=x&cursor=abc&demo=1&fromage=a%20b";
        assert_eq!(retimed(query, "since", "24h"), "state=open&demo=1&fromage=a%20b&since=24h");
        assert_eq!(retimed(query, "from", ""), "state=open&demo=1&fromage=a%20b");
        assert_eq!((retimed("", "from", "-6h").as_str(), retimed("?", "from", "").as_str()), ("from=-6h", ""));
    }

    #[test]
    fn nonsense_is_the_last_hour() {
        for (from, to) in
            [(None, None), (Some("-2y"), None), (Some("2026-01-02T00:00:00Z"), None), (Some("x"), Some("y"))]
        {
            assert_eq!(Range::parse(from, to), Range::Last(3_600));
        }
        assert_eq!(Range::parse(Some("2026-01-02T00:00:00Z"), Some("2026-01-01T00:00:00Z")), Range::Last(3_600));
        let Range::Between(from, to) = Range::parse(Some("1999-01-01T00:00:00Z"), Some("2026-01-01T00:00:00Z")) else {
            panic!("two instants")
        };
        assert_eq!(to - from, LONGEST);
    }

    #[test]
    fn wider_keeps_the_middle_and_ends_now() {
        assert_eq!(Range::Last(900).wider(NOON), Range::Last(3_600));
        assert_eq!(Range::Last(604_800).wider(NOON), Range::Last(604_800));
        assert_eq!(Range::Between(100.0, 200.0).wider(NOON), Range::Between(50.0, 250.0));
        assert_eq!(Range::Between(NOON - 100.0, NOON).wider(NOON), Range::Between(NOON - 200.0, NOON));
        assert_eq!(Range::Last(900).span(NOON), (NOON - 900_000.0, NOON));
    }
}
