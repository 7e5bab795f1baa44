//! Why someone is not let in.

use std::time::Duration;

use watchkeeper_common::problem::FieldError;

use crate::store::Error as StoreError;

/// Cloneable, because what a credential proved is kept with its request.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AuthError {
    /// No credential, or one that proves nothing (any more). Never says which.
    #[error("no usable credential")]
    Unauthenticated,
    /// Sign-in refused. Never says which half was wrong.
    #[error("sign-in refused")]
    InvalidCredentials,
    #[error("the credential lacks {needs}")]
    InsufficientScope { needs: &'static str },
    /// Too many attempts.
    #[error("too many attempts")]
    Throttled { retry_after: Duration },
    /// Too many passwords are being checked already.
    #[error("the password queue is full")]
    Full { retry_after: Duration },
    #[error("a field is refused")]
    Refused(Vec<FieldError>),
    #[error("{0}")]
    Taken(&'static str),
    /// The operator closed registration.
    #[error("registration is closed")]
    Closed,
    #[error("no such thing")]
    NotFound,
    /// The store is away; trying again may work.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    #[error("{0}")]
    Internal(String),
}

impl AuthError {
    pub(super) fn refused(field: &str, why: impl Into<String>) -> Self {
        Self::Refused(vec![FieldError { field: field.to_owned(), message: why.into() }])
    }
}

impl From<StoreError> for AuthError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(cause) => Self::Unavailable(cause),
            StoreError::Conflict => Self::Unavailable("the document changed meanwhile".to_owned()),
            StoreError::Duplicate { .. }
            | StoreError::InvalidCursor
            | StoreError::Corrupt { .. }
            | StoreError::Startup(_)
            | StoreError::Internal(_) => Self::Internal(error.to_string()),
        }
    }
}
