//! Why a call did not give what was asked for.

use watchkeeper_common::problem::{ErrorCode, Problem};

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fault {
    /// The server answered with a problem.
    Refused(Box<Problem>),
    /// No answer: the network or the server is away.
    Unreachable,
    /// The session has ended.
    SignedOut,
    /// An answer that is not of the documented form.
    Unreadable(String),
}

impl Fault {
    /// In words, with what to do where that is known.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::Refused(problem) => problem.detail.clone().unwrap_or_else(|| problem.title.clone()),
            Self::Unreachable => {
                "The server does not answer. Check that it runs and that this device is online.".to_owned()
            }
            Self::SignedOut => "Your session has ended. Sign in again.".to_owned(),
            Self::Unreadable(what) => {
                format!("The server answered something this page cannot read ({what}). Reload the page.")
            }
        }
    }

    pub(crate) fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Refused(problem) => Some(problem.code),
            _ => None,
        }
    }

    /// What the server says about one field of a form.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        match self {
            Self::Refused(problem) => {
                problem.errors.iter().find(|error| error.field == name).map(|error| error.message.clone())
            }
            _ => None,
        }
    }

    /// The id under which the server's log has more.
    pub(crate) fn request_id(&self) -> Option<&str> {
        match self {
            Self::Refused(problem) => problem.request_id.as_deref(),
            _ => None,
        }
    }
}
