//! Models on loopback that answer by script, in OpenAI's dialect or in Ollama's.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value as Json, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    OpenAi,
    Ollama,
}

/// What a model does when it is asked.
#[derive(Debug, Clone)]
pub(super) enum Move {
    Says(String),
    /// Says it without counting tokens.
    Uncounted(String),
    /// The beginning of a text that ran into the token limit.
    Breaks(String),
    Refuses(u16),
    /// Refuses, and names how many seconds to wait.
    Waits(u16, &'static str),
    /// Answers this text so late.
    Late(Duration, String),
    /// Speaks a protocol of its own.
    Babbles,
}

impl Move {
    fn response(&self, dialect: Dialect) -> ResponseTemplate {
        let ok = ResponseTemplate::new(200);
        match self {
            Self::Says(text) => ok.set_body_json(completion(dialect, text, "stop")),
            Self::Uncounted(text) => {
                let mut body = completion(dialect, text, "stop");
                for count in ["usage", "prompt_eval_count", "eval_count"] {
                    body.as_object_mut().unwrap().remove(count);
                }
                ok.set_body_json(body)
            }
            Self::Breaks(text) => ok.set_body_json(completion(dialect, text, "length")),
            Self::Refuses(status) => ResponseTemplate::new(*status).set_body_json(refusal(dialect)),
            Self::Waits(status, seconds) => {
                ResponseTemplate::new(*status).insert_header("retry-after", *seconds).set_body_json(refusal(dialect))
            }
            Self::Late(by, text) => ok.set_body_json(completion(dialect, text, "stop")).set_delay(*by),
            Self::Babbles => ok.set_body_string("<html>gateway</html>"),
        }
    }
}

fn completion(dialect: Dialect, text: &str, finish: &str) -> Json {
    match dialect {
        Dialect::OpenAi => json!({
            "id": "chatcmpl-1", "object": "chat.completion",
            "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}],
            "usage": {"prompt_tokens": 700, "completion_tokens": 90, "total_tokens": 790},
        }),
        Dialect::Ollama => json!({
            "model": "llama3.1", "message": {"role": "assistant", "content": text}, "done": true,
            "done_reason": finish, "prompt_eval_count": 700, "eval_count": 90,
        }),
    }
}

fn refusal(dialect: Dialect) -> Json {
    match dialect {
        Dialect::OpenAi => json!({"error": {"message": "scripted refusal", "type": "server_error", "code": null}}),
        Dialect::Ollama => json!({"error": "scripted refusal"}),
    }
}

/// The moves in order; the last one again and again.
struct Script {
    dialect: Dialect,
    moves: Vec<Move>,
    made: AtomicUsize,
}

impl Respond for Script {
    fn respond(&self, _request: &Request) -> ResponseTemplate {
        let at = self.made.fetch_add(1, Ordering::SeqCst).min(self.moves.len() - 1);
        self.moves[at].response(self.dialect)
    }
}

/// A model that listens.
pub(super) struct Model {
    pub(super) dialect: Dialect,
    server: MockServer,
}

impl Model {
    pub(super) async fn new(dialect: Dialect, moves: &[Move]) -> Self {
        let server = MockServer::start().await;
        let (asked, listed, models) = match dialect {
            Dialect::OpenAi => ("/v1/chat/completions", "/v1/models", json!({"data": [{"id": "scripted"}]})),
            Dialect::Ollama => ("/api/chat", "/api/tags", json!({"models": [{"name": "llama3.1:latest"}]})),
        };
        let script = Script { dialect, moves: moves.to_vec(), made: AtomicUsize::new(0) };
        Mock::given(method("POST")).and(path(asked)).respond_with(script).mount(&server).await;
        let list = ResponseTemplate::new(200).set_body_json(models);
        Mock::given(method("GET")).and(path(listed)).respond_with(list).mount(&server).await;
        Self { dialect, server }
    }

    /// The settings that make a server ask this model first.
    pub(super) fn settings(&self) -> Vec<(&'static str, String)> {
        match self.dialect {
            Dialect::OpenAi => vec![
                ("LLM_PROVIDER", "openai".to_owned()),
                ("OPENAI_BASE_URL", self.base()),
                ("OPENAI_API_KEY", "sk-scripted-key-of-the-operator".to_owned()),
                ("OPENAI_MODEL", "scripted".to_owned()),
            ],
            Dialect::Ollama => vec![("LLM_PROVIDER", "ollama".to_owned()), ("LLM_URL", self.server.uri())],
        }
    }

    async fn received(&self, verb: &str) -> Vec<Request> {
        let all = self.server.received_requests().await.unwrap();
        all.into_iter().filter(|request| request.method.as_str() == verb).collect()
    }

    /// Every question it was asked, as raw text.
    pub(super) async fn bodies(&self) -> Vec<String> {
        self.received("POST").await.into_iter().map(|r| String::from_utf8(r.body).unwrap()).collect()
    }

    pub(super) async fn questions(&self) -> Vec<Json> {
        self.bodies().await.iter().map(|body| serde_json::from_str(body).unwrap()).collect()
    }

    /// How often somebody asked whether it is ready.
    pub(super) async fn times_listed(&self) -> usize {
        self.received("GET").await.len()
    }

    /// A header of the first question.
    pub(super) async fn header(&self, name: &str) -> Option<String> {
        let first = self.received("POST").await.into_iter().next()?;
        first.headers.get(name).map(|value| value.to_str().unwrap().to_owned())
    }

    pub(super) fn base(&self) -> String {
        format!("{}/v1", self.server.uri())
    }
}
