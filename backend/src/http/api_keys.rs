//! `/api-keys`: credentials for machines.

use actix_web::{HttpResponse, delete, get, post, web};
use watchkeeper_common::auth::{ApiKeyView, CreateApiKey, CreatedApiKey};
use watchkeeper_common::page::Page;
use watchkeeper_domain::id::ApiKeyId;

use super::convert;
use super::extract::Person;
use super::problem::ApiError;
use super::routes::Routes;
use crate::auth::ApiKeys;

pub(crate) fn routes(routes: &mut Routes<'_, '_>) {
    routes.service(list).service(create).service(revoke);
}

/// Keys of this account, without their secrets.
#[utoipa::path(tag = "API keys", responses((status = 200, body = Page<ApiKeyView>)))]
#[get("/api-keys")]
async fn list(person: Person, keys: web::Data<ApiKeys>) -> Result<web::Json<Page<ApiKeyView>>, ApiError> {
    let items = keys.list(&person.scope).await?.into_iter().map(convert::auth::key).collect();
    Ok(web::Json(Page { items, next_cursor: None }))
}

/// Make a key. Its secret is in this answer and never shown again.
#[utoipa::path(tag = "API keys", responses((status = 201, body = CreatedApiKey)))]
#[post("/api-keys")]
async fn create(
    person: Person,
    keys: web::Data<ApiKeys>,
    body: web::Json<CreateApiKey>,
) -> Result<HttpResponse, ApiError> {
    let CreateApiKey { name, scopes } = body.into_inner();
    let scopes = scopes.into_iter().map(convert::auth::key_scope).collect();
    let created = keys.create(&person.scope, &name, scopes).await?;
    Ok(HttpResponse::Created().json(convert::auth::created_key(created)))
}

/// Revoke a key; it stops working at once.
#[utoipa::path(tag = "API keys", params(("id" = String, Path)), responses((status = 204)))]
#[delete("/api-keys/{id}")]
async fn revoke(person: Person, keys: web::Data<ApiKeys>, id: web::Path<ApiKeyId>) -> Result<HttpResponse, ApiError> {
    keys.revoke(&person.scope, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}
