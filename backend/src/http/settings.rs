//! `/settings/analysis`: how often and by whom a tenant's metrics are analysed.

use actix_web::{get, put, web};
use utoipa_actix_web::service_config::ServiceConfig;
use watchkeeper_common::settings::AnalysisSettings;

use super::convert;
use super::extract::{Read, Write};
use super::problem::ApiError;
use crate::services::settings::SettingsService;

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(read).service(change);
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
