//! Ollama's own protocol: `/api/chat` with a schema as `format`, `/api/tags` for what is installed.

use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::openai::refused;
use super::{Again, Ask, Attempt, Failure, Reply};
use crate::egress::{GuardedClient, Request};

#[derive(Debug)]
pub struct Ollama {
    client: GuardedClient,
    base: Url,
    model: String,
}

#[derive(Deserialize)]
struct Chat {
    message: Message,
    #[serde(default)]
    done_reason: Option<String>,
    #[serde(default)]
    prompt_eval_count: u32,
    #[serde(default)]
    eval_count: u32,
}

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    content: String,
}

#[derive(Deserialize)]
struct Tags {
    #[serde(default)]
    models: Vec<Tag>,
}

#[derive(Deserialize)]
struct Tag {
    name: String,
}

impl Ollama {
    /// `base` such as `http://127.0.0.1:11434`.
    #[must_use]
    pub fn new(client: GuardedClient, base: Url, model: String) -> Self {
        Self { client, base, model }
    }

    pub(super) fn name(&self) -> &str {
        &self.model
    }

    pub(super) async fn ask(&self, ask: &Ask<'_>) -> Result<Reply, Attempt> {
        let messages: Vec<Value> =
            ask.turns.iter().map(|turn| json!({"role": turn.role.as_str(), "content": turn.text})).collect();
        let body = json!({
            "model": self.model, "messages": messages, "stream": false, "format": ask.schema,
            "options": {"num_predict": ask.max_tokens, "temperature": 0},
        });
        let response = self.client.send(Request::post(self.at("api/chat")).json(&body)?).await?;
        if !response.status.is_success() {
            return Err(refused(&response));
        }
        let status = Some(response.status.as_u16());
        let chat: Chat = response
            .json()
            .map_err(|error| Attempt::never(status, format!("Ollama's answer cannot be read: {error}")))?;
        let reply = Reply {
            text: chat.message.content,
            prompt_tokens: chat.prompt_eval_count,
            completion_tokens: chat.eval_count,
        };
        match chat.done_reason.as_deref() {
            Some("length") => Err(Attempt { failure: Failure::Truncated(reply), again: Again::Never }),
            _ => Ok(reply),
        }
    }

    pub(super) async fn ready(&self) -> Result<String, String> {
        let response = self.client.send(Request::get(self.at("api/tags"))).await.map_err(|error| error.to_string())?;
        if !response.status.is_success() {
            return Err(format!("it answered with status {}", response.status.as_u16()));
        }
        let tags: Tags = response.json().map_err(|_error| "this is not Ollama's API".to_owned())?;
        let wanted = |tag: &Tag| tag.name == self.model || tag.name.strip_suffix(":latest") == Some(&self.model);
        if tags.models.iter().any(wanted) {
            Ok(format!("{} is installed", self.model))
        } else {
            Err(format!("{0} is not installed; run `ollama pull {0}`", self.model))
        }
    }

    fn at(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}/{path}"));
        url
    }
}
