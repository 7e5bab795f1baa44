//! Why a service refuses or fails, told apart by what the caller can do about it.

use std::time::Duration;

use watchkeeper_clients::metrics::GatherError;
use watchkeeper_common::problem::FieldError;

use super::seal::SealError;
use crate::auth::AuthError;
use crate::store::Error as StoreError;

/// Every service verb answers with this. Texts in it are for the user; causes are for the log.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// No such thing, or it is somebody else's.
    #[error("not found")]
    NotFound,
    /// Refused fields, each with what to type instead.
    #[error("a field is refused")]
    Validation(Vec<FieldError>),
    /// A query parameter or cursor is not of its form.
    #[error("{0}")]
    InvalidParameter(String),
    /// A unique value is taken, or the thing changed meanwhile.
    #[error("{0}")]
    Conflict(String),
    /// The thing is not in a state that allows this.
    #[error("{0}")]
    InvalidState(String),
    #[error("no usable credential")]
    Unauthenticated,
    #[error("sign-in refused")]
    InvalidCredentials,
    #[error("the credential lacks the scope {needs}")]
    InsufficientScope { needs: &'static str },
    #[error("too many requests")]
    RateLimited { retry_after: Duration },
    /// Full or shutting down; trying again may work.
    #[error("busy: {cause}")]
    Busy { retry_after: Duration, cause: String },
    /// Something outside failed; these are its words.
    #[error("{0}")]
    Upstream(String),
    /// Our fault; the text goes to the log only.
    #[error("{0}")]
    Internal(String),
}

impl ServiceError {
    /// One refused field.
    #[must_use]
    pub fn field(field: &str, message: impl Into<String>) -> Self {
        Self::Validation(vec![FieldError { field: field.to_owned(), message: message.into() }])
    }
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::InvalidCursor => Self::InvalidParameter("cursor: it does not belong to this list".to_owned()),
            StoreError::Duplicate { index } => Self::Conflict(format!("the same {index} exists already")),
            StoreError::Conflict => Self::Conflict("it changed in the meantime; load it again".to_owned()),
            StoreError::Unavailable(cause) => Self::Busy { retry_after: Duration::from_secs(2), cause },
            StoreError::Corrupt { .. } | StoreError::Startup(_) | StoreError::Internal(_) => {
                Self::Internal(error.to_string())
            }
        }
    }
}

impl From<AuthError> for ServiceError {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Unauthenticated => Self::Unauthenticated,
            AuthError::InvalidCredentials => Self::InvalidCredentials,
            AuthError::InsufficientScope { needs } => Self::InsufficientScope { needs },
            AuthError::Throttled { retry_after } => Self::RateLimited { retry_after },
            AuthError::Full { retry_after } => {
                Self::Busy { retry_after, cause: "the password queue is full".to_owned() }
            }
            AuthError::Refused(errors) => Self::Validation(errors),
            AuthError::Taken(what) => Self::Conflict(what.to_owned()),
            AuthError::Closed => Self::InvalidState("The operator of this server has closed registration.".to_owned()),
            AuthError::NotFound => Self::NotFound,
            AuthError::Unavailable(cause) => Self::Busy { retry_after: Duration::from_secs(2), cause },
            AuthError::Internal(cause) => Self::Internal(cause),
        }
    }
}

/// The tenant's words; the operator's go to the log.
impl From<GatherError> for ServiceError {
    fn from(error: GatherError) -> Self {
        tracing::warn!(metrics.error = error.for_operator(), "the metrics source could not be used");
        Self::Upstream(error.to_string())
    }
}

impl From<SealError> for ServiceError {
    fn from(error: SealError) -> Self {
        Self::Internal(error.to_string())
    }
}
