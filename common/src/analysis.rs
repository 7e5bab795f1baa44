//! Batches, facts, anomalies, root causes and model calls on the wire.

use std::collections::BTreeMap;

use crate::time::Timestamp;
use crate::{wire, words};

words! {
    Severity { Low = "low", Medium = "medium", High = "high", Critical = "critical" }
    Verdict { Confirmed = "confirmed", Likely = "likely", Inconclusive = "inconclusive" }
    Trigger { Schedule = "schedule", Manual = "manual" }
    BatchOutcome {
        /// Under way: what came of it is not known yet.
        Running = "running",
        Quiet = "quiet", Analysed = "analysed", Failed = "failed",
    }
    FactKind {
        Spike = "spike", LevelShift = "level_shift", Trend = "trend", Saturation = "saturation", Flapping = "flapping",
        Missing = "missing", Stale = "stale", TargetDown = "target_down", BadState = "bad_state", Context = "context",
    }
    Unit {
        Bytes = "bytes", BytesPerSecond = "bytes_per_second", Seconds = "seconds", Ratio = "ratio", Percent = "percent",
        PerSecond = "per_second", Celsius = "celsius", Count = "count",
    }
    ProviderName { Openai = "openai", Openrouter = "openrouter", Ollama = "ollama", Builtin = "builtin" }
}

wire! {
    pub struct TimeWindow { pub start: Timestamp, pub end: Timestamp }

    pub struct ExpectedRange { pub low: f64, pub high: f64 }

    pub struct FactNumber { pub name: String, pub value: f64, pub unit: Unit }

    pub struct FactPoint { pub at: Timestamp, pub value: Option<f64> }

    pub struct FactView {
        /// `M12`
        pub id: String,
        pub kind: FactKind,
        pub metric: String,
        pub instance: String,
        pub target_name: String,
        pub labels: BTreeMap<String, String>,
        pub window: TimeWindow,
        /// When the deviation began.
        pub since: Timestamp,
        pub observed: f64,
        pub expected: Option<ExpectedRange>,
        pub unit: Unit,
        pub numbers: Vec<FactNumber>,
        pub score: f64,
        /// One sentence, numbers with units, written by code.
        pub text: String,
        pub points: Vec<FactPoint>,
    }

    pub struct ReceiptView {
        pub series: u32,
        pub outside: u32,
        pub targets: u32,
        pub targets_down: u32,
        /// `0 of 214 series outside baseline`
        pub text: String,
        pub model_called: bool,
        pub prompt_tokens: u32,
        pub full_text_tokens: u32,
    }

    /// A row of `/batches`.
    pub struct BatchView {
        pub id: String,
        pub trigger: Trigger,
        pub window: TimeWindow,
        pub started_at: Timestamp,
        pub finished_at: Timestamp,
        pub outcome: BatchOutcome,
        /// Why it failed, for a person.
        pub error: Option<String>,
        pub receipt: ReceiptView,
        pub fact_count: u32,
        pub incident_ids: Vec<String>,
        pub llm_call_ids: Vec<String>,
        /// Set when a cap left something out.
        pub truncated: Option<String>,
    }

    /// `/batches/{id}`
    pub struct BatchDetail {
        #[serde(flatten)]
        pub batch: BatchView,
        pub facts: Vec<FactView>,
    }

    pub struct AnomalyView {
        pub id: String,
        pub batch_id: String,
        pub incident_id: Option<String>,
        pub at: Timestamp,
        pub metric: String,
        pub instance: String,
        pub observed: String,
        pub expected: String,
        pub symptom: String,
        pub severity: Severity,
        pub fact_ids: Vec<String>,
        pub fact: Option<FactView>,
    }

    pub struct FixPlanView { pub immediate: Vec<String>, pub prevention: Vec<String> }

    pub struct HypothesisView { pub cause: String, pub supporting: Vec<String>, pub against: Vec<String> }

    pub struct DroppedClaimView { pub claim: String, pub reason: String }

    pub struct RcaView {
        pub id: String,
        pub batch_id: String,
        pub incident_id: String,
        pub at: Timestamp,
        pub title: String,
        pub summary: String,
        pub root_cause: String,
        pub fix_plan: FixPlanView,
        pub severity: Severity,
        pub verdict: Verdict,
        /// 0–100
        pub confidence: u8,
        pub verdict_reason: String,
        pub hypotheses: Vec<HypothesisView>,
        pub evidence: Vec<String>,
        pub dropped: Vec<DroppedClaimView>,
        pub provider: String,
        pub model: String,
        pub llm_call_id: Option<String>,
    }

    pub struct LlmCallView {
        pub id: String,
        pub batch_id: Option<String>,
        pub at: Timestamp,
        pub provider: ProviderName,
        pub model: String,
        pub prompt: String,
        pub answer: String,
        pub prompt_tokens: u32,
        pub completion_tokens: u32,
        pub cost_usd: Option<f64>,
        pub latency_ms: u64,
        pub attempts: u32,
        /// `answered`, `repaired`, `invalid_answer`, `truncated`, `rate_limited`, `timed_out`, `circuit_open`, `budget_spent`, `provider_error`
        pub outcome: String,
        pub outcome_detail: Option<String>,
        pub verdict: Option<Verdict>,
        pub dropped: Vec<DroppedClaimView>,
    }

    pub struct ProviderView {
        pub name: ProviderName,
        pub model: String,
        /// Configured well enough to be asked; found out without spending tokens.
        pub ready: bool,
        pub detail: String,
        /// Place in the fallback chain, from 1; absent when not in it.
        pub order: Option<u32>,
    }
}
