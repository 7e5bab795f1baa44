//! `/sd/targets`: all targets for Prometheus' HTTP discovery, behind a token of its own.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use super::problem::ApiError;
use super::routes::Routes;
use crate::auth::AuthError;
use crate::services::publish::Publisher;

pub(crate) fn routes(routes: &mut Routes<'_, '_>) {
    routes.service(targets);
}

/// Who may ask: whoever bears the token. No user's credential opens it, for it spans all accounts.
#[derive(Debug, Clone)]
pub struct Discovery {
    pub publisher: std::sync::Arc<Publisher>,
    pub token: SecretString,
}

/// All enabled targets of all accounts in Prometheus' HTTP discovery form. Needs the token `SD_TOKEN`.
#[utoipa::path(
    tag = "Targets",
    responses((status = 200, content_type = "application/json", body = Vec<watchkeeper_common::target::DiscoveredGroup>))
)]
#[get("/sd/targets")]
async fn targets(request: HttpRequest, discovery: web::Data<Discovery>) -> Result<HttpResponse, ApiError> {
    let expected = format!("Bearer {}", discovery.token.expose_secret());
    let given = request.headers().get(header::AUTHORIZATION).map_or(&[][..], |value| value.as_bytes());
    if !bool::from(given.ct_eq(expected.as_bytes())) {
        return Err(AuthError::Unauthenticated.into());
    }
    let document = discovery.publisher.document().await?;
    Ok(HttpResponse::Ok().content_type("application/json").body(document))
}
