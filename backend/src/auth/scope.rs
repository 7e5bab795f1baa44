//! Scopes: values one must hold to touch data. Fields are private and the constructors are `auth`'s alone.

use watchkeeper_domain::id::{Id, SessionId, UserId};
use watchkeeper_domain::incident::Actor;
use watchkeeper_domain::tenant::KeyScope;

/// On whose behalf, and how it was proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// A person with a live session.
    User { username: String, session: SessionId },
    /// A machine with an API key.
    ApiKey { name: String, scopes: Vec<KeyScope> },
    /// The server itself, for work it does on the tenant's behalf.
    Job { reason: &'static str },
}

/// The right to one tenant's data. Every service verb takes it first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantScope {
    user: UserId,
    principal: Principal,
}

impl TenantScope {
    pub(in crate::auth) fn new(user: UserId, principal: Principal) -> Self {
        Self { user, principal }
    }

    /// For the server's own work on a tenant's data. It is logged.
    #[must_use]
    pub fn for_job(user: UserId, _system: &SystemScope, reason: &'static str) -> Self {
        tracing::debug!(tenant.id = %user, scope.reason = reason, "tenant scope taken for a job");
        Self::new(user, Principal::Job { reason })
    }

    /// The same person, looking at the demo they play. Its data is kept under the account's id with a suffix that no account's id
    /// can have, so it is neither the account's nor anybody else's; and since a scope leads to the demo of its own account only,
    /// it takes the account's credential to reach it.
    #[must_use]
    pub fn demo(&self) -> Self {
        Self::new(self.user.demo(), self.principal.clone())
    }

    /// The same person's own data, whichever they look at.
    #[must_use]
    pub fn account(&self) -> Self {
        Self::new(self.user.account(), self.principal.clone())
    }

    #[must_use]
    pub fn is_demo(&self) -> bool {
        self.user.is_demo()
    }

    #[must_use]
    pub fn user_id(&self) -> &UserId {
        &self.user
    }

    /// The owner as the store keys it.
    #[must_use]
    pub fn key(&self) -> &str {
        self.user.as_str()
    }

    #[must_use]
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// The name that timelines show; `None` for jobs, which name their batch instead.
    #[must_use]
    pub fn actor(&self) -> Option<Actor> {
        match &self.principal {
            Principal::User { username, .. } => Some(Actor::User { name: username.clone() }),
            Principal::ApiKey { name, .. } => Some(Actor::ApiKey { name: name.clone() }),
            Principal::Job { .. } => None,
        }
    }
}

/// The right to look across tenants: claims, sweeps, sign-in lookups. Costs a sentence, and is logged.
#[derive(Debug, Clone)]
pub struct SystemScope {
    reason: &'static str,
}

impl SystemScope {
    pub(in crate::auth) fn new(reason: &'static str) -> Self {
        Self { reason }
    }

    /// For a background job; `app` hands it out once when the job is built.
    #[must_use]
    pub fn for_job(reason: &'static str) -> Self {
        tracing::info!(scope.reason = reason, "system scope taken for a job");
        Self::new(reason)
    }

    #[must_use]
    pub fn reason(&self) -> &'static str {
        self.reason
    }
}
