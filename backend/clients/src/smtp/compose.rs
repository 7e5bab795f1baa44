//! A mail as the wire wants it. Every header goes through the builder's own types, so no text can begin a new header.

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message};
use watchkeeper_domain::message::line;

use crate::send::SendError;

/// RFC 5321 allows no longer one.
const ADDRESS_BYTES: usize = 254;
const SUBJECT_CHARS: usize = 200;

/// One message to one recipient, text and HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// `alerts@example.com` or `Watchkeeper <alerts@example.com>`.
    pub from: String,
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// Without angle brackets; the same for every attempt at this message.
    pub message_id: String,
    /// Message-ID of the first mail of the thread; absent for the first itself.
    pub root: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a mail address such as oncall@example.com")]
pub struct InvalidAddress;

/// A bare address, trimmed, with its domain in lower case.
///
/// # Errors
/// [`InvalidAddress`] for anything else, also for an address with a name.
pub fn address(text: &str) -> Result<String, InvalidAddress> {
    let text = text.trim();
    let parsed: Address = text.parse().map_err(|_reason| InvalidAddress)?;
    if text.len() > ADDRESS_BYTES || text.chars().any(char::is_control) {
        return Err(InvalidAddress);
    }
    Ok(format!("{}@{}", parsed.user(), parsed.domain().to_ascii_lowercase()))
}

/// A sender: an address, or a name and an address in angle brackets.
///
/// # Errors
/// [`InvalidAddress`] for anything else.
pub fn sender(text: &str) -> Result<String, InvalidAddress> {
    mailbox(text).map(|mailbox| mailbox.to_string())
}

fn mailbox(text: &str) -> Result<Mailbox, InvalidAddress> {
    if text.chars().any(char::is_control) || text.len() > 2 * ADDRESS_BYTES {
        return Err(InvalidAddress);
    }
    let mailbox: Mailbox = text.trim().parse().map_err(|_reason| InvalidAddress)?;
    address(mailbox.email.as_ref())?;
    Ok(mailbox)
}

pub(super) fn message(mail: &Mail) -> Result<Message, SendError> {
    let refused =
        |which: &str, text: &str| SendError::permanent(&format!("the {which} {text:?} is not a mail address"));
    let from = mailbox(&mail.from).map_err(|InvalidAddress| refused("sender", &mail.from))?;
    let to = mailbox(&mail.to).map_err(|InvalidAddress| refused("recipient", &mail.to))?;
    let mut builder = Message::builder()
        .from(from)
        .to(to)
        .subject(line(&mail.subject, SUBJECT_CHARS))
        .message_id(Some(bracketed(&mail.message_id)))
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()));
    if let Some(root) = &mail.root {
        builder = builder.in_reply_to(bracketed(root)).references(bracketed(root));
    }
    builder
        .multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()))
        .map_err(|error| SendError::permanent(&format!("the mail cannot be written: {error}")))
}

fn bracketed(id: &str) -> String {
    format!("<{}>", line(id, ADDRESS_BYTES))
}
