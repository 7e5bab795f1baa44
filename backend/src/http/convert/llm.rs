//! Providers and model calls.

use watchkeeper_common::analysis as wire;
use watchkeeper_domain::id::Id;
use watchkeeper_domain::llm::{CallOutcome, LlmCall, Provider};

use super::analysis::{dropped, verdict};
use super::timestamp;
use crate::services::analyst::Readiness;

pub(in crate::http) fn provider(readiness: Readiness) -> wire::ProviderView {
    let ready = readiness.state.is_ok();
    wire::ProviderView {
        name: provider_name(readiness.provider),
        model: readiness.model,
        ready,
        detail: readiness.state.unwrap_or_else(|missing| missing),
        order: readiness.place,
    }
}

pub(in crate::http) fn call(call: LlmCall) -> wire::LlmCallView {
    let outcome = call.outcome.as_str();
    wire::LlmCallView {
        id: call.id.as_str().to_owned(),
        batch_id: call.batch_id.map(|id| id.as_str().to_owned()),
        at: timestamp(call.at),
        provider: provider_name(call.provider),
        model: call.model,
        prompt: call.prompt,
        answer: call.answer,
        prompt_tokens: call.prompt_tokens,
        completion_tokens: call.completion_tokens,
        cost_usd: call.cost_usd,
        latency_ms: call.latency_ms,
        attempts: call.attempts,
        outcome: outcome.to_owned(),
        outcome_detail: detail(call.outcome).or(call.note),
        verdict: call.verdict.map(verdict),
        dropped: call.dropped.into_iter().map(dropped).collect(),
    }
}

fn provider_name(provider: Provider) -> wire::ProviderName {
    match provider {
        Provider::Openai => wire::ProviderName::Openai,
        Provider::Openrouter => wire::ProviderName::Openrouter,
        Provider::Ollama => wire::ProviderName::Ollama,
        Provider::Builtin => wire::ProviderName::Builtin,
    }
}

fn detail(outcome: CallOutcome) -> Option<String> {
    match outcome {
        CallOutcome::InvalidAnswer { why } => Some(why),
        CallOutcome::ProviderError { message, .. } => Some(message),
        CallOutcome::Answered
        | CallOutcome::Repaired
        | CallOutcome::Truncated
        | CallOutcome::RateLimited
        | CallOutcome::TimedOut
        | CallOutcome::CircuitOpen
        | CallOutcome::BudgetSpent => None,
    }
}
