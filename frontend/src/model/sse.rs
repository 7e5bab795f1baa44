//! Server-sent events, from bytes as they come to events.

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    /// Its name: the noun that changed.
    pub(crate) noun: String,
    /// What to take up after.
    pub(crate) cursor: Option<String>,
}

/// Longest line that is kept; what is longer is not ours.
const LONGEST: usize = 64 * 1024;

/// Holds what has come of the line and the event under way.
#[derive(Debug, Default)]
pub(crate) struct Parser {
    line: Vec<u8>,
    noun: String,
    cursor: Option<String>,
}

impl Parser {
    /// The events that these bytes complete.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Vec<Told> {
        let mut told = Vec::new();
        for byte in bytes {
            match byte {
                b'\n' => {
                    let line = std::mem::take(&mut self.line);
                    told.extend(self.take(String::from_utf8_lossy(&line).trim_end_matches('\r')));
                }
                _ if self.line.len() < LONGEST => self.line.push(*byte),
                _ => {}
            }
        }
        told
    }

    /// An empty line ends an event; a line that begins with a colon is a comment.
    fn take(&mut self, line: &str) -> Option<Told> {
        if line.is_empty() {
            let (noun, cursor) = (std::mem::take(&mut self.noun), self.cursor.take());
            return (!noun.is_empty()).then_some(Told { noun, cursor });
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.noun),
            "id" => self.cursor = Some(value.to_owned()),
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{Parser, Told};

    #[test]
    fn events_come_whole_however_they_are_cut() {
        let text = b"retry: 2000\n: watching\n\nid: 17-3\nevent: batch\ndata: {\"at\":\"x\"}\n\n: still\n\nid: 18-3\r\nevent:target\r\ndata: {}\r\n\r\nevent: cut";
        let told = |noun: &str, cursor: &str| Told { noun: noun.to_owned(), cursor: Some(cursor.to_owned()) };
        for size in [1, 2, 7, text.len()] {
            let mut parser = Parser::default();
            let heard: Vec<Told> = text.chunks(size).flat_map(|piece| parser.push(piece)).collect();
            assert_eq!(heard, [told("batch", "17-3"), told("target", "18-3")], "in pieces of {size}");
        }
    }

    #[test]
    fn a_line_without_end_is_not_kept() {
        let mut parser = Parser::default();
        assert!(parser.push(&vec![b'x'; 1_000_000]).is_empty());
        assert!(parser.line.len() <= super::LONGEST);
        assert_eq!(parser.push(b"\nevent: batch\n\n").len(), 1);
    }
}
