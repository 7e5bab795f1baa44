//! From a bearer text to a scope.

use std::sync::Arc;

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
