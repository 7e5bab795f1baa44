//! The dashboard, out of the binary: precompressed, cached forever where the name carries the content's hash.

use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../frontend/dist"]
#[allow_missing = true]
struct Bundle;

/// Files in here are named after their content.
const HASHED: &str = "assets/";
const PAGE: &str = "index.html";
/// How a file's neighbours are named, best first.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Watchkeeper</title>\
    <h1>Watchkeeper is running</h1><p>This build carries no dashboard. Build one with <code>cargo xtask dist</code> \
    and start again, or use the API: its page is at <a href=\"/docs/\">/docs/</a>.</p></html>";

/// The file or page a path names; `None` when the dashboard has nothing there.
pub(super) fn answer(req: &HttpRequest) -> Option<HttpResponse> {
    if !matches!(*req.method(), Method::GET | Method::HEAD) {
        return None;
    }
    let path = req.path().trim_start_matches('/');
    if path.is_empty() || path == "app" || path.starts_with("app/") {
        return Some(file(req, PAGE).unwrap_or_else(not_built));
    }
    let hidden = path == PAGE || ENCODINGS.iter().any(|(_, suffix)| path.ends_with(suffix));
    if hidden { None } else { file(req, path) }
}

fn not_built() -> HttpResponse {
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(NOT_BUILT)
}

fn file(req: &HttpRequest, path: &str) -> Option<HttpResponse> {
    let plain = Bundle::get(path)?;
    let etag = etag(&plain)?;
    let mut response = HttpResponse::build(StatusCode::OK);
    let forever = path.starts_with(HASHED);
    response.insert_header((
        header::CACHE_CONTROL,
        if forever { "public, max-age=31536000, immutable" } else { "no-cache" },
    ));
    response.insert_header((header::VARY, "accept-encoding"));
    if req.headers().get(header::IF_NONE_MATCH) == Some(&etag) {
        return Some(response.status(StatusCode::NOT_MODIFIED).finish());
    }
    response.insert_header((header::ETAG, etag)).content_type(plain.metadata.mimetype());
    let packed = ENCODINGS
        .into_iter()
        .filter(|(encoding, _)| accepts(req, encoding))
        .find_map(|(encoding, suffix)| Some((encoding, Bundle::get(&format!("{path}{suffix}"))?)));
    Some(match packed {
        Some((encoding, packed)) => {
            response.insert_header((header::CONTENT_ENCODING, encoding)).body(packed.data.into_owned())
        }
        None => response.body(plain.data.into_owned()),
    })
}

/// Weak, because encodings of one content share it.
fn etag(file: &EmbeddedFile) -> Option<HeaderValue> {
    let hash: String = file.metadata.sha256_hash().iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    HeaderValue::from_str(&format!("W/\"{hash}\"")).ok()
}

/// A coding that is named and not refused with `q=0`.
fn accepts(req: &HttpRequest, encoding: &str) -> bool {
    let accepted = req.headers().get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
    accepted.split(',').any(|part| {
        let mut words = part.split(';').map(str::trim);
        let named = words.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        named && !words.any(|word| matches!(word, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}
