//! The text of a series: `name{label="value",…}`, alike in both formats but for white space and a last comma.

use std::borrow::Cow;

use super::{Format, Problem};

pub(super) fn is_metric_name(name: &[u8]) -> bool {
    name.first().is_some_and(|byte| starts_name(*byte) || *byte == b':')
        && name.iter().all(|byte| goes_on(*byte) || *byte == b':')
}

fn starts_name(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

fn goes_on(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Checks the series that `text` begins with and gives its name and where it ends; every label goes to `label`, unescaped.
pub(super) fn walk<'a>(
    text: &'a [u8],
    format: Format,
    label: impl FnMut(&'a str, Cow<'a, str>) -> Result<(), Problem>,
) -> Result<(&'a str, usize), Problem> {
    let mut cursor = Cursor { text, at: 0, format };
    let name = cursor.word(|byte| goes_on(byte) || byte == b':');
    if !is_metric_name(name.as_bytes()) {
        return Err(Problem::expected("a metric name", text));
    }
    let bare = cursor.at;
    cursor.space();
    if cursor.peek() != Some(b'{') {
        return Ok((name, bare));
    }
    labels(&mut cursor, label)?;
    Ok((name, cursor.at))
}

/// Checks `{…}` and gives where it ends.
pub(super) fn braces(text: &[u8], format: Format) -> Result<usize, Problem> {
    let mut cursor = Cursor { text, at: 0, format };
    labels(&mut cursor, |_, _| Ok(()))?;
    Ok(cursor.at)
}

fn labels<'a>(
    cursor: &mut Cursor<'a>,
    mut label: impl FnMut(&'a str, Cow<'a, str>) -> Result<(), Problem>,
) -> Result<(), Problem> {
    cursor.must(b'{', "{")?;
    cursor.space();
    while cursor.peek() != Some(b'}') {
        let start = cursor.rest();
        let name = cursor.word(goes_on);
        if !name.bytes().next().is_some_and(starts_name) {
            return Err(Problem::expected("a label name", start));
        }
        cursor.space();
        cursor.must(b'=', "= after a label name")?;
        cursor.space();
        label(name, cursor.quoted()?)?;
        cursor.space();
        match cursor.peek() {
            Some(b',') => {
                cursor.at += 1;
                cursor.space();
                if cursor.format == Format::OpenMetrics && cursor.peek() == Some(b'}') {
                    return Err(Problem::expected("a label name", cursor.rest()));
                }
            }
            Some(b'}') => {}
            _ => return Err(Problem::expected(", or } after a label", cursor.rest())),
        }
    }
    cursor.at += 1;
    Ok(())
}

struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
    format: Format,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// White space between tokens; OpenMetrics has none.
    fn space(&mut self) {
        while self.format == Format::Text && matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
    }

    fn must(&mut self, byte: u8, what: &'static str) -> Result<(), Problem> {
        if self.peek() != Some(byte) {
            return Err(Problem::expected(what, self.rest()));
        }
        self.at += 1;
        Ok(())
    }

    /// The longest run of such bytes, which are ASCII.
    fn word(&mut self, belongs: impl Fn(u8) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.iter().position(|byte| !belongs(*byte)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).and_then(|word| std::str::from_utf8(word).ok()).unwrap_or_default()
    }

    /// A quoted value with its escapes undone: `\\`, `\"` and `\n`; any other backslash stays as it is.
    fn quoted(&mut self) -> Result<Cow<'a, str>, Problem> {
        let start = self.rest();
        self.must(b'"', "a quoted label value")?;
        let from = self.at;
        let mut escaped = false;
        loop {
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.at += 2;
                }
                Some(b'\n') | None => return Err(Problem::expected("the closing quote of a label value", start)),
                Some(_) => self.at += 1,
            }
        }
        let raw = self.text.get(from..self.at).unwrap_or_default();
        self.at += 1;
        let text = std::str::from_utf8(raw).map_err(|_error| Problem::invalid("UTF-8 in a label value", raw))?;
        // A backslash before a line break or the end of the text leads past it.
        if text.contains('\n') {
            return Err(Problem::expected("the closing quote of a label value", start));
        }
        Ok(if escaped { Cow::Owned(unescaped(text)) } else { Cow::Borrowed(text) })
    }
}

fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        if char != '\\' {
            plain.push(char);
            continue;
        }
        match chars.next() {
            Some('n') => plain.push('\n'),
            Some(same @ ('\\' | '"')) => plain.push(same),
            Some(other) => plain.extend(['\\', other]),
            None => plain.push('\\'),
        }
    }
    plain
}
