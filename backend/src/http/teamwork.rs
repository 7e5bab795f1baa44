//! What people do with an incident together: comments, who looks after it, several at once, its like, and its post-mortem.

use actix_web::http::header::{self, ContentDisposition, DispositionParam, DispositionType};
use actix_web::{HttpResponse, delete, get, post, put, web};
use watchkeeper_common::incident::{
    AcknowledgeIncidents, Acknowledged, AssignIncident, CommentIncident, IncidentDetail, NotAcknowledged,
    SimilarIncidents,
};
use watchkeeper_domain::id::{Id, IncidentId};
use watchkeeper_domain::incident::post_mortem;

use super::convert;
use super::extract::{Read, Write};
use super::problem::ApiError;
use super::routes::Routes;
use crate::auth::Accounts;
use crate::services::ServiceError;
use crate::services::alert::Alerts;
use crate::services::incident::IncidentService;

pub(crate) fn routes(routes: &mut Routes<'_, '_>) {
    routes
        .service(acknowledge_all)
        .service(comment)
        .service(delete_comment)
        .service(assign)
        .service(similar)
        .service(report);
}

/// Acknowledge several. Each stands for itself: what cannot be is answered with its reason.
#[utoipa::path(
    tag = "Incidents",
    request_body = AcknowledgeIncidents,
    responses((status = 200, body = Acknowledged))
)]
#[post("/incidents/acknowledge")]
async fn acknowledge_all(
    Write(scope): Write,
    incidents: web::Data<IncidentService>,
    body: web::Json<AcknowledgeIncidents>,
) -> Result<web::Json<Acknowledged>, ApiError> {
    let ids = body.ids.iter().map(|id| IncidentId::parse(id)).collect::<Result<Vec<_>, _>>();
    let ids = ids.map_err(|wrong| ServiceError::field("ids", wrong.to_string()))?;
    let outcome = incidents.acknowledge_all(&scope, &ids).await?;
    let refused = outcome.refused.into_iter().map(|(id, why)| NotAcknowledged { id: id.into(), why });
    Ok(web::Json(Acknowledged {
        acknowledged: outcome.done.into_iter().map(String::from).collect(),
        refused: refused.collect(),
    }))
}

/// Write a comment into the timeline. Nobody is messaged.
#[utoipa::path(
    tag = "Incidents",
    params(("id" = String, Path)),
    request_body = CommentIncident,
    responses((status = 200, body = IncidentDetail))
)]
#[post("/incidents/{id}/comments")]
async fn comment(
    Write(scope): Write,
    incidents: web::Data<IncidentService>,
    id: web::Path<IncidentId>,
    body: web::Json<CommentIncident>,
) -> Result<web::Json<IncidentDetail>, ApiError> {
    Ok(web::Json(convert::incident::detail(incidents.comment(&scope, &id, &body.text).await?)))
}

/// Delete a comment of one's own; that one was deleted stays in the timeline. 409 for somebody else's.
#[utoipa::path(
    tag = "Incidents",
    params(("id" = String, Path), ("seq" = u32, Path, description = "The comment's number in the timeline")),
    responses((status = 200, body = IncidentDetail))
)]
#[delete("/incidents/{id}/comments/{seq}")]
async fn delete_comment(
    Write(scope): Write,
    incidents: web::Data<IncidentService>,
    path: web::Path<(IncidentId, u32)>,
) -> Result<web::Json<IncidentDetail>, ApiError> {
    let (id, seq) = path.into_inner();
    Ok(web::Json(convert::incident::detail(incidents.delete_comment(&scope, &id, seq).await?)))
}

/// Say who looks after it: a username of the account, or null for nobody.
#[utoipa::path(
    tag = "Incidents",
    params(("id" = String, Path)),
    request_body = AssignIncident,
    responses((status = 200, body = IncidentDetail))
)]
#[put("/incidents/{id}/assignee")]
async fn assign(
    Write(scope): Write,
    incidents: web::Data<IncidentService>,
    accounts: web::Data<Accounts>,
    id: web::Path<IncidentId>,
    body: web::Json<AssignIncident>,
) -> Result<web::Json<IncidentDetail>, ApiError> {
    let members = [accounts.me(&scope).await?.username];
    let assigned = incidents.assign(&scope, &id, body.into_inner().assignee, &members).await?;
    Ok(web::Json(convert::incident::detail(assigned)))
}

/// Incidents like this one and how they ended, the most alike first.
#[utoipa::path(tag = "Incidents", params(("id" = String, Path)), responses((status = 200, body = SimilarIncidents)))]
#[get("/incidents/{id}/similar")]
async fn similar(
    Read(scope): Read,
    incidents: web::Data<IncidentService>,
    id: web::Path<IncidentId>,
) -> Result<web::Json<SimilarIncidents>, ApiError> {
    let found = incidents.similar(&scope, &id).await?;
    Ok(web::Json(SimilarIncidents { items: found.into_iter().map(convert::incident::similar).collect() }))
}

/// The incident as a Markdown document: summary, cause, evidence, actions, timeline and comments, times in the account's zone.
#[utoipa::path(
    tag = "Incidents",
    params(("id" = String, Path)),
    responses((status = 200, body = String, content_type = "text/markdown"))
)]
#[get("/incidents/{id}/post-mortem")]
async fn report(
    Read(scope): Read,
    incidents: web::Data<IncidentService>,
    accounts: web::Data<Accounts>,
    alerts: web::Data<Alerts>,
    id: web::Path<IncidentId>,
) -> Result<HttpResponse, ApiError> {
    let incident = incidents.get(&scope, &id).await?;
    let zone = accounts.me(&scope).await?.time_zone;
    let text = post_mortem::markdown(&incident, &zone, &alerts.incident_link(&id));
    let name = DispositionParam::Filename(format!("post-mortem-{id}.md"));
    let file = ContentDisposition { disposition: DispositionType::Attachment, parameters: vec![name] };
    let mut response = HttpResponse::Ok();
    Ok(response
        .content_type("text/markdown; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, file))
        .body(text))
}
