//! `/auth/sessions`: where one is signed in, and ending it.

use actix_web::{HttpResponse, delete, get, web};
use watchkeeper_common::auth::SessionView;
use watchkeeper_common::page::Page;
use watchkeeper_domain::id::SessionId;

use super::convert;
use super::extract::Person;
use super::problem::ApiError;
use super::routes::Routes;
use crate::auth::{AuthError, Sessions};

pub(crate) fn routes(routes: &mut Routes<'_, '_>) {
    routes.service(list).service(end).service(end_others);
}

/// Browsers that are signed in.
#[utoipa::path(tag = "Accounts", responses((status = 200, body = Page<SessionView>)))]
#[get("/auth/sessions")]
async fn list(person: Person, sessions: web::Data<Sessions>) -> Result<web::Json<Page<SessionView>>, ApiError> {
    let standing = sessions.list(&person.scope).await?;
    let items = standing.into_iter().map(|session| convert::auth::session(session, &person.session)).collect();
    Ok(web::Json(Page { items, next_cursor: None }))
}

/// Sign one browser out; its access tokens end at once.
#[utoipa::path(tag = "Accounts", params(("id" = String, Path)), responses((status = 204)))]
#[delete("/auth/sessions/{id}")]
async fn end(
    person: Person,
    sessions: web::Data<Sessions>,
    id: web::Path<SessionId>,
) -> Result<HttpResponse, ApiError> {
    match sessions.end(&person.scope, &id).await? {
        true => Ok(HttpResponse::NoContent().finish()),
        false => Err(AuthError::NotFound.into()),
    }
}

/// Sign every other browser out.
#[utoipa::path(tag = "Accounts", responses((status = 204)))]
#[delete("/auth/sessions")]
async fn end_others(person: Person, sessions: web::Data<Sessions>) -> Result<HttpResponse, ApiError> {
    sessions.end_all(&person.scope, Some(&person.session)).await?;
    Ok(HttpResponse::NoContent().finish())
}
