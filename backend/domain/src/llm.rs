//! Model calls as they are recorded, and which providers exist.

use serde::{Deserialize, Serialize};

use crate::id::{BatchId, LlmCallId};
use crate::time::UtcMillis;
use crate::verdict::{DroppedClaim, Verdict};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    Openai,
    Openrouter,
    Ollama,
    Builtin,
}

impl Provider {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Openai => "openai",
            Self::Openrouter => "openrouter",
            Self::Ollama => "ollama",
            Self::Builtin => "builtin",
        }
    }
}

/// Tokens one tenant spent on one UTC day. Collection `llm_usage`; the id is the day's number since the epoch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LlmUsage {
    pub id: String,
    pub tokens: u32,
    /// What they cost, in millionths of a US dollar, as far as prices are known.
    #[serde(default)]
    pub micros: u64,
    pub expires_at: UtcMillis,
}

impl LlmUsage {
    /// US dollars.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "money for a person to read")]
    pub fn usd(&self) -> f64 {
        self.micros as f64 / 1e6
    }
}

/// How a call ended, before verification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum CallOutcome {
    Answered,
    /// The first answer was not valid; one repair call fixed it.
    Repaired,
    InvalidAnswer {
        why: String,
    },
    Truncated,
    RateLimited,
    TimedOut,
    CircuitOpen,
    BudgetSpent,
    ProviderError {
        status: Option<u16>,
        message: String,
    },
}

impl CallOutcome {
    /// The word for it, whatever it carries.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Repaired => "repaired",
            Self::InvalidAnswer { .. } => "invalid_answer",
            Self::Truncated => "truncated",
            Self::RateLimited => "rate_limited",
            Self::TimedOut => "timed_out",
            Self::CircuitOpen => "circuit_open",
            Self::BudgetSpent => "budget_spent",
            Self::ProviderError { .. } => "provider_error",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LlmCall {
    pub id: LlmCallId,
    pub batch_id: Option<BatchId>,
    pub at: UtcMillis,
    pub provider: Provider,
    pub model: String,
    /// Exactly what left, secrets redacted.
    pub prompt: String,
    /// What came back, secrets redacted.
    pub answer: String,
    pub prompt_tokens: u32,
    pub completion_tokens: u32,
    /// US dollars; absent when the price is not known.
    pub cost_usd: Option<f64>,
    pub latency_ms: u64,
    /// HTTP attempts, retries included.
    pub attempts: u32,
    pub outcome: CallOutcome,
    pub verdict: Option<Verdict>,
    pub dropped: Vec<DroppedClaim>,
    /// Why this one was asked, when it was not the first choice.
    #[serde(default)]
    pub note: Option<String>,
    pub expires_at: UtcMillis,
}
