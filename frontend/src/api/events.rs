//! The line on which the server tells what changed. `EventSource` cannot carry the access token, so it is read by hand.

use std::time::Duration;

use futures::channel::oneshot;
use futures::future::{Either, select};
use js_sys::{Date, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use watchkeeper_common::event::Noun;
use web_sys::{AbortController, ReadableStreamDefaultReader, Response};

use super::wire::{Abort, Call, Method, away, broken, refusal, send, text};
use super::{Fault, Link, News, Session};
use crate::dom::prelude::{Listener, set_timeout};
use crate::model::sse::{Parser, Told};

/// The server breaks its silence every 15 s; after this long it is gone.
const SILENCE: Duration = Duration::from_secs(40);
/// Longest wait for the head of the answer.
const OPENING: Duration = Duration::from_secs(20);
/// A line that stood this long was a good one: the next attempt comes at once.
const GOOD_MS: f64 = 10_000.0;
/// How often a hidden page is looked at. Browsers give one site few connections, so a hidden page keeps none.
const GLANCE: Duration = Duration::from_secs(10);
const HIDDEN_GLANCES: u32 = 3;
/// How soon a page that is seen again is noticed.
const BLINK: Duration = Duration::from_secs(1);

impl Session {
    /// Follows what changes until the session ends. Dropping the future closes the line.
    pub(crate) async fn follow(self, news: News) {
        let mut last = None;
        let mut failures = 0_u32;
        loop {
            while hidden() {
                pause(BLINK).await;
            }
            let opened = Date::now();
            let line = std::pin::pin!(self.listen(&mut last, news));
            let ended = match select(line, std::pin::pin!(long_hidden())).await {
                Either::Left((ended, _)) => ended,
                Either::Right(((), _)) => Ok(()),
            };
            if ended == Err(Fault::SignedOut) {
                return;
            }
            news.set_link(Link::Cut);
            let good = ended.is_ok() || Date::now() - opened > GOOD_MS;
            failures = if good { 0 } else { failures.saturating_add(1) };
            pause(backoff(failures)).await;
        }
    }

    /// One line from its opening to its end.
    async fn listen(&self, last: &mut Option<String>, news: News) -> Result<(), Fault> {
        let after = last.clone();
        let open = async |token: String| {
            let call = Call::new(Method::Get, "/events").header("accept", "text/event-stream");
            let call = match &after {
                Some(id) => call.header("last-event-id", id.clone()),
                None => call,
            };
            let opening = Abort::after(OPENING)?;
            let response = send(&call, Some(&token), &opening.controller).await?;
            if !response.ok() {
                return Err(refusal(response.status(), &text(&response).await?));
            }
            Ok((response, opening.keep()))
        };
        let (response, line) = self.authorised(open).await?;
        let closing = Closing::of(line);
        let reader = reader(&response)?;
        news.set_link(Link::Live);
        let mut parser = Parser::default();
        while let Some(bytes) = chunk(&reader, &closing.line).await? {
            for Told { noun, cursor } in parser.push(&bytes) {
                *last = cursor.or(last.take());
                if let Ok(noun) = noun.parse::<Noun>() {
                    news.tell(noun);
                }
            }
        }
        Ok(())
    }
}

/// Closes the line however its listener ends, also when the page is left: a browser keeps left pages as they are, for the way
/// back, and a few of them would hold all the connections that one site gets.
struct Closing {
    line: AbortController,
    /// Listens for the page being left.
    _left: Listener,
}

impl Closing {
    fn of(line: AbortController) -> Self {
        let kept = line.clone();
        Self { line, _left: Listener::on_window("pagehide", move |_: web_sys::Event| kept.abort()) }
    }
}

impl Drop for Closing {
    fn drop(&mut self) {
        self.line.abort();
    }
}

fn reader(response: &Response) -> Result<ReadableStreamDefaultReader, Fault> {
    let body = response.body().ok_or_else(|| Fault::Unreadable("an answer without a body".to_owned()))?;
    body.get_reader().dyn_into().map_err(|other| broken(other.into()))
}

/// What came next; `None` at the end. A line that is silent for too long is aborted, which ends the wait.
async fn chunk(reader: &ReadableStreamDefaultReader, line: &AbortController) -> Result<Option<Vec<u8>>, Fault> {
    let read = JsFuture::from(reader.read());
    let silence = std::pin::pin!(pause(SILENCE));
    let result = match select(read, silence).await {
        Either::Left((result, _)) => result.map_err(away)?,
        Either::Right(_) => {
            line.abort();
            return Err(Fault::Unreachable);
        }
    };
    let field = |name: &str| Reflect::get(&result, &JsValue::from_str(name)).map_err(broken);
    if field("done")?.is_truthy() {
        return Ok(None);
    }
    Ok(Some(field("value")?.dyn_into::<Uint8Array>().map_err(broken)?.to_vec()))
}

fn hidden() -> bool {
    web_sys::window().and_then(|window| window.document()).is_some_and(|document| document.hidden())
}

/// Returns when the page was hidden for half a minute on end.
async fn long_hidden() {
    let mut glances = 0;
    while glances < HIDDEN_GLANCES {
        pause(GLANCE).await;
        glances = if hidden() { glances + 1 } else { 0 };
    }
}

fn backoff(failures: u32) -> Duration {
    Duration::from_millis(500).saturating_mul(1 << failures.min(5))
}

async fn pause(span: Duration) {
    let (done, waiting) = oneshot::channel();
    // Nobody waits any more: then there is nobody to tell.
    set_timeout(move || done.send(()).unwrap_or_default(), span);
    waiting.await.unwrap_or_default();
}
