//! `/demo`: a scripted outage, started, watched and removed. It is the person's own whichever view the request names.

use actix_web::{HttpResponse, delete, get, post, web};
use watchkeeper_common::demo::{DemoView, OutboxMessage, StartDemo};
use watchkeeper_common::page::Page;

use super::convert;
use super::extract::{Read, Write};
use super::list::{ListParams, page};
use super::problem::ApiError;
use super::routes::Routes;
use crate::services::demo::DemoService;
use crate::store::{Order, Query};

pub(crate) fn routes(routes: &mut Routes<'_, '_>) {
    routes.service(view).service(start).service(remove).service(outbox);
}

/// The scenarios, and the run that plays or was played last.
#[utoipa::path(tag = "Demo", responses((status = 200, body = DemoView)))]
#[get("/demo")]
async fn view(Read(scope): Read, demos: web::Data<DemoService>) -> Result<web::Json<DemoView>, ApiError> {
    Ok(web::Json(convert::demo::view(demos.story(&scope).await?)))
}

/// Play a scenario. What an earlier one left is removed. 404 for an unknown scenario, 409 while one plays, 503 when this
/// server plays as many as it may.
#[utoipa::path(tag = "Demo", request_body = StartDemo, responses((status = 202, body = DemoView)))]
#[post("/demo")]
async fn start(
    Write(scope): Write,
    demos: web::Data<DemoService>,
    body: web::Json<StartDemo>,
) -> Result<HttpResponse, ApiError> {
    demos.start(&scope, &body.scenario).await?;
    Ok(HttpResponse::Accepted().json(convert::demo::view(demos.story(&scope).await?)))
}

/// Stop it and remove everything of it: batches, incidents, messages.
#[utoipa::path(tag = "Demo", responses((status = 204)))]
#[delete("/demo")]
async fn remove(Write(scope): Write, demos: web::Data<DemoService>) -> Result<HttpResponse, ApiError> {
    demos.remove(&scope).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Messages of the demo as they went out, newest first.
#[utoipa::path(tag = "Demo", params(ListParams), responses((status = 200, body = Page<OutboxMessage>)))]
#[get("/demo/outbox")]
async fn outbox(
    Read(scope): Read,
    demos: web::Data<DemoService>,
    params: web::Query<ListParams>,
) -> Result<web::Json<Page<OutboxMessage>>, ApiError> {
    let query = Query::new(params.range("at"), Order::newest("at"), params.limit()?).after(params.cursor());
    Ok(web::Json(page(demos.outbox(&scope, &query).await?, convert::demo::message)))
}
