//! Permission in the handler's type: a handler that takes `Read` or `Write` cannot run without it.
//!
//! The `identify` middleware has already looked at the credential, so these resolve at once. Put them first in a handler:
//! then a request without permission is refused before its body is judged.

use std::future::{Ready, ready};
use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use watchkeeper_domain::id::SessionId;
use watchkeeper_domain::tenant::KeyScope;

use crate::auth::{AuthError, Principal, TenantScope};

use super::problem::ApiError;

/// What `identify` found out, kept in the request.
#[derive(Debug, Clone)]
pub(super) struct Identity(pub(super) Rc<Result<TenantScope, AuthError>>);

/// May read the tenant's data: a person, or a key with `read`.
#[derive(Debug)]
pub struct Read(pub TenantScope);

/// May change the tenant's data: a person, or a key with `write`.
#[derive(Debug)]
pub struct Write(pub TenantScope);

/// A person with a session. No key will do: a key must not be able to make keys or end sessions.
#[derive(Debug)]
pub struct Person {
    pub scope: TenantScope,
    pub session: SessionId,
}

fn scope_of(req: &HttpRequest) -> Result<TenantScope, ApiError> {
    match req.extensions().get::<Identity>() {
        Some(Identity(known)) => known.as_ref().clone().map_err(ApiError::from),
        None => Err(AuthError::Unauthenticated.into()),
    }
}

fn with_key_scope(req: &HttpRequest, needs: KeyScope, word: &'static str) -> Result<TenantScope, ApiError> {
    let scope = scope_of(req)?;
    match scope.principal() {
        Principal::ApiKey { scopes, .. } if !scopes.contains(&needs) => {
            Err(AuthError::InsufficientScope { needs: word }.into())
        }
        Principal::User { .. } | Principal::ApiKey { .. } | Principal::Job { .. } => Ok(scope),
    }
}

impl FromRequest for Read {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;
    fn from_request(req: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(with_key_scope(req, KeyScope::Read, "read").map(Self))
    }
}

impl FromRequest for Write {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;
    fn from_request(req: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(with_key_scope(req, KeyScope::Write, "write").map(Self))
    }
}

impl FromRequest for Person {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;
    fn from_request(req: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(scope_of(req).and_then(|scope| match scope.principal() {
            Principal::User { session, .. } => Ok(Self { session: session.clone(), scope }),
            Principal::ApiKey { .. } | Principal::Job { .. } => {
                Err(AuthError::InsufficientScope { needs: "a signed-in session" }.into())
            }
        }))
    }
}
