//! The instant of the wire types: RFC 3339 in UTC.
//!
//! The server's is jiff's (feature `jiff`). The dashboard only reads, compares and writes instants, and leaves zones and calendars
//! to the browser: it has a count of milliseconds, which spares it 20 kB of code to load.

pub mod light;

#[cfg(feature = "jiff")]
pub use jiff::Timestamp;

#[cfg(not(feature = "jiff"))]
pub use light::Timestamp;

#[cfg(test)]
mod tests {
    use super::light;

    /// Every instant is read and written as jiff does it, and every text that is none is refused by both.
    #[test]
    fn instants_are_those_of_jiff() {
        let mut millis = -62_167_219_200_000_i64;
        while millis < 253_402_300_799_999 {
            let ours = light::Timestamp::from_millisecond(millis).unwrap();
            let jiffs = jiff::Timestamp::from_millisecond(millis).unwrap();
            assert_eq!(ours.to_string(), jiffs.to_string());
            assert_eq!(ours.as_second(), jiffs.as_second());
            assert_eq!(jiffs.to_string().parse::<light::Timestamp>().unwrap(), ours);
            // A prime near eleven days, so that every day of the year, hour and fraction comes by.
            millis += 950_400_361;
        }
        assert_eq!(light::Timestamp::default(), light::Timestamp::UNIX_EPOCH);
    }

    #[test]
    fn what_is_no_instant_is_refused() {
        for text in [
            "",
            "Z",
            "2026-11-21",
            "2026-11-21T15:20:08",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-11-21T24:00:00Z",
            "2026-11-21T15:60:00Z",
            "2026-11-21 15:20:08Z ",
            "2026-11-21T15:20:08.Z",
            "2026-11-21T15:20:08.1aZ",
            "+026-11-21T15:20:08Z",
            "2026-11-2éT15:20:08Z",
            "2026/11/21T15:20:08Z",
        ] {
            assert!(text.parse::<light::Timestamp>().is_err(), "{text}");
        }
        let precise = "2026-11-21T15:20:08.123456789Z";
        assert_eq!(precise.parse::<light::Timestamp>().unwrap().to_string(), "2026-11-21T15:20:08.123Z");
        assert!(light::Timestamp::from_second(i64::MAX).is_err());
    }
}
