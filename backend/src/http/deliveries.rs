//! `/deliveries`: the ledger of what was sent to whom, what was not, and why; and sending again.

use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::IntoParams;
use watchkeeper_common::alert::{Channel, DeliveryState, DeliveryView};
use watchkeeper_common::page::Page;
use watchkeeper_domain::id::{DeliveryId, IncidentId};

use super::convert;
use super::extract::{Read, Write};
use super::list::{ListParams, page};
use super::problem::ApiError;
use super::routes::Routes;
use crate::services::delivery::{Deliveries, Wanted};

pub(crate) fn routes(routes: &mut Routes<'_, '_>) {
    routes.service(list).service(of_incident).service(again);
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct DeliveryFilters {
    state: Option<DeliveryState>,
    channel: Option<Channel>,
    /// Only messages about this incident.
    #[param(value_type = Option<String>)]
    incident: Option<IncidentId>,
}

/// Messages, newest first.
#[utoipa::path(tag = "Alerts", params(ListParams, DeliveryFilters), responses((status = 200, body = Page<DeliveryView>)))]
#[get("/deliveries")]
async fn list(
    scope: Read,
    deliveries: web::Data<Deliveries>,
    params: web::Query<ListParams>,
    filters: web::Query<DeliveryFilters>,
) -> Result<web::Json<Page<DeliveryView>>, ApiError> {
    let DeliveryFilters { state, channel, incident } = filters.into_inner();
    let state = state.map(convert::delivery::state_word);
    let wanted = Wanted { state, channel: channel.map(convert::delivery::domain_channel), incident };
    let found =
        deliveries.list(&scope.0, &wanted, params.range("created_at"), params.limit()?, params.cursor()).await?;
    Ok(web::Json(page(found, convert::delivery::view)))
}

/// Messages about one incident, newest first.
#[utoipa::path(
    tag = "Alerts",
    params(("id" = String, Path), ListParams),
    responses((status = 200, body = Page<DeliveryView>))
)]
#[get("/incidents/{id}/deliveries")]
async fn of_incident(
    scope: Read,
    deliveries: web::Data<Deliveries>,
    id: web::Path<IncidentId>,
    params: web::Query<ListParams>,
) -> Result<web::Json<Page<DeliveryView>>, ApiError> {
    let range = params.range("created_at");
    let found = deliveries.of_incident(&scope.0, &id, range, params.limit()?, params.cursor()).await?;
    Ok(web::Json(page(found, convert::delivery::view)))
}

/// Send a message again that failed, or that waits for its next try. 409 when it left already.
#[utoipa::path(tag = "Alerts", params(("id" = String, Path)), responses((status = 200, body = DeliveryView)))]
#[post("/deliveries/{id}/retry")]
async fn again(
    scope: Write,
    deliveries: web::Data<Deliveries>,
    id: web::Path<DeliveryId>,
) -> Result<web::Json<DeliveryView>, ApiError> {
    Ok(web::Json(convert::delivery::view(deliveries.again(&scope.0, &id).await?)))
}
