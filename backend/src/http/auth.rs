//! `/auth`: register, sign in, refresh, sign out, and oneself.

use actix_web::{HttpRequest, HttpResponse, get, patch, post, put, web};
use watchkeeper_common::auth::{ChangePassword, Login, Me, Register, SignedIn, UpdateMe};

use super::extract::{Person, Read};
use super::problem::ApiError;
use super::routes::Routes;
use super::{Front, convert, cookie};
use crate::auth::{Accounts, AuthError, Opened, Sessions};

pub(crate) fn routes(routes: &mut Routes<'_, '_>) {
    routes.service(register).service(login).service(refresh).service(logout).service(me).service(update_me);
    routes.service(change_password);
}

fn welcome(opened: Opened, req: &HttpRequest, front: &Front) -> HttpResponse {
    let cookie = cookie::carrying(&opened, req, front);
    HttpResponse::Ok().cookie(cookie).json(convert::auth::signed_in(opened))
}

/// Make an account and sign in.
#[utoipa::path(tag = "Accounts", responses(
    (status = 201, body = SignedIn, description = "Signed in; the refresh token is in a cookie."),
))]
#[post("/auth/register")]
pub(super) async fn register(
    accounts: web::Data<Accounts>,
    front: web::Data<Front>,
    req: HttpRequest,
    body: web::Json<Register>,
) -> Result<HttpResponse, ApiError> {
    let new = convert::auth::new_account(body.into_inner());
    let opened = accounts.register(new, &front.door(&req)).await?;
    let cookie = cookie::carrying(&opened, &req, &front);
    Ok(HttpResponse::Created().cookie(cookie).json(convert::auth::signed_in(opened)))
}

/// Sign in with mail address or user name.
#[utoipa::path(tag = "Accounts", responses(
    (status = 200, body = SignedIn, description = "Signed in; the refresh token is in a cookie."),
))]
#[post("/auth/login")]
pub(super) async fn login(
    accounts: web::Data<Accounts>,
    front: web::Data<Front>,
    req: HttpRequest,
    body: web::Json<Login>,
) -> Result<HttpResponse, ApiError> {
    let attempt = convert::auth::sign_in(body.into_inner())?;
    let opened = accounts.sign_in(attempt, &front.door(&req)).await?;
    Ok(welcome(opened, &req, &front))
}

/// Trade the cookie's refresh token for a new one and an access token.
///
/// A refresh token works once. One that comes back after it was traded ends its session.
#[utoipa::path(tag = "Accounts", security(("refresh" = [])), responses(
    (status = 200, body = SignedIn),
))]
#[post("/auth/refresh")]
pub(super) async fn refresh(
    sessions: web::Data<Sessions>,
    front: web::Data<Front>,
    req: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let token = cookie::refresh_token(&req).ok_or(AuthError::Unauthenticated)?;
    let opened = sessions.rotate(&token, &front.door(&req)).await?;
    Ok(welcome(opened, &req, &front))
}

/// End the session of this browser, and its access tokens with it.
#[utoipa::path(tag = "Accounts", responses((status = 204, description = "Signed out, also when nobody was signed in.")))]
#[post("/auth/logout")]
pub(super) async fn logout(
    sessions: web::Data<Sessions>,
    front: web::Data<Front>,
    person: Option<Person>,
    req: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    if let Some(Person { scope, session }) = &person {
        sessions.end(scope, session).await?;
    }
    if let Some(token) = cookie::refresh_token(&req) {
        sessions.sign_out(&token).await?;
    }
    Ok(HttpResponse::NoContent().cookie(cookie::cleared(&req, &front)).finish())
}

/// Whose credential this is.
#[utoipa::path(tag = "Accounts", responses((status = 200, body = Me)))]
#[get("/auth/me")]
pub(super) async fn me(Read(scope): Read, accounts: web::Data<Accounts>) -> Result<web::Json<Me>, ApiError> {
    Ok(web::Json(convert::auth::me(accounts.me(&scope).await?)))
}

/// Change your user name, mail address or time zone; absent fields stay. The first two need `current_password`.
#[utoipa::path(tag = "Accounts", responses((status = 200, body = Me)))]
#[patch("/auth/me")]
pub(super) async fn update_me(
    Person { scope, .. }: Person,
    accounts: web::Data<Accounts>,
    body: web::Json<UpdateMe>,
) -> Result<web::Json<Me>, ApiError> {
    let account = accounts.change(&scope, convert::auth::profile(body.into_inner())).await?;
    Ok(web::Json(convert::auth::me(account)))
}

/// Change the password. Every other session of yours ends.
#[utoipa::path(tag = "Accounts", responses((status = 204)))]
#[put("/auth/password")]
async fn change_password(
    Person { scope, session }: Person,
    accounts: web::Data<Accounts>,
    body: web::Json<ChangePassword>,
) -> Result<HttpResponse, ApiError> {
    let ChangePassword { current_password, new_password } = body.into_inner();
    accounts.change_password(&scope, &session, current_password, new_password).await?;
    Ok(HttpResponse::NoContent().finish())
}
