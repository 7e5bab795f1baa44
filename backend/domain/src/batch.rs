//! A batch: one tenant's window, what was looked at, and the receipt that says what came of it.

use serde::{Deserialize, Serialize};

use crate::fact::Fact;
use crate::id::{BatchId, IncidentId, LlmCallId};
use crate::metric::ScrapeHealth;
use crate::time::{UtcMillis, Window};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    Schedule,
    Manual,
}

/// How the batch ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Outcome {
    /// The gate found nothing; no model was called.
    Quiet,
    /// Facts were found and judged.
    Analysed,
    /// The metrics source could not be used; `reason` is for the user.
    Failed { reason: String },
}

impl Outcome {
    /// The word for it, whatever it carries.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Quiet => "quiet",
            Self::Analysed => "analysed",
            Self::Failed { .. } => "failed",
        }
    }
}

/// What the gate counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    pub series: u32,
    pub outside: u32,
    pub targets: u32,
    pub targets_down: u32,
    /// `0 of 214 series outside baseline`
    pub text: String,
    /// Why the gate opened or stayed shut.
    pub model_called: bool,
    pub prompt_tokens: u32,
    /// What sending every metric as text would have cost, in estimated tokens.
    pub full_text_tokens: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    pub id: BatchId,
    pub trigger: Trigger,
    pub window: Window,
    pub started_at: UtcMillis,
    pub finished_at: UtcMillis,
    pub outcome: Outcome,
    pub receipt: Receipt,
    pub facts: Vec<Fact>,
    pub targets: Vec<ScrapeHealth>,
    pub incident_ids: Vec<IncidentId>,
    pub llm_call_ids: Vec<LlmCallId>,
    pub truncated: Option<String>,
    /// `false` between the first and the last write of a batch; a repeat takes up from there.
    pub complete: bool,
    pub expires_at: UtcMillis,
}
