//! Traces of model calls for Langfuse, over OTLP/HTTP.
//!
//! One finished span per call, with the `langfuse.*` attributes on it. Calls are queued without waiting; [`Langfuse::flush`], run
//! by a job and once more when the server drains, sends them. The queue is bounded and drops the oldest, counted: a dead Langfuse
//! costs traces, never a batch. Keys may differ per tenant one day, so there is no global tracer provider. With the feature
//! `langfuse-scores` a trace that was taken also gets the verified confidence as a score.

#[cfg(feature = "langfuse-scores")]
mod scores;

use std::collections::VecDeque;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::{HeaderName, HeaderValue, header};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue, any_value};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status, span, status};
use parking_lot::Mutex;
use prost::Message as _;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use url::Url;

use crate::egress::{EgressError, GuardedClient, Request};

#[cfg(feature = "langfuse-scores")]
pub use scores::ScoreError;

/// Calls waiting to be sent; beyond it the oldest is dropped.
const QUEUE: usize = 512;
/// Spans of one request.
const BATCH: usize = 64;
const PATH: &str = "api/public/otel/v1/traces";

/// One model call. Texts are redacted by the caller.
#[derive(Debug, Clone, PartialEq)]
pub struct Generation {
    /// Prefix, `_`, and 32 hex digits; they become the trace id.
    pub id: String,
    pub user_id: String,
    /// The batch the call was made for.
    pub session_id: String,
    pub provider: String,
    pub model: String,
    pub input: String,
    pub output: String,
    pub prompt_tokens: u32,
    pub completion_tokens: u32,
    pub cost_usd: Option<f64>,
    pub started_ms: i64,
    pub ended_ms: i64,
    /// What verification made of the answer, 0–100.
    pub confidence: Option<u8>,
    /// Why there was no usable answer.
    pub error: Option<String>,
}

/// Why spans were not taken.
#[derive(Debug, thiserror::Error)]
pub enum FlushError {
    #[error(transparent)]
    Egress(#[from] EgressError),
    #[error("Langfuse answered with status {0}")]
    Status(u16),
}

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<Generation>,
    dropped: u64,
}

#[derive(Debug)]
pub struct Langfuse {
    client: GuardedClient,
    url: Url,
    authorization: HeaderValue,
    queue: Mutex<Queue>,
    #[cfg(feature = "langfuse-scores")]
    scores: scores::Scores,
}

impl Langfuse {
    /// # Errors
    /// [`EgressError::Protocol`] when the keys hold what no header can.
    pub fn new(
        client: GuardedClient,
        host: &Url,
        public_key: &str,
        secret: &SecretString,
    ) -> Result<Self, EgressError> {
        let mut url = host.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}/{PATH}"));
        let pair = BASE64_STANDARD.encode(format!("{public_key}:{}", secret.expose_secret()));
        let mut authorization = HeaderValue::try_from(format!("Basic {pair}"))
            .map_err(|_secret| EgressError::Protocol("the Langfuse keys cannot be sent".to_owned()))?;
        authorization.set_sensitive(true);
        Ok(Self {
            client,
            url,
            authorization,
            queue: Mutex::default(),
            #[cfg(feature = "langfuse-scores")]
            scores: scores::Scores::new(host, public_key, secret),
        })
    }

    /// Queues a call; never waits.
    pub fn record(&self, generation: Generation) {
        let mut queue = self.queue.lock();
        if queue.waiting.len() >= QUEUE {
            queue.waiting.pop_front();
            queue.dropped += 1;
        }
        queue.waiting.push_back(generation);
    }

    /// Traces given up since the start.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.queue.lock().dropped
    }

    /// Sends everything that waits, a batch at a time; answers with how many were taken. What could not be sent for a passing
    /// reason waits for the next time.
    ///
    /// # Errors
    /// [`FlushError`] of the batch that failed.
    pub async fn flush(&self) -> Result<usize, FlushError> {
        let mut sent = 0;
        loop {
            let batch: Vec<Generation> = {
                let mut queue = self.queue.lock();
                let take = queue.waiting.len().min(BATCH);
                queue.waiting.drain(..take).collect()
            };
            if batch.is_empty() {
                return Ok(sent);
            }
            if let Err((error, passing)) = self.send(&batch).await {
                self.put_back(batch, passing);
                return Err(error);
            }
            sent += batch.len();
            #[cfg(feature = "langfuse-scores")]
            self.rate(&batch).await;
        }
    }

    /// The projects that the keys open.
    ///
    /// # Errors
    /// [`ScoreError`]; status 401 when the keys are refused.
    #[cfg(feature = "langfuse-scores")]
    pub async fn projects(&self) -> Result<Vec<String>, ScoreError> {
        self.scores.projects().await
    }

    /// Scores what was sent; the first that is not taken ends it, for a trace is worth keeping without.
    #[cfg(feature = "langfuse-scores")]
    async fn rate(&self, batch: &[Generation]) {
        for (call, confidence) in batch.iter().filter_map(|call| Some((call, call.confidence?))) {
            if let Err(error) = self.scores.rate(hex(&call.id), confidence).await {
                tracing::warn!(error = %error, "scores could not be sent");
                return;
            }
        }
    }

    async fn send(&self, batch: &[Generation]) -> Result<(), (FlushError, bool)> {
        let request = Request::post(self.url.clone())
            .header(header::AUTHORIZATION, self.authorization.clone())
            .header(HeaderName::from_static("x-langfuse-ingestion-version"), HeaderValue::from_static("4"))
            .body(HeaderValue::from_static("application/x-protobuf"), export(batch).encode_to_vec());
        let response = self.client.send(request).await.map_err(|error| {
            let passing = error.is_retryable();
            (FlushError::from(error), passing)
        })?;
        let status = response.status.as_u16();
        match status {
            200..=299 => Ok(()),
            _ => Err((FlushError::Status(status), matches!(status, 408 | 429 | 500..=599))),
        }
    }

    /// In front again, oldest dropped first; or dropped, when trying again is pointless.
    fn put_back(&self, batch: Vec<Generation>, passing: bool) {
        let mut queue = self.queue.lock();
        for generation in batch.into_iter().rev() {
            if passing && queue.waiting.len() < QUEUE {
                queue.waiting.push_front(generation);
            } else {
                queue.dropped += 1;
            }
        }
    }
}

fn export(batch: &[Generation]) -> ExportTraceServiceRequest {
    let resource = Resource {
        attributes: vec![text("service.name", "watchkeeper"), text("service.version", env!("CARGO_PKG_VERSION"))],
        ..Resource::default()
    };
    let scope = InstrumentationScope { name: "watchkeeper".to_owned(), ..InstrumentationScope::default() };
    let spans = ScopeSpans { scope: Some(scope), spans: batch.iter().map(span).collect(), ..ScopeSpans::default() };
    let spans = ResourceSpans { resource: Some(resource), scope_spans: vec![spans], ..ResourceSpans::default() };
    ExportTraceServiceRequest { resource_spans: vec![spans] }
}

fn span(call: &Generation) -> Span {
    let trace_id = id_bytes(&call.id);
    let span_id = trace_id.iter().rev().take(8).copied().collect();
    let code = if call.error.is_some() { status::StatusCode::Error } else { status::StatusCode::Ok };
    Span {
        trace_id,
        span_id,
        name: "analysis".to_owned(),
        kind: span::SpanKind::Client.into(),
        start_time_unix_nano: nanos(call.started_ms),
        end_time_unix_nano: nanos(call.ended_ms),
        attributes: attributes(call),
        status: Some(Status { message: call.error.clone().unwrap_or_default(), code: code.into() }),
        ..Span::default()
    }
}

fn attributes(call: &Generation) -> Vec<KeyValue> {
    let usage = json!({"input": call.prompt_tokens, "output": call.completion_tokens});
    let mut attributes = vec![
        text("langfuse.trace.name", "analysis"),
        text("langfuse.user.id", &call.user_id),
        text("langfuse.session.id", &call.session_id),
        text("langfuse.observation.type", "generation"),
        text("langfuse.observation.model.name", &call.model),
        text("langfuse.observation.input", &call.input),
        text("langfuse.observation.output", &call.output),
        text("langfuse.observation.usage_details", &usage.to_string()),
        text("gen_ai.system", &call.provider),
    ];
    if let Some(confidence) = call.confidence {
        attributes.push(text("langfuse.observation.metadata.confidence", &confidence.to_string()));
    }
    if let Some(cost) = call.cost_usd {
        attributes.push(text("langfuse.observation.cost_details", &json!({"total": cost}).to_string()));
    }
    if let Some(error) = &call.error {
        attributes.push(text("langfuse.observation.level", "ERROR"));
        attributes.push(text("langfuse.observation.status_message", error));
    }
    attributes
}

fn text(key: &str, value: &str) -> KeyValue {
    let value = AnyValue { value: Some(any_value::Value::StringValue(value.to_owned())) };
    KeyValue { key: key.to_owned(), value: Some(value), ..KeyValue::default() }
}

/// An id without its prefix.
fn hex(id: &str) -> &str {
    id.rsplit('_').next().unwrap_or_default()
}

/// The 16 bytes of an id's hex digits; zeros where there are none.
fn id_bytes(id: &str) -> Vec<u8> {
    let hex = hex(id);
    (0..16)
        .map(|at| hex.get(2 * at..2 * at + 2).and_then(|byte| u8::from_str_radix(byte, 16).ok()).unwrap_or_default())
        .collect()
}

fn nanos(millis: i64) -> u64 {
    u64::try_from(millis).unwrap_or(0).saturating_mul(1_000_000)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use wiremock::matchers::{header, method, path};
    use wiremock::{Mock, MockServer, ResponseTemplate};

    use super::*;
    use crate::egress::{Guard, Policy};

    fn generation(n: usize) -> Generation {
        Generation {
            id: format!("llm_{n:032x}"),
            user_id: "usr_1".to_owned(),
            session_id: "bat_1".to_owned(),
            provider: "openai".to_owned(),
            model: "gpt-4o-mini".to_owned(),
            input: "question".to_owned(),
            output: "answer".to_owned(),
            prompt_tokens: 100,
            completion_tokens: 20,
            cost_usd: Some(0.5),
            started_ms: 1_000,
            ended_ms: 3_000,
            confidence: Some(90),
            error: None,
        }
    }

    fn langfuse(host: &str) -> Langfuse {
        let client = Guard::new(Policy { allow_private: true }).client(Duration::from_secs(2)).unwrap();
        Langfuse::new(client, &Url::parse(host).unwrap(), "pk", &SecretString::from("sk")).unwrap()
    }

    #[tokio::test]
    async fn a_call_arrives_as_one_span_with_every_attribute() {
        let server = MockServer::start().await;
        Mock::given(method("POST"))
            .and(path("/api/public/otel/v1/traces"))
            .and(header("x-langfuse-ingestion-version", "4"))
            .and(header("authorization", "Basic cGs6c2s="))
            .and(header("content-type", "application/x-protobuf"))
            .respond_with(ResponseTemplate::new(200))
            .mount(&server)
            .await;
        let langfuse = langfuse(&server.uri());
        langfuse.record(generation(255));
        assert_eq!(langfuse.flush().await.unwrap(), 1);
        let body = &server.received_requests().await.unwrap()[0].body;
        let request = ExportTraceServiceRequest::decode(body.as_slice()).unwrap();
        let span = &request.resource_spans[0].scope_spans[0].spans[0];
        assert_eq!((span.trace_id.len(), span.span_id.len(), span.trace_id[15]), (16, 8, 255));
        assert_eq!(span.end_time_unix_nano - span.start_time_unix_nano, 2_000_000_000);
        let value = |key: &str| {
            let found = span.attributes.iter().find(|a| a.key == key).unwrap();
            match found.value.clone().unwrap().value.unwrap() {
                any_value::Value::StringValue(text) => text,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(value("langfuse.user.id"), "usr_1");
        assert_eq!(value("langfuse.session.id"), "bat_1");
        assert_eq!(value("langfuse.observation.model.name"), "gpt-4o-mini");
        assert_eq!(value("langfuse.observation.input"), "question");
        assert_eq!(value("langfuse.observation.output"), "answer");
        assert_eq!(value("langfuse.observation.usage_details"), r#"{"input":100,"output":20}"#);
        assert_eq!(value("langfuse.observation.metadata.confidence"), "90");
        assert_eq!(value("langfuse.observation.cost_details"), r#"{"total":0.5}"#);
    }

    #[tokio::test]
    async fn a_dead_langfuse_costs_the_oldest_traces_only() {
        let langfuse = langfuse("http://127.0.0.1:1");
        for n in 0..QUEUE + 10 {
            langfuse.record(generation(n));
        }
        assert_eq!(langfuse.dropped(), 10);
        assert!(langfuse.flush().await.is_err());
        assert_eq!(langfuse.dropped(), 10, "a passing failure loses nothing");
        let queue = langfuse.queue.lock();
        assert_eq!(queue.waiting.len(), QUEUE);
        assert_eq!(queue.waiting.front(), Some(&generation(10)), "order is kept");
    }

    #[tokio::test]
    async fn refused_keys_are_not_tried_again() {
        let server = MockServer::start().await;
        Mock::given(method("POST")).respond_with(ResponseTemplate::new(401)).mount(&server).await;
        let langfuse = langfuse(&server.uri());
        langfuse.record(generation(1));
        assert!(matches!(langfuse.flush().await, Err(FlushError::Status(401))));
        assert_eq!((langfuse.dropped(), langfuse.flush().await.unwrap()), (1, 0));
    }
}
