//! `/anomalies`: single metrics that were not as they should be, batch by batch.

use actix_web::{get, web};
use serde::Deserialize;
use utoipa::IntoParams;
use watchkeeper_common::analysis::{AnomalyView, Severity};
use watchkeeper_common::page::Page;
use watchkeeper_domain::id::AnomalyId;

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
struct AnomalyFilters {
    /// Only anomalies of this incident.
    incident_id: Option<String>,
    /// Only anomalies of this instance (`host:port`).
    instance: Option<String>,
    /// Only anomalies of this metric.
    metric: Option<String>,
    /// Only anomalies of exactly this severity.
    severity: Option<Severity>,
}

impl AnomalyFilters {
    fn filter(self) -> Filter {
        let incident = self.incident_id.map_or(Filter::All, |id| Filter::eq("incident_id", id));
        let instance = self.instance.map_or(Filter::All, |instance| Filter::eq("instance", instance));
        let severity = self.severity.map_or(Filter::All, |severity| Filter::eq("severity", severity.as_str()));
        let metric = self.metric.map_or(Filter::All, |metric| Filter::eq("metric", metric));
        incident.and(instance).and(metric).and(severity)
    }
}

/// Anomalies, newest first.
#[utoipa::path(tag = "Analysis", params(ListParams, AnomalyFilters), responses((status = 200, body = Page<AnomalyView>)))]
#[get("/anomalies")]
pub(super) async fn list(
    Read(scope): Read,
    incidents: web::Data<IncidentService>,
    params: web::Query<ListParams>,
    filters: web::Query<AnomalyFilters>,
) -> Result<web::Json<Page<AnomalyView>>, ApiError> {
    let filter = params.range("at").and(filters.into_inner().filter());
    let query = Query::new(filter, Order::newest("at"), params.limit()?).after(params.cursor());
    Ok(web::Json(page(incidents.anomalies(&scope, &query).await?, convert::analysis::anomaly)))
}

/// One anomaly with the fact that proves it.
#[utoipa::path(tag = "Analysis", params(("id" = String, Path)), responses((status = 200, body = AnomalyView)))]
#[get("/anomalies/{id}")]
async fn detail(
    Read(scope): Read,
    incidents: web::Data<IncidentService>,
    id: web::Path<AnomalyId>,
) -> Result<web::Json<AnomalyView>, ApiError> {
    Ok(web::Json(convert::analysis::anomaly(incidents.anomaly(&scope, &id).await?)))
}
