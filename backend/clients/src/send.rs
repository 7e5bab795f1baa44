//! How handing over one message can fail. The client classifies; the delivery job alone decides when to try again.

use std::time::Duration;

use watchkeeper_domain::message::line;

/// Longest error text that is kept and shown.
const TEXT_CHARS: usize = 400;

/// Why a message was not accepted; the text is the transport's own, for the tenant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The same message may be accepted later; not before `after` when the other side said so.
    #[error("{text}")]
    Retry { text: String, after: Option<Duration> },
    /// This message will never be accepted.
    #[error("{text}")]
    Permanent { text: String },
}

impl SendError {
    /// One line, capped: what a stranger's server says is not trusted to be short or printable.
    #[must_use]
    pub fn retry(text: &str) -> Self {
        Self::Retry { text: line(text, TEXT_CHARS), after: None }
    }

    #[must_use]
    pub fn permanent(text: &str) -> Self {
        Self::Permanent { text: line(text, TEXT_CHARS) }
    }

    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Retry { text, .. } | Self::Permanent { text } => text,
        }
    }
}
