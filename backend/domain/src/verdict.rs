//! The analyst's answer and what the code makes of it.
//!
//! An [`Answer`] comes from a model or from the built-in analyst, in one form. [`Verdict`] and confidence are set by code
//! alone, from how many claims survived verification and how the facts agree.

use serde::{Deserialize, Serialize};

use crate::fact::FactId;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Low,
    Medium,
    High,
    Critical,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Confirmed,
    Likely,
    Inconclusive,
}

macro_rules! shown_as {
    ($($name:ident { $($variant:ident = $word:literal),* })*) => {$(
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(match self { $(Self::$variant => $word),* })
            }
        }
    )*};
}
shown_as! {
    Severity { Low = "low", Medium = "medium", High = "high", Critical = "critical" }
    Verdict { Confirmed = "confirmed", Likely = "likely", Inconclusive = "inconclusive" }
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FixPlan {
    /// First thing first; imperative sentences.
    pub immediate: Vec<String>,
    pub prevention: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerIncident {
    pub title: String,
    pub severity: Severity,
    pub summary: String,
    pub root_cause: String,
    pub fix_plan: FixPlan,
    /// Facts behind title, summary and cause.
    pub evidence: Vec<FactId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerAnomaly {
    pub metric: String,
    pub instance: String,
    /// Number with unit, as text: `0.8 GB`.
    pub observed: String,
    pub expected: String,
    pub symptom: String,
    pub evidence: Vec<FactId>,
}

/// A competing explanation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hypothesis {
    pub cause: String,
    pub supporting: Vec<FactId>,
    pub against: Vec<FactId>,
}

/// One analyst's answer; `incident` is absent when it judged the batch healthy.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Answer {
    pub incident: Option<AnswerIncident>,
    pub anomalies: Vec<AnswerAnomaly>,
    pub hypotheses: Vec<Hypothesis>,
}

/// Why a claim did not survive verification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum DropReason {
    UnknownFact { id: String },
    NoEvidence,
    WrongNumber { claimed: String, computed: String },
    EffectBeforeCause { cause: FactId, effect: FactId },
    UnknownSeries,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DroppedClaim {
    pub claim: String,
    #[serde(flatten)]
    pub reason: DropReason,
}

/// Who wrote the words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// `openai`, `openrouter`, `ollama` or `builtin`.
    pub provider: String,
    pub model: String,
    /// Why no model wrote them; absent where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unasked: Option<String>,
}

impl Author {
    #[must_use]
    pub fn new(provider: &str, model: &str) -> Self {
        Self { provider: provider.to_owned(), model: model.to_owned(), unasked: None }
    }

    /// The built-in analyst, and why it was not a model.
    #[must_use]
    pub fn builtin(rules: &str, unasked: impl Into<String>) -> Self {
        Self { unasked: Some(unasked.into()), ..Self::new("builtin", rules) }
    }
}

/// An answer after verification: only claims that hold, with the code's own verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verified {
    pub answer: Answer,
    pub dropped: Vec<DroppedClaim>,
    pub verdict: Verdict,
    /// 0–100.
    pub confidence: u8,
    /// `Likely: 4 of 5 facts agree; no log evidence.`
    pub reason: String,
    /// The fact the verdict leans on: the first the incident cites that shows the failure itself, else the first it cites.
    pub proof: Option<FactId>,
    pub author: Author,
    /// Signature of the failure for correlation: same failure, same text.
    pub fingerprint: String,
    pub instances: Vec<String>,
}
