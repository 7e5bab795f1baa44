//! `/events`: changes as server-sent events.
//!
//! Compression would hold events back until a block is full, so the answer says that it is as it is.

use std::convert::Infallible;
use std::fmt::Write as _;

use actix_web::http::header::{self, ContentEncoding};
use actix_web::{HttpRequest, HttpResponse, get, web};
use bytes::Bytes;
use futures::stream;
use watchkeeper_common::event::Event;

use super::convert::timestamp;
use super::extract::Read;
use super::identify::bearer;
use super::problem::ApiError;
use super::routes::Routes;
use crate::auth::{AuthError, Authenticator, Credential};
use crate::services::events::{Change, Cursor, Events, Feed, News};

pub(crate) fn routes(routes: &mut Routes<'_, '_>) {
    routes.service(follow);
}

/// Says when to come again, and that the line stands before there is anything to tell.
const OPENING: &str = "retry: 2000\n: watching\n\n";
const HEARTBEAT: &str = ": still watching\n\n";

/// What changes, as it changes: `event` is the noun (`batch`, `incident`, `target`, `delivery`, `settings`, `demo`).
///
/// Send the last `id` back as `Last-Event-ID` to take up where the stream was cut; the same change may be told twice. The
/// stream ends when its session or key ends and when the access token expires: come again with a fresh one.
#[utoipa::path(
    tag = "Events",
    params(("last-event-id" = Option<String>, Header, description = "The last `id` that was seen.")),
    responses((status = 200, body = Event, content_type = "text/event-stream")),
)]
#[get("/events")]
async fn follow(
    Read(scope): Read,
    events: web::Data<Events>,
    authenticator: web::Data<Authenticator>,
    req: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let bearer = bearer(req.headers()).ok_or(AuthError::Unauthenticated)?;
    let credential = Credential::new(authenticator.get_ref().clone(), bearer);
    let feed = events.follow(scope, credential, last_seen(&req)).await?;
    let opening = stream::iter([Ok::<_, Infallible>(Bytes::from_static(OPENING.as_bytes()))]);
    let body = stream::unfold(feed, next);
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header(ContentEncoding::Identity)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // nginx holds answers back unless told otherwise.
        .insert_header(("x-accel-buffering", "no"))
        .streaming(stream::StreamExt::chain(opening, body)))
}

/// What is no cursor of ours begins now: a page that comes back after an upgrade is not refused.
fn last_seen(req: &HttpRequest) -> Option<Cursor> {
    req.headers().get("last-event-id")?.to_str().ok()?.parse().ok()
}

async fn next(mut feed: Feed) -> Option<(Result<Bytes, Infallible>, Feed)> {
    let text = match feed.next().await? {
        News::Changes(changes) => changes.iter().map(block).collect(),
        News::Silence => HEARTBEAT.to_owned(),
    };
    Some((Ok(Bytes::from(text)), feed))
}

fn block(change: &Change) -> String {
    let event = Event { id: change.id.clone(), at: timestamp(change.at) };
    let data = serde_json::to_string(&event).unwrap_or_default();
    let mut text = String::new();
    // Writing to a text cannot fail.
    write!(text, "id: {}\nevent: {}\ndata: {data}\n\n", change.cursor, change.noun.as_str()).unwrap_or_default();
    text
}
