//! `/health`, `/health/ready` and `/metrics`.

use std::time::Duration;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};
use async_trait::async_trait;
use futures::future::join_all;
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;
use watchkeeper_common::system::{Check, CheckState, Health, Readiness};

use super::Front;
use super::problem::ApiError;
use super::routes::Routes;
use crate::auth::AuthError;
use crate::telemetry::Telemetry;

/// Longer than this is an answer too.
const DEADLINE: Duration = Duration::from_secs(3);

/// A part the server leans on. Give one to `app` and it shows up in `/health/ready`.
#[async_trait]
pub trait ReadinessCheck: Send + Sync + std::fmt::Debug {
    fn name(&self) -> &'static str;

    /// Whether the server is not ready without it; other parts only show.
    fn required(&self) -> bool;

    /// The state and one sentence about it.
    async fn check(&self) -> (CheckState, String);
}

/// All of them.
#[derive(Debug, Default)]
pub struct ReadinessChecks(pub Vec<Box<dyn ReadinessCheck>>);

pub(crate) fn routes(routes: &mut Routes<'_, '_>) {
    routes.service(health).service(ready).service(metrics);
}

/// Whether the process answers.
#[utoipa::path(tag = "System", responses((status = 200, body = Health)))]
#[get("/health")]
async fn health() -> web::Json<Health> {
    web::Json(Health { status: "ok".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() })
}

/// Whether the parts it leans on do.
#[utoipa::path(tag = "System", responses(
    (status = 200, body = Readiness, description = "Every required part is there."),
    (status = 503, body = Readiness, description = "A required part is missing."),
))]
#[get("/health/ready")]
async fn ready(checks: web::Data<ReadinessChecks>) -> HttpResponse {
    let checked = join_all(checks.0.iter().map(|part| run(part.as_ref()))).await;
    let ready = checked.iter().all(|(required, check)| !required || check.state != CheckState::Down);
    let readiness = Readiness { ready, checks: checked.into_iter().map(|(_, check)| check).collect() };
    if ready { HttpResponse::Ok().json(readiness) } else { HttpResponse::ServiceUnavailable().json(readiness) }
}

async fn run(part: &dyn ReadinessCheck) -> (bool, Check) {
    let late = || (CheckState::Down, format!("no answer within {} s", DEADLINE.as_secs()));
    let (state, detail) = tokio::time::timeout(DEADLINE, part.check()).await.unwrap_or_else(|_elapsed| late());
    (part.required(), Check { name: part.name().to_owned(), state, detail })
}

/// What the server counts about itself, in the OpenMetrics format. No tenant appears in it.
#[utoipa::path(tag = "System", responses((status = 200, body = String, content_type = "application/openmetrics-text")))]
#[get("/metrics")]
async fn metrics(
    telemetry: web::Data<Telemetry>,
    front: web::Data<Front>,
    req: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    if let Some(token) = &front.metrics_token {
        let expected = format!("Bearer {}", token.expose_secret());
        let given = req.headers().get(header::AUTHORIZATION).map_or(&[][..], |value| value.as_bytes());
        if !bool::from(given.ct_eq(expected.as_bytes())) {
            return Err(AuthError::Unauthenticated.into());
        }
    }
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(HttpResponse::Ok().content_type(kind).body(telemetry.exposition()))
}
