//! What can go wrong on the way out, told apart by what the caller can do about it.

use std::error::Error as StdError;
use std::time::Duration;

use watchkeeper_domain::address::Refusal;

use super::resolver::Unresolved;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EgressError {
    /// The policy does not let the server speak to this address.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// No connection: the name does not resolve, the port is closed, TLS failed.
    #[error("cannot connect: {0}")]
    Connect(String),
    #[error("no answer within {} s", .0.as_secs_f64())]
    Timeout(Duration),
    #[error("the answer is larger than {limit} bytes")]
    TooLarge { limit: usize },
    /// The other side does not speak the protocol, or the URL cannot be used.
    #[error("{0}")]
    Protocol(String),
}

impl EgressError {
    /// Whether the same request may work later. Refusals and broken URLs never will.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Connect(_) | Self::Timeout(_) => true,
            Self::Refused(_) | Self::TooLarge { .. } | Self::Protocol(_) => false,
        }
    }

    /// Classifies what the HTTP client reported by the types in its chain of causes.
    pub(crate) fn from_reqwest(error: &reqwest::Error, timeout: Duration) -> Self {
        if let Some(refusal) = cause::<Refusal>(error) {
            return Self::Refused(refusal.clone());
        }
        if error.is_timeout() {
            return Self::Timeout(timeout);
        }
        if let Some(unresolved) = cause::<Unresolved>(error) {
            return Self::Connect(unresolved.to_string());
        }
        // A connection that breaks half-way is as passing as one that never came about.
        if error.is_connect() || cause::<std::io::Error>(error).is_some() {
            return Self::Connect(innermost(error));
        }
        Self::Protocol(innermost(error))
    }
}

fn cause<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    causes(error).find_map(|cause| cause.downcast_ref::<E>())
}

/// `error` and what is behind it, outermost first.
fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let current = next?;
        next = current.source();
        Some(current)
    })
}

/// The innermost cause: the words that help. The outer ones repeat the URL, which may hold a secret.
pub(super) fn innermost(error: &(dyn StdError + 'static)) -> String {
    causes(error).skip(1).last().map_or_else(|| "the request could not be sent".to_owned(), ToString::to_string)
}
