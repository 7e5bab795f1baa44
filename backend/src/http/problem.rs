//! The one way to refuse: RFC 9457 bodies with a stable code. One exhaustive match from service errors to codes.

use std::fmt;
use std::time::Duration;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use watchkeeper_common::problem::{ErrorCode, FieldError, Problem};

use crate::auth::AuthError;
use crate::services::ServiceError;

use super::{codes, envelope};

/// What a handler answers with when it cannot do what was asked.
#[derive(Debug)]
pub struct ApiError {
    code: ErrorCode,
    detail: Option<String>,
    errors: Vec<FieldError>,
    retry_after: Option<Duration>,
}

impl ApiError {
    #[must_use]
    pub fn new(code: ErrorCode) -> Self {
        Self { code, detail: None, errors: Vec::new(), retry_after: None }
    }

    #[must_use]
    pub fn with_detail(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..Self::new(code) }
    }

    /// For an answer that holds several refusals: code, detail, and the fields.
    #[must_use]
    pub fn into_parts(self) -> (ErrorCode, Option<String>, Vec<FieldError>) {
        (self.code, self.detail, self.errors)
    }

    fn after(code: ErrorCode, wait: Duration) -> Self {
        Self { retry_after: Some(wait), ..Self::new(code) }
    }
}

impl From<ServiceError> for ApiError {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::NotFound => Self::new(ErrorCode::NotFound),
            ServiceError::Validation(errors) => Self { errors, ..Self::new(ErrorCode::ValidationFailed) },
            ServiceError::InvalidParameter(why) => Self::with_detail(ErrorCode::InvalidParameter, why),
            ServiceError::Conflict(why) => Self::with_detail(ErrorCode::Conflict, why),
            ServiceError::InvalidState(why) => Self::with_detail(ErrorCode::InvalidState, why),
            ServiceError::Unauthenticated => Self::new(ErrorCode::Unauthenticated),
            ServiceError::InvalidCredentials => Self::new(ErrorCode::InvalidCredentials),
            ServiceError::InsufficientScope { needs } => {
                Self::with_detail(ErrorCode::InsufficientScope, format!("This needs a credential with `{needs}`."))
            }
            ServiceError::RateLimited { retry_after } => Self::after(ErrorCode::RateLimited, retry_after),
            ServiceError::Busy { retry_after, cause } => {
                tracing::warn!(error.cause = cause, "request refused because something is busy or away");
                Self::after(ErrorCode::Unavailable, retry_after)
            }
            ServiceError::Upstream(words) => Self::with_detail(ErrorCode::UpstreamFailed, words),
            ServiceError::Internal(cause) => {
                tracing::error!(error.cause = cause, "request failed");
                Self::new(ErrorCode::Internal)
            }
        }
    }
}

impl From<AuthError> for ApiError {
    fn from(error: AuthError) -> Self {
        Self::from(ServiceError::from(error))
    }
}

/// Status and title of every code.
pub(super) const fn describe(code: ErrorCode) -> (StatusCode, &'static str) {
    match code {
        ErrorCode::MalformedBody => (StatusCode::BAD_REQUEST, "The body is not what this operation reads"),
        ErrorCode::InvalidParameter => (StatusCode::BAD_REQUEST, "A parameter is not of its form"),
        ErrorCode::ValidationFailed => (StatusCode::UNPROCESSABLE_ENTITY, "A value is refused"),
        ErrorCode::Unauthenticated => (StatusCode::UNAUTHORIZED, "Sign in first"),
        ErrorCode::InvalidCredentials => (StatusCode::UNAUTHORIZED, "Name, mail address or password is wrong"),
        ErrorCode::InsufficientScope => (StatusCode::FORBIDDEN, "The credential does not permit this"),
        ErrorCode::NotFound => (StatusCode::NOT_FOUND, "There is no such thing"),
        ErrorCode::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "This path has no such method"),
        ErrorCode::Conflict => (StatusCode::CONFLICT, "It is taken or has changed"),
        ErrorCode::InvalidState => (StatusCode::CONFLICT, "Its state does not allow this"),
        ErrorCode::PayloadTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "The body is too large"),
        ErrorCode::UnsupportedMediaType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "Send application/json"),
        ErrorCode::RateLimited => (StatusCode::TOO_MANY_REQUESTS, "Too many requests; slow down"),
        ErrorCode::UpstreamFailed => (StatusCode::BAD_GATEWAY, "Something outside failed"),
        ErrorCode::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "Busy; try again shortly"),
        ErrorCode::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "Our fault; the log has the cause"),
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        describe(self.code).0
    }

    fn error_response(&self) -> HttpResponse {
        let (status, title) = describe(self.code);
        let mut response = HttpResponse::build(status);
        response.content_type("application/problem+json");
        if let Some(wait) = self.retry_after {
            response.insert_header((header::RETRY_AFTER, wait.as_secs().max(1).to_string()));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        response.json(Problem {
            kind: codes::address(self.code),
            title: title.to_owned(),
            status: status.as_u16(),
            code: self.code,
            detail: self.detail.clone(),
            request_id: envelope::current_request_id(),
            errors: self.errors.clone(),
        })
    }
}
