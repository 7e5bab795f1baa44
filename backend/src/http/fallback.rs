//! What answers when no route does: the dashboard, 404, 405 with `Allow`; and the parse errors of extractors as problems.

use actix_web::error::{JsonPayloadError, PathError, QueryPayloadError};
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use watchkeeper_common::problem::ErrorCode;

use super::assets;
use super::openapi::Document;
use super::problem::ApiError;

/// The default service.
pub(super) async fn fallback(req: HttpRequest, document: web::Data<Document>) -> HttpResponse {
    let allowed = document.methods_at(req.path());
    if allowed.is_empty() {
        if let Some(page) = assets::answer(&req) {
            return page;
        }
        let detail = "No operation has this path; the list is at /docs.";
        return ApiError::with_detail(ErrorCode::NotFound, detail).error_response();
    }
    let allow = allowed.join(", ");
    let detail = format!("Allowed: {allow}.");
    let mut response = ApiError::with_detail(ErrorCode::MethodNotAllowed, detail).error_response();
    if let Ok(allow) = HeaderValue::from_str(&allow) {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response
}

/// Limits and problem bodies of the extractors.
pub(super) fn configure(config: &mut web::ServiceConfig, max_body: usize) {
    config
        .app_data(web::PayloadConfig::new(max_body))
        .app_data(web::JsonConfig::default().limit(max_body).error_handler(|error, _| json(&error).into()))
        .app_data(web::QueryConfig::default().error_handler(|error, _| query(&error).into()))
        .app_data(web::PathConfig::default().error_handler(|error, _| path(&error).into()));
}

fn json(error: &JsonPayloadError) -> ApiError {
    match error {
        JsonPayloadError::OverflowKnownLength { limit, .. } | JsonPayloadError::Overflow { limit } => {
            ApiError::with_detail(ErrorCode::PayloadTooLarge, format!("At most {limit} bytes are read."))
        }
        JsonPayloadError::ContentType => ApiError::new(ErrorCode::UnsupportedMediaType),
        JsonPayloadError::Deserialize(why) => ApiError::with_detail(ErrorCode::MalformedBody, why.to_string()),
        JsonPayloadError::Payload(_) => ApiError::with_detail(ErrorCode::MalformedBody, "The body broke off."),
        _ => ApiError::new(ErrorCode::MalformedBody),
    }
}

fn query(error: &QueryPayloadError) -> ApiError {
    match error {
        QueryPayloadError::Deserialize(why) => ApiError::with_detail(ErrorCode::InvalidParameter, why.to_string()),
        _ => ApiError::new(ErrorCode::InvalidParameter),
    }
}

/// An id that is not of its form names nothing.
fn path(_error: &PathError) -> ApiError {
    ApiError::new(ErrorCode::NotFound)
}
