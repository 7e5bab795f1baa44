//! The chat completions protocol of OpenAI, as OpenRouter, vLLM and many others speak it too.

use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use http::{HeaderName, HeaderValue, StatusCode};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;
use watchkeeper_domain::redact;

use super::{Again, Ask, Attempt, Failure, Reply};
use crate::egress::{GuardedClient, Request, Response};

/// Headers a provider wants besides the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Headers {
    None,
    /// Names the application in OpenRouter's statistics, and where it lives when that is known.
    OpenRouter {
        referer: Option<HeaderValue>,
    },
}

impl Headers {
    /// `site`: where the dashboard is reached.
    #[must_use]
    pub fn open_router(site: Option<&Url>) -> Self {
        Self::OpenRouter { referer: site.and_then(|site| HeaderValue::from_str(site.as_str()).ok()) }
    }
}

/// How the answer's form is asked for; a server that refuses one is asked by the next from then on.
const BY_SCHEMA: u8 = 0;
const BY_OBJECT: u8 = 1;
const BY_WORDS: u8 = 2;

#[derive(Debug)]
pub struct OpenAi {
    client: GuardedClient,
    base: Url,
    key: Option<SecretString>,
    model: String,
    headers: Headers,
    form: AtomicU8,
}

#[derive(Deserialize)]
struct Completion {
    choices: Vec<Choice>,
    #[serde(default)]
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    refusal: Option<String>,
}

#[derive(Deserialize, Default)]
struct Usage {
    #[serde(default)]
    prompt_tokens: u32,
    #[serde(default)]
    completion_tokens: u32,
}

impl OpenAi {
    /// `base` as documented by the provider, such as `https://api.openai.com/v1`.
    #[must_use]
    pub fn new(client: GuardedClient, base: Url, key: Option<SecretString>, model: String, headers: Headers) -> Self {
        Self { client, base, key, model, headers, form: AtomicU8::new(BY_SCHEMA) }
    }

    pub(super) fn name(&self) -> &str {
        &self.model
    }

    /// One attempt; a server that refuses the form of the question is asked once more in a plainer one.
    pub(super) async fn ask(&self, ask: &Ask<'_>) -> Result<Reply, Attempt> {
        loop {
            let form = self.form.load(Ordering::Relaxed);
            let response = self.client.send(self.request(ask, form)?).await?;
            if response.status == StatusCode::BAD_REQUEST && form < BY_WORDS {
                self.form.store(form + 1, Ordering::Relaxed);
                continue;
            }
            if response.status == StatusCode::BAD_REQUEST {
                // It was not the form that it refused.
                self.form.store(BY_SCHEMA, Ordering::Relaxed);
            }
            return read(&response);
        }
    }

    pub(super) async fn ready(&self) -> Result<String, String> {
        if self.key.is_none()
            && self.base.host_str().is_some_and(|h| h.ends_with("openai.com") || h.ends_with("openrouter.ai"))
        {
            return Err("no API key is set".to_owned());
        }
        let request = self.with_headers(Request::get(self.at("models"))).map_err(|a| a.failure.to_string())?;
        let response = self.client.send(request).await.map_err(|error| error.to_string())?;
        match response.status.as_u16() {
            200..=299 => Ok(format!("{} answers", self.base.host_str().unwrap_or_default())),
            401 | 403 => Err("the API key is refused".to_owned()),
            // A server without a model list may still complete.
            404 | 405 => Ok("reachable; it lists no models".to_owned()),
            status => Err(format!("it answered with status {status}")),
        }
    }

    fn request(&self, ask: &Ask<'_>, form: u8) -> Result<Request, Attempt> {
        let messages: Vec<Value> =
            ask.turns.iter().map(|turn| json!({"role": turn.role.as_str(), "content": turn.text})).collect();
        // OpenAI's newer models know only the long name, everybody else the short one.
        let limit = if self.base.host_str() == Some("api.openai.com") { "max_completion_tokens" } else { "max_tokens" };
        let mut body = json!({"model": self.model, "messages": messages, limit: ask.max_tokens});
        if let (Some(format), Some(body)) = (response_format(ask, form), body.as_object_mut()) {
            body.insert("response_format".to_owned(), format);
        }
        Ok(self.with_headers(Request::post(self.at("chat/completions")))?.json(&body)?)
    }

    fn with_headers(&self, mut request: Request) -> Result<Request, Attempt> {
        if let Some(key) = &self.key {
            request = request.bearer(key)?;
        }
        if let Headers::OpenRouter { referer } = &self.headers {
            request = request.header(HeaderName::from_static("x-title"), HeaderValue::from_static("Watchkeeper"));
            if let Some(referer) = referer {
                request = request.header(HeaderName::from_static("http-referer"), referer.clone());
            }
        }
        Ok(request)
    }

    fn at(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}/{path}"));
        url
    }
}

fn response_format(ask: &Ask<'_>, form: u8) -> Option<Value> {
    match form {
        BY_SCHEMA => Some(json!({
            "type": "json_schema",
            "json_schema": {"name": "analysis", "strict": true, "schema": ask.schema},
        })),
        BY_OBJECT => Some(json!({"type": "json_object"})),
        _ => None,
    }
}

fn read(response: &Response) -> Result<Reply, Attempt> {
    let status = response.status.as_u16();
    if !response.status.is_success() {
        return Err(refused(response));
    }
    let completion: Completion = response
        .json()
        .map_err(|error| Attempt::never(Some(status), format!("the provider's answer cannot be read: {error}")))?;
    let usage = completion.usage.unwrap_or_default();
    let Some(choice) = completion.choices.into_iter().next() else {
        return Err(Attempt::never(Some(status), "the provider answered without a choice"));
    };
    if let Some(refusal) = choice.message.refusal {
        return Err(Attempt::never(Some(status), format!("the model refused: {}", short(&refusal))));
    }
    let reply = Reply {
        text: choice.message.content.unwrap_or_default(),
        prompt_tokens: usage.prompt_tokens,
        completion_tokens: usage.completion_tokens,
    };
    match choice.finish_reason.as_deref() {
        Some("length") => Err(Attempt { failure: Failure::Truncated(reply), again: Again::Never }),
        Some("content_filter") => Err(Attempt::never(Some(status), "the provider's content filter stopped the answer")),
        _ => Ok(reply),
    }
}

/// An error status, told apart by status and by the provider's error code.
pub(super) fn refused(response: &Response) -> Attempt {
    let status = response.status.as_u16();
    let body: Value = response.json().unwrap_or_default();
    let error = body.get("error").unwrap_or(&Value::Null);
    let message = error.get("message").or(Some(error)).and_then(Value::as_str).unwrap_or("no reason given");
    let failure = Failure::Provider { status: Some(status), message: format!("status {status}: {}", short(message)) };
    match status {
        // The credit is spent: waiting does not help.
        429 if error.get("code").and_then(Value::as_str) == Some("insufficient_quota") => {
            Attempt { failure, again: Again::Never }
        }
        429 => {
            Attempt { failure: Failure::RateLimited, again: retry_after(response).map_or(Again::Soon, Again::After) }
        }
        408 | 500..=599 => Attempt { failure, again: retry_after(response).map_or(Again::Soon, Again::After) },
        _ => Attempt { failure, again: Again::Never },
    }
}

/// `Retry-After` in seconds or as an HTTP date.
fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.headers.get(http::header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let at = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    Some(Duration::try_from(at.duration_since(jiff::Timestamp::now())).unwrap_or_default())
}

/// A provider's words, short enough to store and without secrets.
fn short(words: &str) -> String {
    redact::secrets(words).chars().filter(|c| !c.is_control()).take(300).collect()
}
