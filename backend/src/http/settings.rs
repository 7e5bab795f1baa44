//! `/settings`: how often and by whom a tenant's metrics are analysed, and how long what comes of it is kept.

use actix_web::{get, put, web};
use watchkeeper_common::settings::{AnalysisSettings, RetentionSettings};

use super::convert;
use super::extract::{Read, Write};
use super::problem::ApiError;
use super::routes::Routes;
use crate::services::settings::SettingsService;

pub(crate) fn routes(routes: &mut Routes<'_, '_>) {
    routes.service(read).service(change).service(retention).service(change_retention);
}

/// The settings, and what of the token budget is spent today.
#[utoipa::path(tag = "Settings", responses((status = 200, body = AnalysisSettings)))]
#[get("/settings/analysis")]
async fn read(
    Read(scope): Read,
    settings: web::Data<SettingsService>,
) -> Result<web::Json<AnalysisSettings>, ApiError> {
    Ok(web::Json(convert::settings::view(settings.get(&scope).await?)))
}

/// Replace the settings.
#[utoipa::path(tag = "Settings", request_body = AnalysisSettings, responses((status = 200, body = AnalysisSettings)))]
#[put("/settings/analysis")]
async fn change(
    Write(scope): Write,
    settings: web::Data<SettingsService>,
    body: web::Json<AnalysisSettings>,
) -> Result<web::Json<AnalysisSettings>, ApiError> {
    let change = convert::settings::change(&body);
    Ok(web::Json(convert::settings::view(settings.put(&scope, change).await?)))
}

/// How many days of each kind are kept.
#[utoipa::path(tag = "Settings", responses((status = 200, body = RetentionSettings)))]
#[get("/settings/retention")]
async fn retention(
    Read(scope): Read,
    settings: web::Data<SettingsService>,
) -> Result<web::Json<RetentionSettings>, ApiError> {
    let kept = settings.retention(&scope).await?;
    Ok(web::Json(convert::settings::retention(kept, settings.longest_days())))
}

/// Keep less. What is older than you say is deleted within minutes and does not come back.
#[utoipa::path(tag = "Settings", request_body = RetentionSettings, responses((status = 200, body = RetentionSettings)))]
#[put("/settings/retention")]
async fn change_retention(
    Write(scope): Write,
    settings: web::Data<SettingsService>,
    body: web::Json<RetentionSettings>,
) -> Result<web::Json<RetentionSettings>, ApiError> {
    let kept = settings.put_retention(&scope, convert::settings::wanted_retention(&body)).await?;
    Ok(web::Json(convert::settings::retention(kept, settings.longest_days())))
}
