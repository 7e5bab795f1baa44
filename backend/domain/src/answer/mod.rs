//! The form an analyst answers in: its JSON schema, and a reader that is tolerant of habits and exact about content.
//!
//! Models wrap JSON in fences and prose, write a list as one sentence, call `high` `severe`: all that is read. What cannot
//! be read is an [`InvalidAnswer`], whose words go into the repair prompt. Every text and list is capped, and secrets are
//! removed, so that nothing a model writes can grow or leak in the store.

mod form;
mod read;

use crate::verdict::Answer;

pub use form::schema;

/// Longest answer text that is read at all, bytes.
pub const MAX_BYTES: usize = 64 * 1024;

/// Why a text is no answer, in words a model (and a person) can act on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAnswer {
    #[error("the answer is empty; answer with one JSON object")]
    Empty,
    #[error("the answer is {bytes} bytes long; at most {MAX_BYTES} are read")]
    TooLarge { bytes: usize },
    #[error("the answer is not a JSON object: {why}")]
    NotJson { why: String },
    #[error("`{path}` must be {expected}, but it is {found}")]
    WrongForm { path: String, expected: &'static str, found: String },
}

/// Reads a model's text.
///
/// # Errors
/// [`InvalidAnswer`] when it holds no JSON object of the answer's form.
pub fn parse(text: &str) -> Result<Answer, InvalidAnswer> {
    if text.len() > MAX_BYTES {
        return Err(InvalidAnswer::TooLarge { bytes: text.len() });
    }
    read::answer(&object(text)?)
}

/// The first JSON object in the text, past reasoning blocks, fences and prose.
fn object(text: &str) -> Result<serde_json::Value, InvalidAnswer> {
    let text = text.rsplit_once("</think>").map_or(text, |(_, answer)| answer);
    if text.trim().is_empty() {
        return Err(InvalidAnswer::Empty);
    }
    let start = text.find('{').ok_or_else(|| InvalidAnswer::NotJson { why: "it has no `{`".to_owned() })?;
    let body = text.get(start..).unwrap_or_default();
    match serde_json::Deserializer::from_str(body).into_iter::<serde_json::Value>().next() {
        Some(Ok(value)) => Ok(value),
        Some(Err(error)) => Err(InvalidAnswer::NotJson { why: error.to_string() }),
        None => Err(InvalidAnswer::Empty),
    }
}

#[cfg(test)]
mod tests;
