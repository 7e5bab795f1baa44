//! One exchange with the server: headers, deadline, abort and problem bodies. Nothing else speaks to the network.

use std::time::Duration;

use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use watchkeeper_common::decode::{self, Decode};
use watchkeeper_common::problem::Problem;
use web_sys::{AbortController, RequestInit, Response};

use super::{Fault, view};
use crate::dom::prelude::{Timer, set_timeout};

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
    headers: Vec<(&'static str, String)>,
}

impl Call {
    pub(super) fn new(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), body: None, headers: vec![("accept", "application/json".to_owned())] }
    }

    pub(super) fn json(mut self, body: &impl Serialize) -> Result<Self, Fault> {
        self.body = Some(serde_json::to_string(body).map_err(|error| Fault::Unreadable(error.to_string()))?);
        Ok(self.header("content-type", "application/json"))
    }

    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
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
pub(super) async fn exchange<T: Decode>(call: &Call, token: Option<&str>) -> Result<T, Fault> {
    read(&exchange_text(call, token).await?)
}

/// The body of a good answer as what it says.
pub(super) fn read<T: Decode>(text: &str) -> Result<T, Fault> {
    decode::read(text).map_err(Fault::Unreadable)
}

/// As [`exchange`], as the text that came: `null` for an empty one.
pub(super) async fn exchange_text(call: &Call, token: Option<&str>) -> Result<String, Fault> {
    let abort = Abort::after(DEADLINE)?;
    let response = send(call, token, &abort.controller).await?;
    let text = text(&response).await?;
    if !response.ok() {
        return Err(refusal(response.status(), &text));
    }
    Ok(if text.is_empty() { "null".to_owned() } else { text })
}

/// What an answer that is not good means.
pub(super) fn refusal(status: u16, text: &str) -> Fault {
    match decode::read::<Problem>(text) {
        Ok(problem) => Fault::Refused(Box::new(problem)),
        // A gateway in front of a server that is away answers with its own page.
        Err(_) if (502..=504).contains(&status) => Fault::Unreachable,
        Err(_) => Fault::Unreadable(format!("status {status}")),
    }
}

pub(super) async fn text(response: &Response) -> Result<String, Fault> {
    let text = JsFuture::from(response.text().map_err(broken)?).await.map_err(away)?;
    Ok(text.as_string().unwrap_or_default())
}

/// Sends the call; the answer's head is there, its body may still be coming.
pub(super) async fn send(call: &Call, token: Option<&str>, abort: &AbortController) -> Result<Response, Fault> {
    let init = RequestInit::new();
    init.set_method(call.method.as_str());
    init.set_signal(Some(&abort.signal()));
    let headers = web_sys::Headers::new().map_err(broken)?;
    for (name, value) in &call.headers {
        headers.set(name, value).map_err(broken)?;
    }
    if view::is_demo() && !view::is_of_account(&call.path) {
        headers.set("x-watchkeeper-view", "demo").map_err(broken)?;
    }
    if let Some(token) = token {
        headers.set("authorization", &format!("Bearer {token}")).map_err(broken)?;
    }
    if let Some(body) = &call.body {
        init.set_body(&JsValue::from_str(body));
    }
    init.set_headers(&headers);
    let window = web_sys::window().ok_or(Fault::Unreachable)?;
    let sent = JsFuture::from(window.fetch_with_str_and_init(&format!("{BASE}{}", call.path), &init));
    sent.await.map_err(away)?.dyn_into().map_err(broken)
}

/// The browser does not say why a fetch failed; there was no answer.
pub(super) fn away(_: JsValue) -> Fault {
    Fault::Unreachable
}

pub(super) fn broken(value: JsValue) -> Fault {
    Fault::Unreadable(value.as_string().unwrap_or_else(|| "the browser refused the request".to_owned()))
}

/// Aborts its request at the deadline or when it is dropped, whichever comes first.
pub(super) struct Abort {
    pub(super) controller: AbortController,
    timer: Option<Timer>,
    kept: bool,
}

impl Abort {
    pub(super) fn after(deadline: Duration) -> Result<Self, Fault> {
        let controller = AbortController::new().map_err(broken)?;
        let late = controller.clone();
        let timer = Some(set_timeout(move || late.abort(), deadline));
        Ok(Self { controller, timer, kept: false })
    }

    /// No deadline any more; who takes the controller aborts by it.
    pub(super) fn keep(mut self) -> AbortController {
        self.disarm();
        self.kept = true;
        self.controller.clone()
    }

    fn disarm(&mut self) {
        if let Some(timer) = self.timer.take() {
            timer.clear();
        }
    }
}

impl Drop for Abort {
    fn drop(&mut self) {
        self.disarm();
        if !self.kept {
            self.controller.abort();
        }
    }
}
