//! Every call as it is kept: in the store, and in Langfuse where the operator uses it.

use std::time::Duration;

use uuid::Uuid;
use watchkeeper_clients::langfuse::Generation;
use watchkeeper_clients::llm::{Turn, cost_usd};
use watchkeeper_domain::id::{Id, LlmCallId};
use watchkeeper_domain::llm::{CallOutcome, LlmCall, Provider};
use watchkeeper_domain::redact;
use watchkeeper_domain::verdict::Verified;

use super::{Analyst, Case};
use crate::auth::TenantScope;

/// Most bytes kept of a prompt or an answer.
const KEPT: usize = 64 * 1024;

pub(super) struct Entry<'a> {
    pub(super) provider: Provider,
    pub(super) model: &'a str,
    pub(super) turns: &'a [Turn],
    pub(super) text: &'a str,
    pub(super) prompt_tokens: u32,
    pub(super) completion_tokens: u32,
    pub(super) attempts: u32,
    pub(super) latency: Duration,
    pub(super) outcome: CallOutcome,
    /// The model's own answer after verification, before the built-in words were put in.
    pub(super) verified: Option<&'a Verified>,
    pub(super) note: Option<String>,
}

impl Analyst {
    /// The id of the stored call; `None` when the store refused it, which is logged.
    pub(super) async fn record(&self, scope: &TenantScope, case: &Case<'_>, entry: Entry<'_>) -> Option<LlmCallId> {
        let confidence = entry.verified.map(|verified| verified.confidence);
        let call = self.call_of(case, entry);
        if let Some(tracer) = &self.tracer {
            tracer.record(generation(scope, &call, confidence, self.clock.now().0));
        }
        let (provider, outcome) = (call.provider.as_str(), call.outcome.as_str());
        self.telemetry.model_call(provider, outcome, call.prompt_tokens, call.completion_tokens);
        tracing::info!(
            tenant.id = scope.key(),
            llm.provider = provider,
            llm.model = call.model,
            llm.prompt_tokens = call.prompt_tokens,
            llm.completion_tokens = call.completion_tokens,
            llm.attempts = call.attempts,
            llm.outcome = outcome,
            llm.dropped_claims = call.dropped.len(),
            duration_ms = call.latency_ms,
            "model call finished"
        );
        match self.store.tenant(scope).insert(&call).await {
            Ok(()) => Some(call.id),
            Err(error) => {
                tracing::warn!(tenant.id = scope.key(), error = %error, "model call could not be stored");
                None
            }
        }
    }

    fn call_of(&self, case: &Case<'_>, entry: Entry<'_>) -> LlmCall {
        let kept = i64::try_from(self.limits.retention.as_millis()).unwrap_or(i64::MAX);
        let prompt: Vec<String> =
            entry.turns.iter().map(|turn| format!("[{}]\n{}", turn.role.as_str(), turn.text)).collect();
        LlmCall {
            id: LlmCallId::from_uuid(Uuid::now_v7()),
            batch_id: Some(case.batch_id.clone()),
            at: case.now,
            provider: entry.provider,
            model: entry.model.to_owned(),
            prompt: kept_text(&prompt.join("\n\n")),
            answer: kept_text(entry.text),
            prompt_tokens: entry.prompt_tokens,
            completion_tokens: entry.completion_tokens,
            cost_usd: cost_usd(entry.provider, entry.model, entry.prompt_tokens, entry.completion_tokens),
            latency_ms: u64::try_from(entry.latency.as_millis()).unwrap_or(u64::MAX),
            attempts: entry.attempts,
            outcome: entry.outcome,
            verdict: entry.verified.map(|verified| verified.verdict),
            dropped: entry.verified.map(|verified| verified.dropped.clone()).unwrap_or_default(),
            note: entry.note,
            expires_at: case.now + kept,
        }
    }
}

fn generation(scope: &TenantScope, call: &LlmCall, confidence: Option<u8>, now_ms: i64) -> Generation {
    let spent = i64::try_from(call.latency_ms).unwrap_or(i64::MAX);
    Generation {
        id: call.id.as_str().to_owned(),
        user_id: scope.key().to_owned(),
        session_id: call.batch_id.as_ref().map(|id| id.as_str().to_owned()).unwrap_or_default(),
        provider: call.provider.as_str().to_owned(),
        model: call.model.clone(),
        input: call.prompt.clone(),
        output: call.answer.clone(),
        prompt_tokens: call.prompt_tokens,
        completion_tokens: call.completion_tokens,
        cost_usd: call.cost_usd,
        started_ms: now_ms.saturating_sub(spent),
        ended_ms: now_ms,
        confidence,
        error: match call.outcome {
            CallOutcome::Answered | CallOutcome::Repaired => None,
            ref failed => Some(words(failed)),
        },
    }
}

/// An outcome for a person.
pub(super) fn words(outcome: &CallOutcome) -> String {
    match outcome {
        CallOutcome::Answered => "answered".to_owned(),
        CallOutcome::Repaired => "answered after one repair".to_owned(),
        CallOutcome::InvalidAnswer { why } => format!("invalid answer: {why}"),
        CallOutcome::Truncated => "the answer was cut off at the token limit".to_owned(),
        CallOutcome::RateLimited => "the provider limits the rate of requests".to_owned(),
        CallOutcome::TimedOut => "no answer within the deadline".to_owned(),
        CallOutcome::CircuitOpen => "left alone after repeated failures".to_owned(),
        CallOutcome::BudgetSpent => "the day's token budget is spent".to_owned(),
        CallOutcome::ProviderError { message, .. } => message.clone(),
    }
}

/// Without secrets, and no longer than is kept.
fn kept_text(text: &str) -> String {
    let mut text = redact::secrets(text);
    if text.len() > KEPT {
        let end = (0..=KEPT).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(end);
    }
    text
}
