//! One line of OpenMetrics 1.0 (github.com/prometheus/OpenMetrics, specification): single spaces, no blank lines, and an end that
//! says so.

use super::series::{braces, is_metric_name};
use super::{Entry, Format, Line, Problem, Read, family, series_end, until, value};

const KINDS: [&str; 8] = ["counter", "gauge", "histogram", "gaugehistogram", "summary", "info", "stateset", "unknown"];

pub(super) fn line<'a>(bytes: &'a [u8], expected: &[u8]) -> Result<Line<'a>, Problem> {
    match bytes.first() {
        None => Err(Problem::Whole("expected # EOF at the end")),
        Some(b'#') => {
            let (text, rest) = until(bytes, |byte| byte == b'\n');
            if text == b"# EOF" {
                return end(rest);
            }
            Ok(Line { entry: descriptor(text)?, rest: broken(rest)? })
        }
        Some(_) => sample(bytes, expected),
    }
}

/// Nothing but a line break may follow.
fn end(rest: &[u8]) -> Result<Line<'_>, Problem> {
    let after = rest.strip_prefix(b"\n").unwrap_or(rest);
    if after.is_empty() {
        Ok(Line { entry: Read::End, rest: after })
    } else {
        Err(Problem::expected("nothing after # EOF", after))
    }
}

fn descriptor(text: &[u8]) -> Result<Read<'_>, Problem> {
    let known = [&b"# TYPE "[..], b"# HELP ", b"# UNIT "].into_iter().find(|keyword| text.starts_with(keyword));
    let keyword = known.ok_or_else(|| Problem::expected("# TYPE, # HELP, # UNIT or # EOF", text))?;
    let (name, rest) = until(text.get(keyword.len()..).unwrap_or_default(), |byte| byte == b' ');
    if !is_metric_name(name) {
        return Err(Problem::expected("a metric name", name));
    }
    let Some(value) = rest.strip_prefix(b" ") else { return Err(Problem::expected("a space after the name", rest)) };
    match keyword {
        b"# TYPE " => family(name, value, &KINDS).map(Read::Entry),
        b"# UNIT " if !(value.is_empty() || unit_of(name, value)) => {
            Err(Problem::invalid("unit: the metric's name does not end in it:", value))
        }
        _ => Ok(Read::Nothing),
    }
}

fn unit_of(name: &[u8], unit: &[u8]) -> bool {
    name.strip_suffix(unit).is_some_and(|stem| stem.ends_with(b"_"))
}

fn sample<'a>(start: &'a [u8], expected: &[u8]) -> Result<Line<'a>, Problem> {
    let (series, rest) = start.split_at(series_end(start, expected, Format::OpenMetrics)?);
    let (value, rest) = number(spaced(rest)?)?;
    let rest = exemplar(stamp(rest)?)?;
    Ok(Line { entry: Read::Entry(Entry::Sample { series, value }), rest: broken(rest)? })
}

/// ` 1.5`, if it is there: seconds.
fn stamp(rest: &[u8]) -> Result<&[u8], Problem> {
    let Some(text) = rest.strip_prefix(b" ").filter(|text| text.first() != Some(&b'#')) else { return Ok(rest) };
    let (seconds, rest) = number(text)?;
    if seconds.is_finite() { Ok(rest) } else { Err(Problem::invalid("timestamp", text)) }
}

/// ` # {trace_id="…"} 0.5 1.5`, if it is there.
fn exemplar(rest: &[u8]) -> Result<&[u8], Problem> {
    let Some(text) = rest.strip_prefix(b" # ") else { return Ok(rest) };
    let (_labels, rest) = text.split_at(braces(text, Format::OpenMetrics)?);
    let (_value, rest) = number(spaced(rest)?)?;
    stamp(rest)
}

fn number(text: &[u8]) -> Result<(f64, &[u8]), Problem> {
    let (token, rest) = until(text, |byte| matches!(byte, b' ' | b'\n'));
    if token.is_empty() {
        return Err(Problem::expected("a value", text));
    }
    Ok((value(token)?, rest))
}

fn spaced(rest: &[u8]) -> Result<&[u8], Problem> {
    rest.strip_prefix(b" ").ok_or_else(|| Problem::expected("a space", rest))
}

fn broken(rest: &[u8]) -> Result<&[u8], Problem> {
    rest.strip_prefix(b"\n").ok_or_else(|| Problem::expected("a line break", rest))
}
