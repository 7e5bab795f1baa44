//! `/metrics/…` under `/api/v1`: what is measured, and charts of it.

use actix_web::{get, web};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;
use watchkeeper_common::metric::{InstanceList, MetricNames, MetricRange, MetricsSourceView, ScrapeHistory};
use watchkeeper_domain::id::TargetId;
use watchkeeper_domain::time::UtcMillis;

use super::convert;
use super::extract::Read;
use super::problem::ApiError;
use super::routes::Routes;
use crate::services::ServiceError;
use crate::services::metric::{MetricService, NamesQuery, RangeQuery, Span};

pub(crate) fn routes(routes: &mut Routes<'_, '_>) {
    routes.service(source).service(instances).service(names).service(range).service(scrapes);
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SpanParams {
    /// First instant, RFC 3339; absent: an hour (for scrapes: six) before `to`.
    #[param(format = DateTime)]
    from: Option<String>,
    /// Last instant, RFC 3339, at most 31 days after `from`; absent: now.
    #[param(format = DateTime)]
    to: Option<String>,
}

impl SpanParams {
    fn span(&self) -> Result<Span, ServiceError> {
        Ok(Span { from: instant("from", self.from.as_deref())?, to: instant("to", self.to.as_deref())? })
    }
}

fn instant(name: &str, text: Option<&str>) -> Result<Option<UtcMillis>, ServiceError> {
    let Some(text) = text else { return Ok(None) };
    let parsed: Result<Timestamp, _> = text.parse();
    let refused = |_error| {
        let shown: String = text.chars().take(40).collect();
        ServiceError::InvalidParameter(format!("{name}: {shown:?} is no instant such as 2026-11-21T08:00:00Z"))
    };
    parsed.map(|at| Some(at.into())).map_err(refused)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct NamesParams {
    /// Only metrics of this instance.
    instance: Option<String>,
    /// Part of the name, in any case.
    search: Option<String>,
    /// Rows, 1 to 500; 200 when absent.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RangeParams {
    /// The metric's name. One that is not known has no series.
    metric: String,
    /// Only series of this instance.
    instance: Option<String>,
    /// Most places, 1 to 1,000; 240 when absent. They are never closer than scrapes.
    #[param(minimum = 1, maximum = 1000)]
    points: Option<u32>,
}

/// Where metrics come from, and whether it answers.
#[utoipa::path(tag = "Metrics", responses((status = 200, body = MetricsSourceView)))]
#[get("/metrics/source")]
async fn source(Read(scope): Read, metrics: web::Data<MetricService>) -> web::Json<MetricsSourceView> {
    web::Json(convert::metric::source(metrics.source(&scope).await))
}

/// What has samples.
#[utoipa::path(tag = "Metrics", responses((status = 200, body = InstanceList)))]
#[get("/metrics/instances")]
async fn instances(Read(scope): Read, metrics: web::Data<MetricService>) -> Result<web::Json<InstanceList>, ApiError> {
    Ok(web::Json(convert::metric::instances(metrics.instances(&scope).await?)))
}

/// Names of metrics with their unit.
#[utoipa::path(tag = "Metrics", params(NamesParams), responses((status = 200, body = MetricNames)))]
#[get("/metrics/names")]
async fn names(
    Read(scope): Read,
    metrics: web::Data<MetricService>,
    params: web::Query<NamesParams>,
) -> Result<web::Json<MetricNames>, ApiError> {
    let NamesParams { instance, search, limit } = params.into_inner();
    let found = metrics.names(&scope, NamesQuery { instance, search, limit }).await?;
    Ok(web::Json(convert::metric::names(found)))
}

/// One metric over a span, at most 50 series; counters come as per-second rates.
#[utoipa::path(tag = "Metrics", params(RangeParams, SpanParams), responses((status = 200, body = MetricRange)))]
#[get("/metrics/range")]
async fn range(
    Read(scope): Read,
    metrics: web::Data<MetricService>,
    params: web::Query<RangeParams>,
    span: web::Query<SpanParams>,
) -> Result<web::Json<MetricRange>, ApiError> {
    let RangeParams { metric, instance, points } = params.into_inner();
    let query = RangeQuery { metric, instance, span: span.span()?, points };
    Ok(web::Json(convert::metric::range(metrics.range(&scope, query).await?)))
}

/// How scrapes of a target went.
#[utoipa::path(tag = "Targets", params(("id" = String, Path), SpanParams), responses((status = 200, body = ScrapeHistory)))]
#[get("/targets/{id}/scrapes")]
async fn scrapes(
    Read(scope): Read,
    metrics: web::Data<MetricService>,
    id: web::Path<TargetId>,
    span: web::Query<SpanParams>,
) -> Result<web::Json<ScrapeHistory>, ApiError> {
    Ok(web::Json(convert::metric::scrapes(metrics.scrapes(&scope, &id, span.span()?).await?)))
}
