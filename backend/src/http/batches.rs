//! `/batches`: what was looked at and what came of it; and looking now.

use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::IntoParams;
use watchkeeper_common::analysis::{BatchDetail, BatchOutcome, BatchView};
use watchkeeper_common::page::Page;
use watchkeeper_domain::id::BatchId;

use super::convert;
use super::extract::{Read, Write};
use super::list::{ListParams, page};
use super::problem::ApiError;
use super::routes::Routes;
use crate::services::batch::errand::Errands;
use crate::services::incident::IncidentService;
use crate::store::{Filter, Order, Query};

pub(crate) fn routes(routes: &mut Routes<'_, '_>) {
    routes.service(list).service(run).service(detail);
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct BatchFilters {
    /// Only batches that ended like this.
    outcome: Option<BatchOutcome>,
}

/// Batches with their receipts, newest first; the time range is over when they started.
#[utoipa::path(tag = "Analysis", params(ListParams, BatchFilters), responses((status = 200, body = Page<BatchView>)))]
#[get("/batches")]
pub(super) async fn list(
    Read(scope): Read,
    incidents: web::Data<IncidentService>,
    params: web::Query<ListParams>,
    filters: web::Query<BatchFilters>,
) -> Result<web::Json<Page<BatchView>>, ApiError> {
    let outcome = filters.outcome.map_or(Filter::All, |outcome| Filter::eq("outcome.type", outcome.as_str()));
    let filter = params.range("started_at").and(outcome);
    let query = Query::new(filter, Order::newest("started_at"), params.limit()?).after(params.cursor());
    Ok(web::Json(page(incidents.batches(&scope, &query).await?, convert::analysis::batch)))
}

/// One batch with its facts.
#[utoipa::path(tag = "Analysis", params(("id" = String, Path)), responses((status = 200, body = BatchDetail)))]
#[get("/batches/{id}")]
async fn detail(
    Read(scope): Read,
    incidents: web::Data<IncidentService>,
    id: web::Path<BatchId>,
) -> Result<web::Json<BatchDetail>, ApiError> {
    Ok(web::Json(convert::analysis::batch_detail(incidents.batch(&scope, &id).await?)))
}

/// Run a batch now and wait for it; it is run to its end even if the connection closes. 409 while one runs, 429 right after one,
/// 503 when too many are asked for.
#[utoipa::path(tag = "Analysis", responses((status = 200, body = BatchDetail)))]
#[post("/batches/run")]
async fn run(Write(scope): Write, errands: web::Data<Errands>) -> Result<web::Json<BatchDetail>, ApiError> {
    Ok(web::Json(convert::analysis::batch_detail(errands.run(&scope).await?)))
}
