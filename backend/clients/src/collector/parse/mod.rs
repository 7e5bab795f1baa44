//! What exporters answer: the Prometheus text format 0.0.4 and OpenMetrics 1.0, as strictly as Prometheus 2 reads them.
//!
//! One pass, no allocation: an entry borrows from the body. A series is handed out as its text, whose labels are looked at when the
//! text is new ([`exposed`]); whoever knows what text comes next says so, and then not even its end is searched for.
//!
//! Timestamps of samples must be well-formed and are then not used: the configuration we ship for Prometheus has
//! `honor_timestamps: false`, so the time of the scrape counts there too. Exemplars and `HELP` are checked and skipped.

mod openmetrics;
mod series;
mod text;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

/// Longest piece of a bad line that an error shows, in characters.
const SHOWN: usize = 40;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Text,
    OpenMetrics,
}

impl Format {
    /// By the answer's content type; whatever is not OpenMetrics is read as text.
    pub(super) fn of(content_type: &str) -> Self {
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        if essence.eq_ignore_ascii_case("application/openmetrics-text") { Self::OpenMetrics } else { Self::Text }
    }
}

/// One thing that an exposition says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Entry<'a> {
    Sample {
        series: &'a [u8],
        value: f64,
    },
    /// `# TYPE family kind`
    Type {
        family: &'a str,
        kind: &'a str,
    },
}

/// A series as its exporter names it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Exposed {
    pub(super) metric: String,
    pub(super) labels: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("parse error at line {line}: {problem}")]
pub(super) struct ParseError {
    pub(super) line: usize,
    pub(super) problem: Problem,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Problem {
    /// What should have stood here, and what did.
    Expected(&'static str, String),
    Invalid(&'static str, String),
    /// Something is there twice or missing altogether.
    Whole(&'static str),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expected(what, got) if got.is_empty() => write!(f, "expected {what}, got the end of the line"),
            Self::Expected(what, got) => write!(f, "expected {what}, got {got:?}"),
            Self::Invalid(what, got) => write!(f, "invalid {what} {got:?}"),
            Self::Whole(what) => f.write_str(what),
        }
    }
}

impl Problem {
    fn expected(what: &'static str, got: &[u8]) -> Self {
        Self::Expected(what, shown(got))
    }

    fn invalid(what: &'static str, got: &[u8]) -> Self {
        Self::Invalid(what, shown(got))
    }
}

/// The beginning of what stands there, up to the end of its line.
fn shown(got: &[u8]) -> String {
    let line = got.split(|byte| *byte == b'\n').next().unwrap_or_default();
    String::from_utf8_lossy(line.get(..4 * SHOWN).unwrap_or(line)).chars().take(SHOWN).collect()
}

/// Labels of a series that [`Entries`] handed out.
///
/// # Errors
/// A label that stands there twice.
pub(super) fn exposed(series: &[u8], format: Format) -> Result<Exposed, Problem> {
    let mut found = Exposed::default();
    let (name, _end) =
        series::walk(series, format, |name, value| match found.labels.insert(name.to_owned(), value.into_owned()) {
            Some(_twice) => Err(Problem::invalid("label that is there twice:", name.as_bytes())),
            None => Ok(()),
        })?;
    name.clone_into(&mut found.metric);
    Ok(found)
}

/// Walks through an exposition.
#[derive(Debug)]
pub(super) struct Entries<'a> {
    rest: &'a [u8],
    format: Format,
    line: usize,
    ended: bool,
}

impl<'a> Entries<'a> {
    pub(super) fn new(body: &'a [u8], format: Format) -> Self {
        Self { rest: body, format, line: 1, ended: false }
    }

    /// A problem with the entry that was handed out last.
    pub(super) fn at_last_line(&self, problem: Problem) -> String {
        ParseError { line: self.line.saturating_sub(1), problem }.to_string()
    }

    /// The next entry; after an error there is none. `expected` is the series that probably comes next, or empty.
    pub(super) fn next(&mut self, expected: &[u8]) -> Option<Result<Entry<'a>, ParseError>> {
        while !self.ended {
            let outcome = match self.format {
                Format::Text => text::line(self.rest, expected),
                Format::OpenMetrics => openmetrics::line(self.rest, expected),
            };
            let line = self.line;
            match outcome {
                Ok(Line { entry, rest }) => {
                    self.rest = rest;
                    self.line += 1;
                    match entry {
                        Read::Entry(entry) => return Some(Ok(entry)),
                        Read::Nothing => {}
                        Read::End => self.ended = true,
                    }
                }
                Err(problem) => {
                    self.ended = true;
                    return Some(Err(ParseError { line, problem }));
                }
            }
        }
        None
    }
}

/// What one line gave.
enum Read<'a> {
    Entry(Entry<'a>),
    Nothing,
    End,
}

struct Line<'a> {
    entry: Read<'a>,
    /// What follows the line.
    rest: &'a [u8],
}

/// Cuts at the first byte that satisfies `end`; everything when none does.
fn until(bytes: &[u8], end: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    bytes.split_at(bytes.iter().position(|byte| end(*byte)).unwrap_or(bytes.len()))
}

/// The end of the series that `bytes` begins with: where it was expected to end, or where it does.
fn series_end(bytes: &[u8], expected: &[u8], format: Format) -> Result<usize, Problem> {
    if let Some(rest) = bytes.strip_prefix(expected)
        && !expected.is_empty()
        && matches!(rest.first(), Some(b' ' | b'\t'))
        // The text format may have its labels behind a blank.
        && (expected.ends_with(b"}") || rest.trim_ascii_start().first() != Some(&b'{'))
    {
        return Ok(expected.len());
    }
    series::walk(bytes, format, |_, _| Ok(())).map(|(_, end)| end)
}

/// A value as Go's `ParseFloat` reads it, without hexadecimals and underscores.
fn value(token: &[u8]) -> Result<f64, Problem> {
    let text = std::str::from_utf8(token).map_err(|_not_text| Problem::expected("a value", token))?;
    let parsed: f64 = text.parse().map_err(|_not_a_number| Problem::expected("a value", token))?;
    // Rust rounds what is too large to infinity; only the word is one. Go takes no sign before NaN.
    let word = text.trim_start_matches(['+', '-']);
    let is_word = word.starts_with(['i', 'I', 'n', 'N']);
    if (parsed.is_infinite() && !is_word) || (parsed.is_nan() && word.len() != text.len()) {
        return Err(Problem::invalid("value", token));
    }
    Ok(parsed)
}

/// `TYPE`'s two words.
fn family<'a>(name: &'a [u8], kind: &'a [u8], kinds: &[&str]) -> Result<Entry<'a>, Problem> {
    let named = std::str::from_utf8(name).ok().filter(|name| series::is_metric_name(name.as_bytes()));
    let family = named.ok_or_else(|| Problem::expected("a metric name", name))?;
    let known = std::str::from_utf8(kind).ok().filter(|kind| kinds.contains(kind));
    let kind = known.ok_or_else(|| Problem::invalid("metric type", kind))?;
    Ok(Entry::Type { family, kind })
}
