//! Permission in the handler's type: a handler that takes `Read` or `Write` cannot run without it.
//!
//! The `identify` middleware has already looked at the credential, so these resolve at once. Put them first in a handler:
//! then a request without permission is refused before its body is judged.
//!
//! A request with `x-watchkeeper-view: demo` is about the demo that the person plays: `Read` and `Write` then yield that tenant's
//! scope. A demo is there to be looked at: of what `Write` permits, only its incidents and the demo itself may be changed.

use std::future::{Ready, ready};
use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::http::header::HeaderValue;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use watchkeeper_domain::id::SessionId;
use watchkeeper_domain::tenant::KeyScope;

use crate::auth::{AuthError, Principal, TenantScope};
use crate::services::ServiceError;

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

/// Which of a person's tenants a request is about.
pub(super) const VIEW: &str = "x-watchkeeper-view";
/// What may be changed while looking at a demo, by how the path begins.
const CHANGED_IN_DEMO: [&str; 2] = ["/api/v1/incidents/", "/api/v1/demo"];

fn looks_at_demo(req: &HttpRequest) -> Result<bool, ApiError> {
    match req.headers().get(VIEW).map(HeaderValue::as_bytes) {
        None => Ok(false),
        Some(b"demo") => Ok(true),
        Some(_) => Err(ServiceError::InvalidParameter(format!("{VIEW}: only `demo` is known")).into()),
    }
}

fn not_in_demo() -> ApiError {
    ServiceError::InvalidState(
        "You are looking at a demo. Leave it first; this would change your own account.".to_owned(),
    )
    .into()
}

/// The tenant that the request is about.
fn viewed(req: &HttpRequest, scope: TenantScope) -> Result<TenantScope, ApiError> {
    Ok(if looks_at_demo(req)? { scope.demo() } else { scope })
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
        ready(with_key_scope(req, KeyScope::Read, "read").and_then(|scope| viewed(req, scope)).map(Self))
    }
}

impl FromRequest for Write {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;
    fn from_request(req: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let scope = with_key_scope(req, KeyScope::Write, "write").and_then(|scope| viewed(req, scope));
        ready(scope.and_then(|scope| {
            let changes = CHANGED_IN_DEMO.iter().any(|path| req.path().starts_with(path));
            if scope.is_demo() && !changes { Err(not_in_demo()) } else { Ok(Self(scope)) }
        }))
    }
}

impl FromRequest for Person {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;
    fn from_request(req: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(scope_of(req).and_then(|scope| match scope.principal() {
            Principal::User { .. } if looks_at_demo(req)? => Err(not_in_demo()),
            Principal::User { session, .. } => Ok(Self { session: session.clone(), scope }),
            Principal::ApiKey { .. } | Principal::Job { .. } => {
                Err(AuthError::InsufficientScope { needs: "a signed-in session" }.into())
            }
        }))
    }
}
