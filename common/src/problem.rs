//! The one error body (RFC 9457) and the one list of stable error codes.

use crate::{wire, words};

words! {
    /// Stable: a client may match on it. Every code has one HTTP status.
    ErrorCode {
        /// 400: the body is not JSON, or not of this form.
        MalformedBody = "malformed_body",
        /// 400: a query parameter or path segment is not of its form.
        InvalidParameter = "invalid_parameter",
        /// 422: a field's value is refused; see `errors`.
        ValidationFailed = "validation_failed",
        /// 401: no usable credential.
        Unauthenticated = "unauthenticated",
        /// 401: sign-in refused; never says which half was wrong.
        InvalidCredentials = "invalid_credentials",
        /// 403: the credential is fine but lacks the scope.
        InsufficientScope = "insufficient_scope",
        /// 404: no such thing (or it is somebody else's).
        NotFound = "not_found",
        /// 405
        MethodNotAllowed = "method_not_allowed",
        /// 409: a unique value is taken.
        Conflict = "conflict",
        /// 409: the thing is not in a state that allows this.
        InvalidState = "invalid_state",
        /// 413
        PayloadTooLarge = "payload_too_large",
        /// 415
        UnsupportedMediaType = "unsupported_media_type",
        /// 429: slow down; see Retry-After.
        RateLimited = "rate_limited",
        /// 502: a test message or another call to the outside failed; `detail` has its words.
        UpstreamFailed = "upstream_failed",
        /// 503: busy or shutting down; see Retry-After.
        Unavailable = "unavailable",
        /// 500: our fault; the log has the cause under the request id.
        Internal = "internal",
    }
}

wire! {
    /// A refused field and what to type instead.
    pub struct FieldError {
        pub field: String,
        pub message: String,
    }

    /// `application/problem+json`.
    pub struct Problem {
        /// URI of the error's documentation.
        #[serde(rename = "type")]
        pub kind: String,
        pub title: String,
        pub status: u16,
        pub code: ErrorCode,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub detail: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub request_id: Option<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub errors: Vec<FieldError>,
    }
}
