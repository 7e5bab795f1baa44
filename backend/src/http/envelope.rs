//! What surrounds every request: an id, a log span, a panic fence, security headers and the latency metric.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, ResponseError, web};
use futures::FutureExt;
use tracing::Instrument;
use uuid::Uuid;
use watchkeeper_common::problem::ErrorCode;

use crate::telemetry::Telemetry;

use super::problem::ApiError;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longest id taken over from a caller.
const REQUEST_ID_CHARACTERS: usize = 64;

/// The dashboard is WebAssembly and loads nothing from elsewhere.
const DASHBOARD_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'none'";
/// Swagger UI writes style attributes.
const DOCS_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

tokio::task_local! {
    static CURRENT: Rc<str>;
}

/// The id of the request being served, if this code runs for one.
pub(super) fn current_request_id() -> Option<String> {
    CURRENT.try_with(|id| id.to_string()).ok()
}

/// A caller's id when it is harmless to log, or a new one.
fn request_id(req: &ServiceRequest) -> Rc<str> {
    let given = req.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let harmless = |id: &&str| {
        !id.is_empty()
            && id.len() <= REQUEST_ID_CHARACTERS
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    match given.filter(harmless) {
        Some(id) => id.into(),
        None => Uuid::now_v7().simple().to_string().into(),
    }
}

/// The outermost middleware.
pub(super) async fn envelope<B: MessageBody + 'static>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let started = Instant::now();
    let id = request_id(&req);
    let telemetry = req.app_data::<web::Data<Telemetry>>().cloned();
    let docs = req.path().starts_with("/docs");
    let api = req.path().starts_with("/api/");
    let span = tracing::info_span!(
        "request",
        request.id = %id,
        http.method = %req.method(),
        http.path = req.path(),
    );
    let method = req.method().clone();
    let served = fenced(async move { next.call(req).await });
    let outcome = CURRENT.scope(Rc::clone(&id), served.instrument(span.clone())).await;
    let finish = |headers: &mut HeaderMap| protect(headers, &id, docs, api);
    match outcome {
        Ok(Ok(mut response)) => {
            finish(response.headers_mut());
            if let Some(telemetry) = telemetry {
                let route = response.request().match_pattern();
                telemetry.request(&method, route, response.status(), started.elapsed());
            }
            Ok(response)
        }
        Ok(Err(error)) => Err(rendered(error.as_response_error(), &id, finish)),
        Err(Panicked) => {
            span.in_scope(|| tracing::error!("a handler panicked"));
            Err(rendered(&ApiError::new(ErrorCode::Internal), &id, finish))
        }
    }
}

/// A panic that was stopped at the fence; its message went to the panic hook.
struct Panicked;

async fn fenced<F: Future>(serve: F) -> Result<F::Output, Panicked> {
    AssertUnwindSafe(serve).catch_unwind().await.map_err(|_payload| Panicked)
}

/// Errors that leave through the dispatcher get the same headers as any response.
fn rendered(error: &dyn ResponseError, id: &Rc<str>, finish: impl Fn(&mut HeaderMap)) -> Error {
    let mut response = CURRENT.sync_scope(Rc::clone(id), || error.error_response());
    finish(response.headers_mut());
    InternalError::from_response(error.to_string(), response).into()
}

fn protect(headers: &mut HeaderMap, id: &str, docs: bool, api: bool) {
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
    let policy = if docs { DOCS_POLICY } else { DASHBOARD_POLICY };
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));
    headers.insert(
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=()"),
    );
    if api && !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}
