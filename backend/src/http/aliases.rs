//! Paths that users of earlier systems know, onto the very same handlers.
//!
//! To add one: mount the handler here when the old path ends alike; otherwise a handler with the same service call.

use actix_web::{get, post, put, web};
use watchkeeper_common::alert::{EmailSettings, SlackSettings, TestResult};

use super::extract::{Read, Write};
use super::problem::ApiError;
use super::routes::Routes;
use super::{anomalies, auth, batches, convert, incidents, rca, stats, targets};
use crate::services::alert::Alerts;

/// Stands after `/api/v1`, whose paths begin as `/api` does.
pub(super) fn routes(routes: &mut Routes<'_, '_>) {
    routes.scope("/api", |routes| {
        routes.service(auth::register).service(auth::login).service(auth::me);
    });
    routes
        .service(stats::overview)
        .service(batches::list)
        .service(anomalies::list)
        .service(rca::list)
        .service(incidents::list);
    routes.scope("/agent", |routes| {
        routes
            .service(targets::list)
            .service(targets::create)
            .service(email_config)
            .service(put_email_config)
            .service(test_email)
            .service(slack_config)
            .service(put_slack_config)
            .service(test_slack);
    });
}

/// As `GET /api/v1/alerts/email`.
#[utoipa::path(tag = "Aliases", responses((status = 200, body = EmailSettings)))]
#[get("/email-config")]
async fn email_config(scope: Read, alerts: web::Data<Alerts>) -> Result<web::Json<EmailSettings>, ApiError> {
    Ok(web::Json(convert::alert::email(alerts.email(&scope.0).await?)))
}

/// As `PUT /api/v1/alerts/email`.
#[utoipa::path(tag = "Aliases", responses((status = 200, body = EmailSettings)))]
#[put("/email-config")]
async fn put_email_config(
    scope: Write,
    alerts: web::Data<Alerts>,
    body: web::Json<EmailSettings>,
) -> Result<web::Json<EmailSettings>, ApiError> {
    let state = alerts.put_email(&scope.0, convert::alert::email_draft(body.into_inner())).await?;
    Ok(web::Json(convert::alert::email(state)))
}

/// As `POST /api/v1/alerts/email/test`.
#[utoipa::path(tag = "Aliases", responses((status = 200, body = TestResult)))]
#[post("/test-email")]
async fn test_email(scope: Write, alerts: web::Data<Alerts>) -> Result<web::Json<TestResult>, ApiError> {
    Ok(web::Json(convert::alert::tested(alerts.test_email(&scope.0).await?)))
}

/// As `GET /api/v1/alerts/slack`.
#[utoipa::path(tag = "Aliases", responses((status = 200, body = SlackSettings)))]
#[get("/slack-config")]
async fn slack_config(scope: Read, alerts: web::Data<Alerts>) -> Result<web::Json<SlackSettings>, ApiError> {
    Ok(web::Json(convert::alert::slack(alerts.slack(&scope.0).await?)))
}

/// As `PUT /api/v1/alerts/slack`.
#[utoipa::path(tag = "Aliases", responses((status = 200, body = SlackSettings)))]
#[put("/slack-config")]
async fn put_slack_config(
    scope: Write,
    alerts: web::Data<Alerts>,
    body: web::Json<SlackSettings>,
) -> Result<web::Json<SlackSettings>, ApiError> {
    let state = alerts.put_slack(&scope.0, convert::alert::slack_draft(body.into_inner())).await?;
    Ok(web::Json(convert::alert::slack(state)))
}

/// As `POST /api/v1/alerts/slack/test`.
#[utoipa::path(tag = "Aliases", responses((status = 200, body = TestResult)))]
#[post("/test-slack")]
async fn test_slack(scope: Write, alerts: web::Data<Alerts>) -> Result<web::Json<TestResult>, ApiError> {
    Ok(web::Json(convert::alert::tested(alerts.test_slack(&scope.0).await?)))
}
