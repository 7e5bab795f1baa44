//! `/stats`: everything the overview says.

use actix_web::{get, web};
use watchkeeper_common::system::Stats;

use super::convert;
use super::extract::Read;
use super::problem::ApiError;
use super::routes::Routes;
use crate::services::stats::StatsService;

pub(crate) fn routes(routes: &mut Routes<'_, '_>) {
    routes.service(overview);
}

/// Counts, the last batches and the first steps that are done.
#[utoipa::path(tag = "Overview", responses((status = 200, body = Stats)))]
#[get("/stats")]
pub(super) async fn overview(Read(scope): Read, stats: web::Data<StatsService>) -> Result<web::Json<Stats>, ApiError> {
    Ok(web::Json(convert::stats::overview(stats.overview(&scope).await?)))
}
