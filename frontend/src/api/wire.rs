//! One exchange with the server: headers, deadline, abort and problem bodies. Nothing else speaks to the network.

use std::time::Duration;

use leptos::prelude::{TimeoutHandle, set_timeout_with_handle};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use watchkeeper_common::problem::Problem;
use web_sys::{AbortController, RequestInit, Response};

use super::Fault;

/// A call waits this long for the server, which answers a test mail's slow transport as well.
const DEADLINE: Duration = Duration::from_secs(45);
const BASE: &str = "/api/v1";

#[derive(Debug, Clone, Copy)]
pub(super) enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// One request, ready to be sent more than once.
#[derive(Debug)]
pub(super) struct Call {
    method: Method,
    path: String,
    body: Option<String>,
}

impl Call {
    pub(super) fn new(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), body: None }
    }

    pub(super) fn json(mut self, body: &impl Serialize) -> Result<Self, Fault> {
        self.body = Some(serde_json::to_string(body).map_err(|error| Fault::Unreadable(error.to_string()))?);
        Ok(self)
    }
}

/// A path with a query of those parameters that have a value.
pub(super) fn with_query(path: &str, parameters: &[(&str, Option<String>)]) -> String {
    let set = parameters.iter().filter_map(|(name, value)| value.as_ref().map(|value| (name, value)));
    let pairs: Vec<String> = set.map(|(name, value)| format!("{name}={}", segment(value))).collect();
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

/// A value that is safe as one part of a path or query.
pub(super) fn segment(value: &str) -> String {
    js_sys::encode_uri_component(value).into()
}

/// Sends the call and reads the answer. Dropping the future aborts the request.
pub(super) async fn exchange<T: DeserializeOwned>(call: &Call, token: Option<&str>) -> Result<T, Fault> {
    let abort = Abort::after(DEADLINE)?;
    let (status, text) = fetch(call, token, &abort).await?;
    if (200..300).contains(&status) {
        let text = if text.is_empty() { "null" } else { &text };
        return serde_json::from_str(text).map_err(|error| Fault::Unreadable(error.to_string()));
    }
    // A gateway in front of a server that is away answers with its own page.
    let unreadable =
        if (502..=504).contains(&status) { Fault::Unreachable } else { Fault::Unreadable(format!("status {status}")) };
    serde_json::from_str::<Problem>(&text)
        .map(|problem| Fault::Refused(Box::new(problem)))
        .map_or_else(|_| Err(unreadable), Err)
}

async fn fetch(call: &Call, token: Option<&str>, abort: &Abort) -> Result<(u16, String), Fault> {
    let init = RequestInit::new();
    init.set_method(call.method.as_str());
    init.set_signal(Some(&abort.controller.signal()));
    let headers = web_sys::Headers::new().map_err(broken)?;
    headers.set("accept", "application/json").map_err(broken)?;
    if let Some(token) = token {
        headers.set("authorization", &format!("Bearer {token}")).map_err(broken)?;
    }
    if let Some(body) = &call.body {
        headers.set("content-type", "application/json").map_err(broken)?;
        init.set_body(&JsValue::from_str(body));
    }
    init.set_headers(&headers);
    let window = web_sys::window().ok_or(Fault::Unreachable)?;
    let sent = JsFuture::from(window.fetch_with_str_and_init(&format!("{BASE}{}", call.path), &init));
    let response: Response = sent.await.map_err(away)?.dyn_into().map_err(broken)?;
    let text = JsFuture::from(response.text().map_err(broken)?).await.map_err(away)?;
    Ok((response.status(), text.as_string().unwrap_or_default()))
}

/// The browser does not say why a fetch failed; there was no answer.
fn away(_: JsValue) -> Fault {
    Fault::Unreachable
}

fn broken(value: JsValue) -> Fault {
    Fault::Unreadable(value.as_string().unwrap_or_else(|| "the browser refused the request".to_owned()))
}

/// Aborts its request at the deadline or when it is dropped, whichever comes first.
struct Abort {
    controller: AbortController,
    timer: Option<TimeoutHandle>,
}

impl Abort {
    fn after(deadline: Duration) -> Result<Self, Fault> {
        let controller = AbortController::new().map_err(broken)?;
        let late = controller.clone();
        let timer = set_timeout_with_handle(move || late.abort(), deadline).ok();
        Ok(Self { controller, timer })
    }
}

impl Drop for Abort {
    fn drop(&mut self) {
        if let Some(timer) = self.timer.take() {
            timer.clear();
        }
        self.controller.abort();
    }
}
