//! `/targets`: what is scraped, and how each one stands.

use actix_web::{HttpResponse, delete, get, patch, post, web};
use serde::Deserialize;
use utoipa::IntoParams;
use watchkeeper_common::page::Page;
use watchkeeper_common::target::{
    BulkResult, CreateTarget, CreateTargets, DiscoveredGroup, ExporterKind, HealthState, TargetSuggestions, TargetView,
    UpdateTarget,
};
use watchkeeper_domain::id::TargetId;

use super::convert;
use super::extract::{Read, Write};
use super::list::{ListParams, page};
use super::problem::ApiError;
use super::routes::Routes;
use crate::services::target::{TargetFilter, TargetService};

pub(crate) fn routes(routes: &mut Routes<'_, '_>) {
    routes
        .service(create)
        .service(bulk)
        .service(list)
        .service(suggestions)
        .service(read)
        .service(update)
        .service(remove)
        .service(discovery);
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filters {
    enabled: Option<bool>,
    kind: Option<ExporterKind>,
    /// Only targets that stand like this now. A page may then hold fewer rows than `limit` although more follow.
    state: Option<HealthState>,
    /// Words of name, address or tag values; all must be there.
    q: Option<String>,
}

/// Add a target. It is scraped within one scrape interval.
#[utoipa::path(tag = "Targets", responses((status = 201, body = TargetView)))]
#[post("/targets")]
pub(super) async fn create(
    scope: Write,
    targets: web::Data<TargetService>,
    body: web::Json<CreateTarget>,
) -> Result<HttpResponse, ApiError> {
    let created = targets.create(&scope.0, convert::target::new_target(body.into_inner())).await?;
    Ok(HttpResponse::Created().json(convert::target::view(created)))
}

/// Add many targets. What is right is added, and each is answered for, in the order asked; asking again adds what is left.
#[utoipa::path(tag = "Targets", responses((status = 200, body = BulkResult)))]
#[post("/targets/bulk")]
async fn bulk(
    scope: Write,
    targets: web::Data<TargetService>,
    body: web::Json<CreateTargets>,
) -> Result<web::Json<BulkResult>, ApiError> {
    let CreateTargets { targets: wanted, check_only } = body.into_inner();
    let wanted = wanted.into_iter().map(convert::target::new_target).collect();
    let judged = targets.create_many(&scope.0, wanted, check_only).await?;
    Ok(web::Json(convert::target::bulk(judged)))
}

/// Targets with their health, newest first; `from` and `to` bound when they were added.
#[utoipa::path(tag = "Targets", params(ListParams, Filters), responses((status = 200, body = Page<TargetView>)))]
#[get("/targets")]
pub(super) async fn list(
    scope: Read,
    targets: web::Data<TargetService>,
    params: web::Query<ListParams>,
    filters: web::Query<Filters>,
) -> Result<web::Json<Page<TargetView>>, ApiError> {
    let Filters { enabled, kind, state, q } = filters.into_inner();
    let filter = TargetFilter {
        enabled,
        kind: kind.map(convert::target::kind),
        state: state.map(convert::target::state),
        q,
        added: params.range("created_at"),
    };
    let found = targets.list(&scope.0, filter, params.limit()?, params.cursor()).await?;
    Ok(web::Json(page(found, convert::target::view)))
}

/// Targets that can be added with one click.
#[utoipa::path(tag = "Targets", responses((status = 200, body = TargetSuggestions)))]
#[get("/targets/suggestions")]
async fn suggestions(scope: Read, targets: web::Data<TargetService>) -> Result<web::Json<TargetSuggestions>, ApiError> {
    Ok(web::Json(convert::target::suggestions(targets.suggestions(&scope.0).await?)))
}

/// One target with its health.
#[utoipa::path(tag = "Targets", params(("id" = String, Path)), responses((status = 200, body = TargetView)))]
#[get("/targets/{id}")]
async fn read(
    scope: Read,
    targets: web::Data<TargetService>,
    id: web::Path<TargetId>,
) -> Result<web::Json<TargetView>, ApiError> {
    let found = targets.get(&scope.0, &id).await?;
    Ok(web::Json(convert::target::view(found)))
}

/// Change a target; absent fields stay. `enabled: false` pauses it.
#[utoipa::path(tag = "Targets", params(("id" = String, Path)), responses((status = 200, body = TargetView)))]
#[patch("/targets/{id}")]
async fn update(
    scope: Write,
    targets: web::Data<TargetService>,
    id: web::Path<TargetId>,
    body: web::Json<UpdateTarget>,
) -> Result<web::Json<TargetView>, ApiError> {
    let changed = targets.update(&scope.0, &id, convert::target::change(body.into_inner())).await?;
    Ok(web::Json(convert::target::view(changed)))
}

/// Delete a target; it is no longer scraped within seconds.
#[utoipa::path(tag = "Targets", params(("id" = String, Path)), responses((status = 204)))]
#[delete("/targets/{id}")]
async fn remove(
    scope: Write,
    targets: web::Data<TargetService>,
    id: web::Path<TargetId>,
) -> Result<HttpResponse, ApiError> {
    targets.delete(&scope.0, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What service discovery tells Prometheus of a target, or would while it is paused: its address and the labels of its series.
#[utoipa::path(tag = "Targets", params(("id" = String, Path)), responses((status = 200, body = DiscoveredGroup)))]
#[get("/targets/{id}/discovery")]
async fn discovery(
    scope: Read,
    targets: web::Data<TargetService>,
    id: web::Path<TargetId>,
) -> Result<web::Json<DiscoveredGroup>, ApiError> {
    let found = targets.discovery(&scope.0, &id).await?;
    Ok(web::Json(convert::target::group(found)))
}
