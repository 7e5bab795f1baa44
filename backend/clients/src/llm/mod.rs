//! Language models: one question, one structured answer, whatever the provider.
//!
//! [`Model`] is one HTTP attempt and says whether another makes sense; [`Line`] is the one place that retries, within a
//! deadline and behind a circuit breaker. To add a provider: a file with its `ask` and `ready`, a variant here.

mod breaker;
mod line;
mod ollama;
mod openai;
mod price;

use std::time::Duration;

use serde_json::Value;

use crate::egress::EgressError;

pub use breaker::Breaker;
pub use line::{Asked, Line};
pub use ollama::Ollama;
pub use openai::{Headers, OpenAi};
pub use price::cost_usd;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    System,
    User,
    Assistant,
}

impl Role {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// One message of the conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    pub role: Role,
    pub text: String,
}

/// A question with the form of its answer.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    pub turns: &'a [Turn],
    /// JSON schema of the answer, strict dialect.
    pub schema: &'a Value,
    /// Most tokens the answer may have.
    pub max_tokens: u32,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    pub text: String,
    /// As the provider counted; zero when it did not say.
    pub prompt_tokens: u32,
    pub completion_tokens: u32,
}

/// Why there is no usable reply.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    #[error("the provider limits the rate of requests")]
    RateLimited,
    #[error("no answer within the deadline")]
    TimedOut,
    /// The answer ran into the token limit; what came of it is kept.
    #[error("the answer was cut off at the token limit")]
    Truncated(Reply),
    #[error("the provider is left alone after repeated failures")]
    CircuitOpen,
    #[error("{message}")]
    Provider { status: Option<u16>, message: String },
}

/// A failed attempt, and whether another makes sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attempt {
    pub(crate) failure: Failure,
    pub(crate) again: Again,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    Never,
    Soon,
    /// The provider named the wait.
    After(Duration),
}

impl Attempt {
    fn never(status: Option<u16>, message: impl Into<String>) -> Self {
        Self { failure: Failure::Provider { status, message: message.into() }, again: Again::Never }
    }
}

impl From<EgressError> for Attempt {
    fn from(error: EgressError) -> Self {
        let again = if error.is_retryable() { Again::Soon } else { Again::Never };
        let failure = match error {
            EgressError::Timeout(_) => Failure::TimedOut,
            other => Failure::Provider { status: None, message: other.to_string() },
        };
        Self { failure, again }
    }
}

/// A provider's protocol.
#[derive(Debug)]
pub enum Model {
    OpenAi(OpenAi),
    Ollama(Ollama),
}

impl Model {
    async fn ask(&self, ask: &Ask<'_>) -> Result<Reply, Attempt> {
        match self {
            Self::OpenAi(model) => model.ask(ask).await,
            Self::Ollama(model) => model.ask(ask).await,
        }
    }

    /// Whether it could be asked, found out without spending tokens.
    ///
    /// # Errors
    /// What is missing, for the operator.
    pub async fn ready(&self) -> Result<String, String> {
        match self {
            Self::OpenAi(model) => model.ready().await,
            Self::Ollama(model) => model.ready().await,
        }
    }

    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::OpenAi(model) => model.name(),
            Self::Ollama(model) => model.name(),
        }
    }
}
