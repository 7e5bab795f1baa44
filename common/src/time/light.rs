//! An instant without a calendar library.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

const DAY: i64 = 86_400_000;

/// Milliseconds since the epoch, with the names jiff gives such things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

/// An instant that RFC 3339 cannot write, or a text that is none in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoInstant;

impl Display for NoInstant {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("not an instant of the years 0 to 9999 in UTC")
    }
}

impl Timestamp {
    pub const UNIX_EPOCH: Self = Self(0);
    /// `0000-01-01T00:00:00Z` and `9999-12-31T23:59:59.999Z`.
    const RANGE: (i64, i64) = (-62_167_219_200_000, 253_402_300_799_999);

    pub fn from_millisecond(millis: i64) -> Result<Self, NoInstant> {
        let (first, last) = Self::RANGE;
        if (first..=last).contains(&millis) { Ok(Self(millis)) } else { Err(NoInstant) }
    }

    pub fn from_second(second: i64) -> Result<Self, NoInstant> {
        second.checked_mul(1_000).ok_or(NoInstant).and_then(Self::from_millisecond)
    }

    #[must_use]
    pub fn as_millisecond(self) -> i64 {
        self.0
    }

    /// Towards zero, as jiff has it.
    #[must_use]
    pub fn as_second(self) -> i64 {
        self.0 / 1_000
    }
}

/// Days since the epoch of a date of the proleptic Gregorian calendar: a year begins in March, so that the leap day is its
/// last, and 400 of them are 146,097 days (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The way back: year, month, day.
fn date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let month = (from_march + 2) % 12 + 1;
    (era * 400 + year_of_era + i64::from(month <= 2), month, of_year - (153 * from_march + 2) / 5 + 1)
}

impl Display for Timestamp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (year, month, day) = date(self.0.div_euclid(DAY));
        let of_day = self.0.rem_euclid(DAY);
        let (hour, minute, second) = (of_day / 3_600_000, of_day / 60_000 % 60, of_day / 1_000 % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        let fraction = format!("{:03}", of_day % 1_000);
        match fraction.trim_end_matches('0') {
            "" => f.write_str("Z"),
            digits => write!(f, ".{digits}Z"),
        }
    }
}

impl FromStr for Timestamp {
    type Err = NoInstant;

    /// `2026-11-21T15:20:08.125Z`; digits beyond milliseconds are cut off.
    fn from_str(text: &str) -> Result<Self, NoInstant> {
        let text = text.strip_suffix('Z').ok_or(NoInstant)?;
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let number = |at: std::ops::Range<usize>| {
            let digits = whole.get(at).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
            digits.and_then(|digits| digits.parse::<i64>().ok()).ok_or(NoInstant)
        };
        let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
        let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
        let marks = whole.len() == 19
            && [(4, '-'), (7, '-'), (10, 'T'), (13, ':'), (16, ':')]
                .iter()
                .all(|(at, mark)| whole.get(*at..).is_some_and(|rest| rest.starts_with(*mark)));
        let there = date(days(year, month, day)) == (year, month, day) && hour < 24 && minute < 60 && second < 60;
        if !marks || !there || fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NoInstant);
        }
        let millis = format!("{fraction:0<3}").get(..3).and_then(|digits| digits.parse::<i64>().ok()).unwrap_or(0);
        Self::from_millisecond(
            days(year, month, day) * DAY + hour * 3_600_000 + minute * 60_000 + second * 1_000 + millis,
        )
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
