//! Numbers with units, as people and models write them: `0.8 GB`, `85 %`, `1 h 20 min`, `10–20 MB/s`, `about 310 pages/s`.
//!
//! Reading is word by word. What is not a measurement is told apart here: list numbers, ordinals, versions, identifiers
//! (`sda1`, `M12`, `p99`), status codes, clock times, dates, hosts with ports.

use super::unit::{self, Reading};

/// How a number was meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    Exact,
    /// `about`, `nearly`, `~`
    About,
    /// `over`, `at least`, `>`
    AtLeast,
    /// `under`, `up to`, `<`
    AtMost,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Quantity {
    /// As written, with its unit.
    pub(super) text: String,
    pub(super) value: f64,
    /// Worth of the last digit shown, in the same unit as `value`.
    pub(super) step: f64,
    /// What the unit may mean; never empty.
    pub(super) readings: Vec<Reading>,
    pub(super) bound: Bound,
    /// The word counted, lower-cased, when it is no unit: `facts` in `4 of 5 facts`.
    pub(super) noun: String,
}

/// What a sentence says that can be recomputed.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Mention {
    Quantity(Quantity),
    /// `10.0.0.9:9100`
    Host(String),
    /// `2026-11-21`, to be compared with the window's dates.
    Date(String),
    /// `14:05` or `14:05:30`, as seconds of the day.
    Clock {
        text: String,
        second: i64,
    },
}

/// A number directly after one of these names something.
const NAMING: &[&str] = &[
    "http",
    "status",
    "code",
    "port",
    "signal",
    "pid",
    "errno",
    "version",
    "line",
    "step",
    "exit",
    "rfc",
    "raid",
    "v",
    "kernel",
    "release",
    "figure",
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
/// After `5-minute` these make it the name of a statistic.
const STATISTICS: &[&str] = &["load", "average", "averages", "rate", "rates", "mean", "moving", "loads"];
const OPENING: &[char] = &['(', '[', '{', '"', '\'', '*', '“', '‘', '`', '='];
const CLOSING: &[char] = &[')', ']', '}', '"', '\'', '*', '”', '’', '`', ',', '.', ';', ':', '!', '?', '…'];

/// Everything checkable in a sentence, in order.
pub(super) fn mentions(sentence: &str) -> Vec<Mention> {
    let spaced = sentence.replace(['(', ')', '=', '→'], " ").replace("..", " to ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        at += mention(&words, at, &mut found);
    }
    joined(found)
}

/// Reads at word `at`; returns how many words it took.
fn mention(words: &[&str], at: usize, found: &mut Vec<Mention>) -> usize {
    let raw = word(words, at);
    let (bound, bare) = bound(words, at);
    let bare = bare.trim_start_matches(OPENING).trim_end_matches(CLOSING);
    if !bare.contains(|c: char| c.is_ascii_digit()) || is_list_number(raw, at) {
        return 1;
    }
    if let Some(moment) = moment(bare).or_else(|| host(bare)) {
        found.push(moment);
        return 1;
    }
    let Some(number) = Number::read(bare) else { return 1 };
    let before = word(words, at.wrapping_sub(1)).to_lowercase();
    if number.rest.is_empty() && NAMING.contains(&before.trim_matches(CLOSING).trim_start_matches(OPENING)) {
        return 1;
    }
    if let Some((low, high)) = range(bare) {
        return push_range(words, at, low, high, found);
    }
    push(words, at, &number, bound, found)
}

fn push(words: &[&str], at: usize, number: &Number<'_>, bound: Bound, found: &mut Vec<Mention>) -> usize {
    let glued = number.rest.trim_start_matches('-');
    if number.rest.starts_with('-') && STATISTICS.contains(&word(words, at + 1).trim_matches(CLOSING)) {
        return 1;
    }
    if glued.is_empty() {
        let ended = word(words, at).ends_with(CLOSING);
        let (unit, noun, taken) = if ended { (None, String::new(), 0) } else { following(words, at + 1) };
        let readings = unit.unwrap_or_else(unit::plain);
        let text = words.get(at..=at + taken).unwrap_or_default().join(" ");
        found.push(quantity(text.trim_matches(CLOSING), number, readings, bound, noun));
        return 1 + taken;
    }
    // `5xx`, `3rd`: a name, unless the letters are a unit.
    if let Some(readings) = unit::read(glued) {
        found.push(quantity(word(words, at).trim_matches(CLOSING), number, readings, bound, String::new()));
    } else if let Some((first, rest)) = unit::split_compound(glued) {
        if let Some(readings) = unit::read(first) {
            found.push(quantity(word(words, at), number, readings, bound, String::new()));
        }
        if let Some((next, readings)) = Number::read(rest).and_then(|n| Some((n, unit::read(n.rest)?))) {
            found.push(quantity(word(words, at), &next, readings, bound, String::new()));
        }
    }
    1
}

/// `10–20 MB`: both ends share the unit.
fn push_range(words: &[&str], at: usize, low: Number<'_>, high: Number<'_>, found: &mut Vec<Mention>) -> usize {
    let before = found.len();
    let taken = push(words, at, &high, Bound::Exact, found);
    let readings = match found.get(before) {
        Some(Mention::Quantity(q)) => q.readings.clone(),
        _ => unit::plain(),
    };
    found.push(quantity(word(words, at), &low, readings, Bound::Exact, String::new()));
    taken
}

/// Unit or counted noun after a number, and how many words it is.
fn following(words: &[&str], at: usize) -> (Option<Vec<Reading>>, String, usize) {
    let first = word(words, at).trim_end_matches(CLOSING);
    let next = word(words, at + 1).trim_end_matches(CLOSING);
    let after = word(words, at + 2).trim_end_matches(CLOSING);
    if next == "per"
        && !word(words, at).ends_with(CLOSING)
        && let Some(readings) = unit::read(&format!("{first}/{after}"))
    {
        return (Some(readings), String::new(), 3);
    }
    if first == "per" {
        return unit::read(&format!("/{next}")).map_or((None, String::new(), 0), |r| (Some(r), String::new(), 2));
    }
    if let Some(readings) = unit::read(first) {
        return (Some(readings), String::new(), 1);
    }
    // `4 of 5 facts`, `4 out of 5 facts`: the noun stands after the second number.
    let noun = match first {
        "of" => word(words, at + 2),
        "out" => word(words, at + 3),
        other => other,
    };
    (None, noun.trim_matches(CLOSING).to_lowercase(), 0)
}

fn quantity(text: &str, number: &Number<'_>, readings: Vec<Reading>, bound: Bound, noun: String) -> Mention {
    Mention::Quantity(Quantity { text: text.to_owned(), value: number.value, step: number.step, readings, bound, noun })
}

/// Spans written in two units (`1 h 20 min`) are one quantity; `10 to 20 MB` share the unit.
fn joined(found: Vec<Mention>) -> Vec<Mention> {
    let mut out: Vec<Mention> = Vec::new();
    for next in found {
        if let (Some(Mention::Quantity(low)), Mention::Quantity(high)) = (out.last_mut(), &next)
            && matches!(low.noun.as_str(), "to" | "and" | "or" | "-" | "–" | "—")
        {
            low.readings.extend(high.readings.iter().copied());
        }
        if let (Some(Mention::Quantity(a)), Mention::Quantity(b)) = (out.last_mut(), &next)
            && let (Some(first), Some(second)) = (unit::time_scale(&a.readings), unit::time_scale(&b.readings))
            && first > second
            && b.value * second < first
        {
            *a = Quantity {
                text: format!("{} {}", a.text, b.text),
                value: a.value * first + b.value * second,
                step: b.step * second,
                readings: unit::seconds(),
                bound: a.bound,
                noun: String::new(),
            };
            continue;
        }
        out.push(next);
    }
    out
}

/// The bound the words before a number set, and the word without a comparison sign.
fn bound<'a>(words: &[&'a str], at: usize) -> (Bound, &'a str) {
    let raw = word(words, at).trim_start_matches(OPENING);
    for (signs, bound) in [(["~", "≈"], Bound::About), ([">", "≥"], Bound::AtLeast), (["<", "≤"], Bound::AtMost)]
    {
        if let Some(rest) = signs.iter().find_map(|sign| raw.strip_prefix(sign)) {
            return (bound, rest.trim_start_matches('='));
        }
    }
    let before = word(words, at.wrapping_sub(1)).to_lowercase();
    let bound = match before.as_str() {
        "about" | "around" | "approximately" | "roughly" | "nearly" | "almost" | "~" | "circa" | "some" | "approx." => {
            Bound::About
        }
        "over" | "above" | "exceeding" | "exceeds" | "exceeded" | "least" | "beyond" | ">" | "≥" | ">=" => {
            Bound::AtLeast
        }
        "under" | "below" | "most" | "within" | "<" | "≤" | "<=" => Bound::AtMost,
        "than" => match word(words, at.wrapping_sub(2)).to_lowercase().as_str() {
            "less" | "fewer" | "lower" | "smaller" => Bound::AtMost,
            _ => Bound::AtLeast,
        },
        _ => Bound::Exact,
    };
    (bound, raw)
}

fn word<'a>(words: &[&'a str], at: usize) -> &'a str {
    words.get(at).copied().unwrap_or_default()
}

/// `1.` or `2)` at the start of a sentence.
fn is_list_number(raw: &str, at: usize) -> bool {
    at == 0 && raw.strip_suffix(['.', ')', ':']).is_some_and(|n| n.len() <= 2 && n.bytes().all(|b| b.is_ascii_digit()))
}

/// A number at the start of a word, and what is glued to it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Number<'a> {
    value: f64,
    step: f64,
    rest: &'a str,
}

impl<'a> Number<'a> {
    fn read(word: &'a str) -> Option<Self> {
        let unsigned = word.trim_start_matches(['-', '−', '+', '–']);
        let signed = unsigned.len() < word.len() && !word.starts_with('+');
        let digits = unsigned.bytes().take_while(|b| b.is_ascii_digit() || matches!(b, b'.' | b',')).count();
        let shown = unsigned.get(..digits)?.trim_end_matches(['.', ',']);
        if !shown.starts_with(|c: char| c.is_ascii_digit()) || shown.matches('.').count() > 1 {
            return None;
        }
        let rest = unsigned.get(shown.len()..)?;
        let (exponent, rest) = exponent(rest);
        let shown = shown.replace(',', "");
        let value: f64 = shown.parse().ok()?;
        let decimals = shown.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let power = 10_f64.powi(exponent);
        let step = 10_f64.powi(-i32::try_from(decimals).ok()?) * power;
        Some(Self { value: if signed { -value } else { value } * power, step, rest })
    }
}

/// `e-4` after a number.
fn exponent(rest: &str) -> (i32, &str) {
    let Some(after) = rest.strip_prefix(['e', 'E']) else { return (0, rest) };
    let digits = after.strip_prefix(['-', '+']).unwrap_or(after).bytes().take_while(u8::is_ascii_digit).count();
    let end = after.len() - after.strip_prefix(['-', '+']).unwrap_or(after).len() + digits;
    match after.get(..end).filter(|_| digits > 0).and_then(|e| e.parse::<i32>().ok()).filter(|e| e.abs() <= 30) {
        Some(exponent) => (exponent, after.get(end..).unwrap_or_default()),
        None => (0, rest),
    }
}

fn range(word: &str) -> Option<(Number<'_>, Number<'_>)> {
    let low = Number::read(word)?;
    let high = Number::read(low.rest.strip_prefix(['-', '–', '—'])?)?;
    Some((low, high))
}

/// A date or a time of day.
fn moment(word: &str) -> Option<Mention> {
    let (date, time) = word.split_once('T').map_or((word, None), |(date, time)| (date, Some(time)));
    let parts: Vec<&str> = date.split('-').collect();
    if let [year, month, day] = parts.as_slice()
        && [(year, 4), (month, 2), (day, 2)].iter().all(|(p, n)| p.len() == *n && p.bytes().all(|b| b.is_ascii_digit()))
    {
        return time.is_none_or(|time| clock(time).is_some()).then(|| Mention::Date(date.to_owned()));
    }
    clock(word).map(|second| Mention::Clock { text: word.to_owned(), second })
}

fn clock(word: &str) -> Option<i64> {
    let word = word.trim_end_matches("UTC").trim_end_matches('Z');
    let word = word.split_once(['+', '.']).map_or(word, |(time, _)| time);
    let mut parts = word.split(':').map(|p| p.parse::<i64>().ok().filter(|_| p.len() == 2));
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = match parts.next() {
        Some(second) => second?,
        None => 0,
    };
    (parts.next().is_none() && hour < 24 && minute < 60 && second < 60).then_some(hour * 3_600 + minute * 60 + second)
}

/// `host:port`, `[v6]:port` or an IPv4 address.
fn host(word: &str) -> Option<Mention> {
    let is_port = |p: &str| (1..=5).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit());
    let is_v4 = word.parse::<std::net::Ipv4Addr>().is_ok();
    let has_port = word.rsplit_once(':').is_some_and(|(name, port)| {
        is_port(port) && !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "-._:[]".contains(c))
    });
    (is_v4 || has_port).then(|| Mention::Host(word.to_owned()))
}
