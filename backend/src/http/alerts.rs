//! `/alerts`: where a tenant wants to hear of incidents, and the buttons that prove it works.

use actix_web::{get, post, put, web};
use watchkeeper_common::alert::{EmailPreview, EmailSettings, SlackPreview, SlackSettings, TestResult};

use super::convert;
use super::extract::{Read, Write};
use super::problem::ApiError;
use super::routes::Routes;
use crate::auth::Accounts;
use crate::services::alert::Alerts;

pub(crate) fn routes(routes: &mut Routes<'_, '_>) {
    routes.service(email).service(put_email).service(test_email).service(preview_email);
    routes.service(slack).service(put_slack).service(test_slack).service(preview_slack);
}

/// The email receiver.
#[utoipa::path(tag = "Alerts", responses((status = 200, body = EmailSettings)))]
#[get("/alerts/email")]
pub(super) async fn email(scope: Read, alerts: web::Data<Alerts>) -> Result<web::Json<EmailSettings>, ApiError> {
    Ok(web::Json(convert::alert::email(alerts.email(&scope.0).await?)))
}

/// Change the email receiver. A password that is left out stays, but only for the same server.
#[utoipa::path(tag = "Alerts", responses((status = 200, body = EmailSettings)))]
#[put("/alerts/email")]
pub(super) async fn put_email(
    scope: Write,
    alerts: web::Data<Alerts>,
    body: web::Json<EmailSettings>,
) -> Result<web::Json<EmailSettings>, ApiError> {
    let state = alerts.put_email(&scope.0, convert::alert::email_draft(body.into_inner())).await?;
    Ok(web::Json(convert::alert::email(state)))
}

/// Mail every recipient now; a failure is answered in the mail server's own words.
#[utoipa::path(tag = "Alerts", responses((status = 200, body = TestResult)))]
#[post("/alerts/email/test")]
pub(super) async fn test_email(scope: Write, alerts: web::Data<Alerts>) -> Result<web::Json<TestResult>, ApiError> {
    Ok(web::Json(convert::alert::tested(alerts.test_email(&scope.0).await?)))
}

/// The Slack receiver.
#[utoipa::path(tag = "Alerts", responses((status = 200, body = SlackSettings)))]
#[get("/alerts/slack")]
pub(super) async fn slack(scope: Read, alerts: web::Data<Alerts>) -> Result<web::Json<SlackSettings>, ApiError> {
    Ok(web::Json(convert::alert::slack(alerts.slack(&scope.0).await?)))
}

/// Change the Slack receiver. A webhook that is left out stays.
#[utoipa::path(tag = "Alerts", responses((status = 200, body = SlackSettings)))]
#[put("/alerts/slack")]
pub(super) async fn put_slack(
    scope: Write,
    alerts: web::Data<Alerts>,
    body: web::Json<SlackSettings>,
) -> Result<web::Json<SlackSettings>, ApiError> {
    let state = alerts.put_slack(&scope.0, convert::alert::slack_draft(body.into_inner())).await?;
    Ok(web::Json(convert::alert::slack(state)))
}

/// Post to Slack now; a failure is answered in Slack's own words.
#[utoipa::path(tag = "Alerts", responses((status = 200, body = TestResult)))]
#[post("/alerts/slack/test")]
pub(super) async fn test_slack(scope: Write, alerts: web::Data<Alerts>) -> Result<web::Json<TestResult>, ApiError> {
    Ok(web::Json(convert::alert::tested(alerts.test_slack(&scope.0).await?)))
}

/// The mail that the newest incident gives, as it would leave; a made-up incident's while there is none. Nothing is sent.
#[utoipa::path(tag = "Alerts", responses((status = 200, body = EmailPreview)))]
#[post("/alerts/email/preview")]
async fn preview_email(
    scope: Read,
    alerts: web::Data<Alerts>,
    accounts: web::Data<Accounts>,
) -> Result<web::Json<EmailPreview>, ApiError> {
    let zone = accounts.me(&scope.0).await?.time_zone;
    Ok(web::Json(convert::alert::mail(alerts.preview_email(&scope.0, &zone).await?)))
}

/// The Slack message that the newest incident gives; a made-up incident's while there is none. Nothing is sent.
#[utoipa::path(tag = "Alerts", responses((status = 200, body = SlackPreview)))]
#[post("/alerts/slack/preview")]
async fn preview_slack(
    scope: Read,
    alerts: web::Data<Alerts>,
    accounts: web::Data<Accounts>,
) -> Result<web::Json<SlackPreview>, ApiError> {
    let zone = accounts.me(&scope.0).await?.time_zone;
    Ok(web::Json(convert::alert::slack_post(&alerts.preview_slack(&scope.0, &zone).await?)))
}
