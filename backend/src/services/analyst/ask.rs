//! One case's turns with the providers: ask, read, mend once, verify, record.

use std::time::Instant;

use watchkeeper_clients::llm::{Ask, Asked, Failure, Line, Reply, Role, Turn, cost_usd};
use watchkeeper_domain::answer::{self, InvalidAnswer};
use watchkeeper_domain::id::LlmCallId;
use watchkeeper_domain::llm::{CallOutcome, Provider};
use watchkeeper_domain::prompt::{self, Packed};
use watchkeeper_domain::verdict::{Answer, Author, Verified};
use watchkeeper_domain::verify;

use super::record::Entry;
use super::{Analyst, Case, usage};
use crate::auth::TenantScope;

/// Most tokens an answer may have.
const ANSWER_TOKENS: u32 = 1_500;

pub(super) struct Turns<'a> {
    analyst: &'a Analyst,
    scope: &'a TenantScope,
    case: &'a Case<'a>,
    packed: &'a Packed,
    schema: serde_json::Value,
    call_ids: Vec<LlmCallId>,
    prompt_tokens: u32,
    /// Why the providers so far gave nothing.
    failures: Vec<String>,
    /// Somebody answered, and the answer was of no use.
    unheld: bool,
}

/// What one provider's turn came to.
struct Outcome {
    answer: Option<Answer>,
    outcome: CallOutcome,
    /// The last reply's text.
    text: String,
    prompt_tokens: u32,
    completion_tokens: u32,
    attempts: u32,
}

impl<'a> Turns<'a> {
    pub(super) fn new(analyst: &'a Analyst, scope: &'a TenantScope, case: &'a Case<'a>, packed: &'a Packed) -> Self {
        let schema = answer::schema();
        let (call_ids, failures) = (Vec::new(), Vec::new());
        Self { analyst, scope, case, packed, schema, call_ids, prompt_tokens: 0, failures, unheld: false }
    }

    /// There is no time to ask anybody else.
    pub(super) fn give_up(&mut self) {
        self.failures.push("the batch's time for models is used up".to_owned());
    }

    pub(super) fn has_failures(&self) -> bool {
        !self.failures.is_empty()
    }

    /// Whether an answer came that did not hold: not of its form, or without a cause that survived.
    pub(super) fn is_unheld(&self) -> bool {
        self.unheld
    }

    /// Why no provider gave anything.
    pub(super) fn failures(&self) -> String {
        self.failures.join("; ")
    }

    /// The calls stored, and the prompt tokens they took.
    pub(super) fn finish(self) -> (Vec<LlmCallId>, u32) {
        (self.call_ids, self.prompt_tokens)
    }

    /// Asks one provider; `None` when nothing usable came of it.
    pub(super) async fn take(&mut self, line: &Line, coded: &Verified) -> Option<Verified> {
        let begun = Instant::now();
        let mut turns = vec![
            Turn { role: Role::System, text: self.packed.system.clone() },
            Turn { role: Role::User, text: self.packed.user.clone() },
        ];
        let done = self.within_budget(line, &mut turns, begun).await;
        let author = Author::new(line.provider().as_str(), line.model().name());
        let verified = done.answer.map(|answer| {
            let shown: Vec<_> =
                self.case.facts.iter().filter(|f| self.packed.included.contains(&f.id)).cloned().collect();
            verify::verify(answer, &shown, author)
        });
        if verified.is_none() {
            self.failures.push(format!("{}: {}", line.provider().as_str(), super::record::words(&done.outcome)));
        }
        self.unheld |= match &verified {
            Some(verified) => verified.answer.incident.is_none() && coded.answer.incident.is_some(),
            None => matches!(done.outcome, CallOutcome::InvalidAnswer { .. } | CallOutcome::Truncated),
        };
        self.prompt_tokens = self.prompt_tokens.saturating_add(done.prompt_tokens);
        let entry = Entry {
            provider: line.provider(),
            model: line.model().name(),
            turns: &turns,
            text: &done.text,
            prompt_tokens: done.prompt_tokens,
            completion_tokens: done.completion_tokens,
            attempts: done.attempts,
            latency: begun.elapsed(),
            outcome: done.outcome,
            verified: verified.as_ref(),
            note: None,
        };
        let id = self.analyst.record(self.scope, self.case, entry).await;
        self.call_ids.extend(id);
        Some(verify::settle(verified?, coded.clone()))
    }

    /// Notes that the built-in analyst answered, and why no model did.
    pub(super) async fn record_fallback(&mut self, coded: &Verified) {
        let entry = Entry {
            provider: Provider::Builtin,
            model: super::BUILTIN_MODEL,
            turns: &[],
            text: &serde_json::to_string(&coded.answer).unwrap_or_default(),
            prompt_tokens: 0,
            completion_tokens: 0,
            attempts: 0,
            latency: std::time::Duration::ZERO,
            outcome: CallOutcome::Answered,
            verified: Some(coded),
            note: Some(format!("fallback: {}", self.failures())),
        };
        let id = self.analyst.record(self.scope, self.case, entry).await;
        self.call_ids.extend(id);
    }

    /// Reserves the worst case, asks, and puts the count right.
    async fn within_budget(&self, line: &Line, turns: &mut Vec<Turn>, begun: Instant) -> Outcome {
        let (store, now) = (&self.analyst.store, self.case.now);
        // The question, and its repair with the answer in it.
        let reserved = 2 * (self.packed.tokens + ANSWER_TOKENS) + ANSWER_TOKENS;
        let budget = self.case.settings.daily_token_budget;
        match usage::reserve(store, self.scope, now, reserved, budget).await {
            Ok(true) => {}
            Ok(false) => return Outcome::failed(CallOutcome::BudgetSpent),
            Err(error) => {
                tracing::warn!(tenant.id = self.scope.key(), error = %error, "token budget cannot be read; no model is asked");
                let message = "the token budget could not be read".to_owned();
                return Outcome::failed(CallOutcome::ProviderError { status: None, message });
            }
        }
        let done = self.converse(line, turns, begun).await;
        let spent = done.prompt_tokens.saturating_add(done.completion_tokens);
        let usd = cost_usd(line.provider(), line.model().name(), done.prompt_tokens, done.completion_tokens);
        if let Err(error) = usage::settle(store, self.scope, now, reserved, usage::Spent { tokens: spent, usd }).await {
            tracing::warn!(tenant.id = self.scope.key(), error = %error, "token reservation stays as it was");
        }
        done
    }

    /// The question and, if its answer cannot be read, one repair. `turns` ends as what was sent last.
    async fn converse(&self, line: &Line, turns: &mut Vec<Turn>, begun: Instant) -> Outcome {
        let deadline = (begun + self.analyst.limits.timeout).min(self.case.until);
        let mut done = Outcome::failed(CallOutcome::Answered);
        let Some(reply) = self.send(line, turns, deadline, &mut done).await else { return done };
        let why = match answer::parse(&reply.text) {
            Ok(answer) => return Outcome { answer: Some(answer), ..done },
            Err(why) => why,
        };
        turns.push(Turn { role: Role::Assistant, text: capped(&reply.text) });
        turns.push(Turn { role: Role::User, text: prompt::repair(&why) });
        let Some(reply) = self.send(line, turns, deadline, &mut done).await else { return done };
        match answer::parse(&reply.text) {
            Ok(answer) => Outcome { answer: Some(answer), outcome: CallOutcome::Repaired, ..done },
            Err(why) => Outcome { outcome: invalid(&why), ..done },
        }
    }

    async fn send(&self, line: &Line, turns: &[Turn], deadline: Instant, done: &mut Outcome) -> Option<Reply> {
        let ask = Ask { turns, schema: &self.schema, max_tokens: ANSWER_TOKENS };
        let Asked { result, attempts } = line.ask(&ask, deadline).await;
        done.attempts += attempts;
        let (reply, failure) = match result {
            Ok(reply) => (reply, None),
            Err(Failure::Truncated(reply)) => (reply, Some(CallOutcome::Truncated)),
            Err(failure) => (Reply::default(), Some(failed(failure))),
        };
        if reply != Reply::default() {
            // Providers that do not count are counted by estimate.
            let estimated = turns.iter().map(|turn| prompt::estimate(&turn.text)).sum();
            done.prompt_tokens += if reply.prompt_tokens > 0 { reply.prompt_tokens } else { estimated };
            done.completion_tokens +=
                if reply.completion_tokens > 0 { reply.completion_tokens } else { prompt::estimate(&reply.text) };
            done.text.clone_from(&reply.text);
        }
        match failure {
            None => Some(reply),
            Some(outcome) => {
                done.outcome = outcome;
                None
            }
        }
    }
}

impl Outcome {
    fn failed(outcome: CallOutcome) -> Self {
        Self { answer: None, outcome, text: String::new(), prompt_tokens: 0, completion_tokens: 0, attempts: 0 }
    }
}

fn failed(failure: Failure) -> CallOutcome {
    match failure {
        Failure::RateLimited => CallOutcome::RateLimited,
        Failure::TimedOut => CallOutcome::TimedOut,
        Failure::Truncated(_) => CallOutcome::Truncated,
        Failure::CircuitOpen => CallOutcome::CircuitOpen,
        Failure::Provider { status, message } => CallOutcome::ProviderError { status, message },
    }
}

fn invalid(why: &InvalidAnswer) -> CallOutcome {
    CallOutcome::InvalidAnswer { why: why.to_string() }
}

/// What of a bad answer is sent back with the repair; no more than a good one may be long.
fn capped(text: &str) -> String {
    text.chars().take(4 * ANSWER_TOKENS as usize).collect()
}
