//! `/account`: taking everything along, and leaving.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, delete, get, web};
use bytes::Bytes;
use futures::stream;
use watchkeeper_common::auth::DeleteAccount;

use super::extract::Person;
use super::problem::ApiError;
use super::routes::Routes;
use super::{Front, cookie};
use crate::auth::{Accounts, ApiKeys};
use crate::services::ServiceError;
use crate::services::export::Export;

pub(crate) fn routes(routes: &mut Routes<'_, '_>) {
    routes.service(export).service(leave);
}

/// Everything this account has, as lines of JSON: `{"collection": "…", "document": {…}}`. Credentials are left out.
#[utoipa::path(tag = "Accounts", responses((status = 200, body = String, content_type = "application/x-ndjson")))]
#[get("/account/export")]
async fn export(Person { scope, .. }: Person, accounts: web::Data<Accounts>) -> Result<HttpResponse, ApiError> {
    let account = accounts.me(&scope).await?;
    let name = format!("attachment; filename=\"watchkeeper-{}.ndjson\"", account.username);
    let export = Export::new(accounts.store.clone(), scope, account);
    Ok(HttpResponse::Ok()
        .content_type("application/x-ndjson")
        .insert_header((header::CONTENT_DISPOSITION, name))
        .streaming(stream::unfold(export, next)))
}

/// An error in the middle breaks the answer off, so that a part is not taken for the whole.
async fn next(mut rest: Export) -> Option<(Result<Bytes, ServiceError>, Export)> {
    let piece = rest.next().await.transpose()?;
    Some((piece.map(Bytes::from), rest))
}

/// Delete the account and everything it has: targets, metrics, incidents, settings, keys, sessions. It does not come back.
#[utoipa::path(tag = "Accounts", request_body = DeleteAccount, responses((status = 204)))]
#[delete("/account")]
async fn leave(
    Person { scope, .. }: Person,
    accounts: web::Data<Accounts>,
    keys: web::Data<ApiKeys>,
    front: web::Data<Front>,
    req: HttpRequest,
    body: web::Json<DeleteAccount>,
) -> Result<HttpResponse, ApiError> {
    let DeleteAccount { username, password } = body.into_inner();
    accounts.leave(&scope, &keys, &username, password).await?;
    Ok(HttpResponse::NoContent().cookie(cookie::cleared(&req, &front)).finish())
}
