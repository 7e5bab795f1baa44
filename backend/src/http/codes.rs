//! The page of every error code: `docs/errors.md`, and the same at `/docs/errors`, where a problem's `type` leads.
//!
//! To add a code: a variant in `common`, its status and title in `problem`, its advice here; then `watchkeeper errors`.

use std::fmt::Write as _;

use actix_web::HttpResponse;
use watchkeeper_common::problem::ErrorCode;

use super::problem::describe;

/// Where the running server explains this code.
pub(super) fn address(code: ErrorCode) -> String {
    format!("/docs/errors#{}", code.as_str())
}

/// What to do about it.
const fn advice(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::MalformedBody => {
            "Compare the body with the operation's schema at `/docs`; `detail` says where reading stopped. A misspelt field is refused, not ignored."
        }
        ErrorCode::InvalidParameter => {
            "Correct the parameter that `detail` names. A cursor is good only for the list that handed it out."
        }
        ErrorCode::ValidationFailed => "Correct the fields in `errors`; each says what to type instead.",
        ErrorCode::Unauthenticated => {
            "Sign in, refresh the access token, or send an API key that is not revoked, as `Authorization: Bearer …`."
        }
        ErrorCode::InvalidCredentials => {
            "Check the name and the password; which of them is wrong is not said. After too many attempts, wait a minute."
        }
        ErrorCode::InsufficientScope => {
            "Use a credential that has what `detail` names: an API key with that scope, or a signed-in session."
        }
        ErrorCode::NotFound => {
            "Check the address and the id. What belongs to another account answers the same as what never was."
        }
        ErrorCode::MethodNotAllowed => "Use one of the methods in the header `Allow`.",
        ErrorCode::Conflict => "Take another value, or load the thing again and repeat the change on what it is now.",
        ErrorCode::InvalidState => {
            "Look at the state it is in, which `detail` names, and choose what that state allows."
        }
        ErrorCode::PayloadTooLarge => {
            "Send less at a time; `detail` names the limit, which the operator sets with `MAX_BODY_BYTES`."
        }
        ErrorCode::UnsupportedMediaType => "Send JSON, and say so with `Content-Type: application/json`.",
        ErrorCode::RateLimited => "Wait as long as the header `Retry-After` says, then go on more slowly.",
        ErrorCode::UpstreamFailed => {
            "Read `detail`: it holds the words of the mail server, Slack or the metrics source. Correct the setting they speak of."
        }
        ErrorCode::Unavailable => {
            "Try again after `Retry-After`. If it lasts, `/health/ready` says which part is away."
        }
        ErrorCode::Internal => {
            "Try again; if it lasts, look in the server's log for the `request_id` of the answer, and report it."
        }
    }
}

/// `docs/errors.md`, as `watchkeeper errors` prints it.
#[must_use]
pub fn errors_page() -> String {
    let mut page = String::from(
        "# Error codes\n\nEvery refusal is a problem document (RFC 9457, `application/problem+json`) with a stable `code`. This page is made by\n\
         `watchkeeper errors`; a running server shows it at `/docs/errors`, where a problem's `type` leads.\n",
    );
    for code in ErrorCode::ALL {
        let (status, title) = describe(*code);
        // Writing to a text cannot fail.
        let written = write!(page, "\n## {}\n\n**{}** {title}.\n\n{}\n", code.as_str(), status.as_u16(), advice(*code));
        written.unwrap_or_default();
    }
    page
}

/// The same as a page; every code has its name as its anchor.
pub(super) async fn serve() -> HttpResponse {
    let entry = |code: &ErrorCode| {
        let (status, title) = describe(*code);
        let name = code.as_str();
        let advice = with_code(advice(*code));
        format!(
            "<h2 id=\"{name}\"><code>{name}</code></h2><p><strong>{}</strong> {title}.</p><p>{advice}</p>",
            status.as_u16()
        )
    };
    let entries: String = ErrorCode::ALL.iter().map(entry).collect();
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Error codes · Watchkeeper</title><style>:root{{color-scheme:light dark}}body{{max-width:72ch;margin:40px auto;\
         padding:0 16px;font:15px/1.6 system-ui,sans-serif}}:target{{outline:2px solid;outline-offset:6px}}</style></head><body><main>\
         <h1>Error codes</h1><p>Every refusal is a problem document (RFC 9457) with a stable <code>code</code>.</p>{entries}</main></body></html>"
    ))
}

/// Our own advice, whose only mark-up is backticks.
fn with_code(advice: &str) -> String {
    let parts = advice.split('`').enumerate();
    parts.map(|(at, part)| if at % 2 == 1 { format!("<code>{part}</code>") } else { part.to_owned() }).collect()
}
