//! One line of the Prometheus text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats).

use super::{Entry, Format, Line, Problem, Read, family, series_end, until, value};

const KINDS: [&str; 5] = ["counter", "gauge", "histogram", "summary", "untyped"];

pub(super) fn line<'a>(bytes: &'a [u8], expected: &[u8]) -> Result<Line<'a>, Problem> {
    let start = trimmed(bytes);
    match start.first() {
        None => Ok(Line { entry: Read::End, rest: start }),
        Some(b'\n') => Ok(Line { entry: Read::Nothing, rest: after_break(start) }),
        Some(b'#') => {
            let (text, rest) = until(start, |byte| byte == b'\n');
            Ok(Line { entry: comment(text)?, rest: after_break(rest) })
        }
        Some(_) => sample(start, expected),
    }
}

fn sample<'a>(start: &'a [u8], expected: &[u8]) -> Result<Line<'a>, Problem> {
    let (series, rest) = start.split_at(series_end(start, expected, Format::Text)?);
    let (token, rest) = until(trimmed(rest), is_space);
    let value = value(token)?;
    let rest = trimmed(rest);
    let (stamp, rest) = until(rest, is_space);
    if !stamp.is_empty() && std::str::from_utf8(stamp).ok().and_then(|text| text.parse::<i64>().ok()).is_none() {
        return Err(Problem::expected("a timestamp in milliseconds", stamp));
    }
    let rest = trimmed(rest);
    match rest.first() {
        None | Some(b'\n') => Ok(Line { entry: Read::Entry(Entry::Sample { series, value }), rest: after_break(rest) }),
        Some(_) => Err(Problem::expected("the end of the line", rest)),
    }
}

/// `# TYPE name kind` counts and `# HELP name …` must name a metric; any other comment is one.
fn comment(text: &[u8]) -> Result<Read<'_>, Problem> {
    let after_hash = text.get(1..).unwrap_or_default();
    let (keyword, rest) = until(trimmed(after_hash), is_space);
    let keyword = if after_hash.first().is_some_and(|byte| is_space(*byte)) { keyword } else { b"" };
    let (name, rest) = until(trimmed(rest), is_space);
    match keyword {
        b"TYPE" => {
            let kind = trimmed(rest);
            family(name, kind.trim_ascii_end(), &KINDS).map(Read::Entry)
        }
        b"HELP" if !super::series::is_metric_name(name) => Err(Problem::expected("a metric name", name)),
        _ => Ok(Read::Nothing),
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n')
}

/// Without leading blanks.
fn trimmed(bytes: &[u8]) -> &[u8] {
    until(bytes, |byte| !matches!(byte, b' ' | b'\t')).1
}

fn after_break(bytes: &[u8]) -> &[u8] {
    bytes.get(1..).unwrap_or_default()
}
