//! `/rca`: root causes: the verified words for an incident at one batch.

use actix_web::{get, web};
use serde::Deserialize;
use utoipa::IntoParams;
use watchkeeper_common::analysis::{RcaView, Severity, Verdict};
use watchkeeper_common::page::Page;
use watchkeeper_domain::id::RcaId;

use super::convert;
use super::extract::Read;
use super::list::{ListParams, page};
use super::problem::ApiError;
use super::routes::Routes;
use crate::services::incident::IncidentService;
use crate::store::{Filter, Order, Query};

pub(crate) fn routes(routes: &mut Routes<'_, '_>) {
    routes.service(list).service(detail);
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RcaFilters {
    /// Only root causes of this incident.
    incident_id: Option<String>,
    /// Only root causes with this verdict.
    verdict: Option<Verdict>,
    /// Only root causes of failures of exactly this severity.
    severity: Option<Severity>,
}

impl RcaFilters {
    fn filter(self) -> Filter {
        let incident = self.incident_id.map_or(Filter::All, |id| Filter::eq("incident_id", id));
        let verdict = self.verdict.map_or(Filter::All, |verdict| Filter::eq("verdict", verdict.as_str()));
        let severity = self.severity.map_or(Filter::All, |severity| Filter::eq("severity", severity.as_str()));
        incident.and(verdict).and(severity)
    }
}

/// Root causes, newest first.
#[utoipa::path(tag = "Analysis", params(ListParams, RcaFilters), responses((status = 200, body = Page<RcaView>)))]
#[get("/rca")]
pub(super) async fn list(
    Read(scope): Read,
    incidents: web::Data<IncidentService>,
    params: web::Query<ListParams>,
    filters: web::Query<RcaFilters>,
) -> Result<web::Json<Page<RcaView>>, ApiError> {
    let filter = params.range("at").and(filters.into_inner().filter());
    let query = Query::new(filter, Order::newest("at"), params.limit()?).after(params.cursor());
    Ok(web::Json(page(incidents.causes(&scope, &query).await?, convert::analysis::cause)))
}

/// One root cause with hypotheses and dropped claims.
#[utoipa::path(tag = "Analysis", params(("id" = String, Path)), responses((status = 200, body = RcaView)))]
#[get("/rca/{id}")]
async fn detail(
    Read(scope): Read,
    incidents: web::Data<IncidentService>,
    id: web::Path<RcaId>,
) -> Result<web::Json<RcaView>, ApiError> {
    Ok(web::Json(convert::analysis::cause(incidents.cause(&scope, &id).await?)))
}
