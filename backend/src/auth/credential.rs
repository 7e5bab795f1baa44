//! From a bearer text to a scope.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use super::api_key::{ApiKeys, PREFIX};
use super::error::AuthError;
use super::scope::TenantScope;
use super::session::Sessions;

/// Recognises access tokens and API keys.
#[derive(Debug, Clone)]
pub struct Authenticator {
    sessions: Arc<Sessions>,
    keys: Arc<ApiKeys>,
}

impl Authenticator {
    #[must_use]
    pub fn new(sessions: Arc<Sessions>, keys: Arc<ApiKeys>) -> Self {
        Self { sessions, keys }
    }

    /// # Errors
    /// [`AuthError::Unauthenticated`] whatever is wrong with it; [`AuthError::Unavailable`] when the store is away.
    pub async fn scope_of(&self, bearer: &str) -> Result<TenantScope, AuthError> {
        if bearer.starts_with(PREFIX) { self.keys.scope_of(bearer).await } else { self.sessions.scope_of(bearer).await }
    }
}

/// A bearer text that is kept as long as something goes on in its name, to be asked again.
#[derive(Debug, Clone)]
pub struct Credential {
    authenticator: Authenticator,
    bearer: SecretString,
}

impl Credential {
    #[must_use]
    pub fn new(authenticator: Authenticator, bearer: &str) -> Self {
        Self { authenticator, bearer: bearer.into() }
    }

    /// Whether it still proves what it did: revoked, expired or deleted, it does not.
    ///
    /// # Errors
    /// As [`Authenticator::scope_of`].
    pub async fn stands(&self) -> Result<(), AuthError> {
        self.authenticator.scope_of(self.bearer.expose_secret()).await.map(drop)
    }
}
