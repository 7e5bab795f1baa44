//! Times as a person reads them: in their zone, with its abbreviation.

use jiff::Zoned;
use jiff::tz::TimeZone;

use crate::time::{UtcMillis, Window};

fn zoned(at: UtcMillis, zone: &str) -> Option<Zoned> {
    Some(at.to_jiff()?.to_zoned(TimeZone::get(zone).unwrap_or(TimeZone::UTC)))
}

/// `IST`; for zones without letters their offset, `UTC+03`.
fn abbreviation(at: &Zoned) -> String {
    let name = at.strftime("%Z").to_string();
    if name.starts_with(['+', '-']) { format!("UTC{name}") } else { name }
}

/// `21 Nov 2026, 15:21 IST`; empty beyond the years a timestamp can name.
#[must_use]
pub fn moment(at: UtcMillis, zone: &str) -> String {
    zoned(at, zone).map_or_else(String::new, |at| format!("{} {}", at.strftime("%-d %b %Y, %H:%M"), abbreviation(&at)))
}

/// `21 Nov 2026, 15:20–15:21 IST`; both dates when it crosses midnight, both abbreviations when the clocks change.
#[must_use]
pub fn span(window: Window, zone: &str) -> String {
    let (Some(start), Some(end)) = (zoned(window.start, zone), zoned(window.end, zone)) else { return String::new() };
    if start.date() == end.date() && start.offset() == end.offset() {
        return format!("{}–{} {}", start.strftime("%-d %b %Y, %H:%M"), end.strftime("%H:%M"), abbreviation(&end));
    }
    format!("{} – {}", moment(window.start, zone), moment(window.end, zone))
}
