//! The refresh token's cookie: out of reach of scripts, of other sites, and of every path but `/api/v1/auth`.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

use super::Front;
use crate::auth::Opened;

pub(super) const NAME: &str = "watchkeeper_refresh";
const PATH: &str = "/api/v1/auth";

pub(super) fn carrying(opened: &Opened, req: &HttpRequest, front: &Front) -> Cookie<'static> {
    let seconds = i64::try_from(opened.refresh_seconds).unwrap_or(0);
    cookie(opened.refresh_token.clone(), seconds, front.is_https(req))
}

/// Tells the browser to forget it.
pub(super) fn cleared(req: &HttpRequest, front: &Front) -> Cookie<'static> {
    cookie(String::new(), 0, front.is_https(req))
}

fn cookie(value: String, seconds: i64, secure: bool) -> Cookie<'static> {
    Cookie::build(NAME, value)
        .path(PATH)
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(secure)
        .max_age(Duration::seconds(seconds))
        .finish()
}

pub(super) fn refresh_token(req: &HttpRequest) -> Option<String> {
    req.cookie(NAME).map(|cookie| cookie.value().to_owned()).filter(|value| !value.is_empty())
}
