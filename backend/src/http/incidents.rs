//! `/incidents`: what is wrong, since when and why; and saying that one looks after it.

use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::IntoParams;
use watchkeeper_common::analysis::Severity;
use watchkeeper_common::incident::{IncidentDetail, IncidentState, IncidentView, ResolveIncident};
use watchkeeper_common::page::Page;
use watchkeeper_domain::id::IncidentId;
use watchkeeper_domain::incident::search;

use super::convert;
use super::extract::{Read, Write};
use super::list::{ListParams, page};
use super::problem::ApiError;
use super::routes::Routes;
use crate::services::incident::IncidentService;
use crate::store::{Filter, Order, Query};

pub(crate) fn routes(routes: &mut Routes<'_, '_>) {
    routes.service(list).service(detail).service(acknowledge).service(resolve).service(reopen);
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct IncidentFilters {
    /// Only incidents in this state.
    state: Option<IncidentState>,
    /// Only incidents of exactly this severity.
    severity: Option<Severity>,
    /// Only incidents that concern this instance (`host:port`).
    instance: Option<String>,
    /// Only incidents with words that begin so in title, instances or target names; all of them must be found.
    search: Option<String>,
}

impl IncidentFilters {
    fn filter(self) -> Filter {
        let state = self.state.map_or(Filter::All, |state| Filter::eq("state", state.as_str()));
        let severity = self.severity.map_or(Filter::All, |severity| Filter::eq("severity", severity.as_str()));
        let instance = self.instance.map_or(Filter::All, |instance| Filter::eq("instances", instance));
        let words = self.search.as_deref().map(search::wanted).unwrap_or_default();
        let words = if words.is_empty() { Filter::All } else { Filter::Terms("terms", words) };
        state.and(severity).and(instance).and(words)
    }
}

/// Incidents, newest first; the time range is over when they opened.
#[utoipa::path(tag = "Incidents", params(ListParams, IncidentFilters), responses((status = 200, body = Page<IncidentView>)))]
#[get("/incidents")]
pub(super) async fn list(
    Read(scope): Read,
    incidents: web::Data<IncidentService>,
    params: web::Query<ListParams>,
    filters: web::Query<IncidentFilters>,
) -> Result<web::Json<Page<IncidentView>>, ApiError> {
    let filter = params.range("opened_at").and(filters.into_inner().filter());
    let query = Query::new(filter, Order::newest("opened_at"), params.limit()?).after(params.cursor());
    let found = incidents.list(&scope, &query).await?;
    Ok(web::Json(page(found, convert::incident::incident)))
}

/// One incident with cause, actions, evidence and timeline.
#[utoipa::path(tag = "Incidents", params(("id" = String, Path)), responses((status = 200, body = IncidentDetail)))]
#[get("/incidents/{id}")]
async fn detail(
    Read(scope): Read,
    incidents: web::Data<IncidentService>,
    id: web::Path<IncidentId>,
) -> Result<web::Json<IncidentDetail>, ApiError> {
    Ok(web::Json(convert::incident::detail(incidents.get(&scope, &id).await?)))
}

/// Say that somebody looks after it.
#[utoipa::path(tag = "Incidents", params(("id" = String, Path)), responses((status = 200, body = IncidentDetail)))]
#[post("/incidents/{id}/acknowledge")]
async fn acknowledge(
    Write(scope): Write,
    incidents: web::Data<IncidentService>,
    id: web::Path<IncidentId>,
) -> Result<web::Json<IncidentDetail>, ApiError> {
    Ok(web::Json(convert::incident::detail(incidents.acknowledge(&scope, &id).await?)))
}

/// End it by hand. While the failure lasts, the next batch reopens it.
#[utoipa::path(
    tag = "Incidents",
    params(("id" = String, Path)),
    request_body = ResolveIncident,
    responses((status = 200, body = IncidentDetail))
)]
#[post("/incidents/{id}/resolve")]
async fn resolve(
    Write(scope): Write,
    incidents: web::Data<IncidentService>,
    id: web::Path<IncidentId>,
    body: web::Json<ResolveIncident>,
) -> Result<web::Json<IncidentDetail>, ApiError> {
    let resolved = incidents.resolve(&scope, &id, body.into_inner().why).await?;
    Ok(web::Json(convert::incident::detail(resolved)))
}

/// Open it again by hand.
#[utoipa::path(tag = "Incidents", params(("id" = String, Path)), responses((status = 200, body = IncidentDetail)))]
#[post("/incidents/{id}/reopen")]
async fn reopen(
    Write(scope): Write,
    incidents: web::Data<IncidentService>,
    id: web::Path<IncidentId>,
) -> Result<web::Json<IncidentDetail>, ApiError> {
    Ok(web::Json(convert::incident::detail(incidents.reopen(&scope, &id).await?)))
}
