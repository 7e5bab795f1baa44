//! Who is asking, found out once per request, before any route; and how often they may ask.

use std::rc::Rc;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, ResponseError, web};

use super::extract::Identity;
use super::front::{Front, network};
use super::problem::ApiError;
use crate::auth::{AuthError, Authenticator, Throttle};

/// Never refuses by itself for want of a credential: the extractors of the route decide what is needed.
pub(super) async fn identify<B: MessageBody + 'static>(
    authenticator: web::Data<Authenticator>,
    throttle: web::Data<Throttle>,
    front: web::Data<Front>,
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let known = match bearer(req.headers()) {
        Some(token) => Some(authenticator.scope_of(token).await),
        None => None,
    };
    let within_limits = match &known {
        Some(Ok(scope)) => throttle.check(scope.key()),
        _ => throttle.check(network(front.address(req.headers(), req.peer_addr().map(|peer| peer.ip())))),
    };
    if let Err(refused) = within_limits {
        let response = ApiError::from(refused).error_response();
        return Ok(req.into_response(response).map_into_right_body());
    }
    let known = known.unwrap_or(Err(AuthError::Unauthenticated));
    req.extensions_mut().insert(Identity(Rc::new(known)));
    next.call(req).await.map(ServiceResponse::map_into_left_body)
}

/// The text after `Bearer`, whose case does not matter (RFC 9110, 11.1).
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
