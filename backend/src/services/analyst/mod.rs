//! The analyst: facts in, a verified judgement out, whatever the models do.
//!
//! A case goes down the provider chain: packed under a budget, asked, read, mended once, verified. The built-in analyst ends every
//! chain, and its words stand in wherever a model's cause does not survive verification. Every call is stored, failed ones too.
//! To add a provider: a variant in the clients crate's `llm`, and a line in `chain.rs`.

mod ask;
mod chain;
mod record;
mod rest;
mod usage;

use std::sync::Arc;
use std::time::{Duration, Instant};

use watchkeeper_clients::langfuse::Langfuse;
#[cfg(feature = "langfuse-scores")]
use watchkeeper_clients::langfuse::ScoreError;
use watchkeeper_domain::fact::{Fact, FactKind};
use watchkeeper_domain::id::{BatchId, LlmCallId};
use watchkeeper_domain::llm::{LlmCall, Provider};
use watchkeeper_domain::metric::ScrapeHealth;
use watchkeeper_domain::prompt::{self, Packed};
use watchkeeper_domain::settings::TenantSettings;
use watchkeeper_domain::signature;
use watchkeeper_domain::time::UtcMillis;
use watchkeeper_domain::verdict::{Author, Verified};
use watchkeeper_domain::verify;

use super::ServiceError;
use crate::auth::TenantScope;
use crate::clock::Clock;
use crate::store::{Page, Query, Store};
use crate::telemetry::Telemetry;

pub use chain::{Chain, Readiness};
use rest::Rests;

/// Name of the built-in analyst's rules, shown where a model's name would stand.
const BUILTIN_MODEL: &str = "signatures";

/// One failure to judge: the facts of one cluster, or of a whole batch in `every_batch` mode.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    pub batch_id: &'a BatchId,
    pub facts: &'a [Fact],
    pub targets: &'a [ScrapeHealth],
    pub settings: &'a TenantSettings,
    pub fingerprint: &'a str,
    pub instances: &'a [String],
    pub now: UtcMillis,
    /// No model is asked or waited for beyond it.
    pub until: Instant,
}

/// What came of a case. There always is one: the chain of providers ends in the built-in analyst.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    pub verified: Verified,
    /// The calls made for it, already stored.
    pub call_ids: Vec<LlmCallId>,
    pub prompt_tokens: u32,
}

/// What a call may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Estimated tokens of a prompt.
    pub prompt_tokens: u32,
    /// Deadline of one provider's turn, retries and repair included.
    pub timeout: Duration,
    /// How long calls are kept.
    pub retention: Duration,
}

/// Judges cases by the provider chain. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Analyst {
    store: Store,
    clock: Clock,
    chain: Arc<Chain>,
    tracer: Option<Arc<Langfuse>>,
    limits: Limits,
    rests: Rests,
    telemetry: Telemetry,
}

impl Analyst {
    #[must_use]
    pub fn new(store: Store, clock: Clock, chain: Chain, tracer: Option<Arc<Langfuse>>, limits: Limits) -> Self {
        let (chain, rests, telemetry) = (Arc::new(chain), Rests::default(), Telemetry::new());
        Self { store, clock, chain, tracer, limits, rests, telemetry }
    }

    /// Counts into `telemetry` from here on.
    #[must_use]
    pub fn counted(self, telemetry: Telemetry) -> Self {
        Self { telemetry, ..self }
    }

    /// An analyst that asks nobody: the built-in one judges every case.
    #[must_use]
    pub fn without_models(store: Store, clock: Clock) -> Self {
        let limits = Limits { prompt_tokens: 0, timeout: Duration::ZERO, retention: Duration::ZERO };
        Self::new(store, clock, Chain::default(), None, limits)
    }

    /// Always answers. Facts of kind `Context` are shown to models only.
    pub async fn judge(&self, scope: &TenantScope, case: Case<'_>) -> Judgement {
        let (context, facts): (Vec<Fact>, Vec<Fact>) =
            case.facts.iter().cloned().partition(|fact| fact.kind == FactKind::Context);
        let lines: Vec<_> = self.chain.order(case.settings.provider).collect();
        let mut coded = builtin(&facts, case.now);
        let packed = if lines.is_empty() {
            Packed::default()
        } else {
            prompt::pack(&facts, case.targets, &context, self.limits.prompt_tokens)
        };
        let mut turn = ask::Turns::new(self, scope, &case, &packed);
        let mut verified = None;
        for line in lines.iter().filter(|_| !packed.is_empty()) {
            if Instant::now() >= case.until {
                turn.give_up();
                break;
            }
            if let Some(asked) = turn.take(line, &coded).await {
                verified = Some(asked);
                break;
            }
        }
        if verified.is_none() && turn.has_failures() {
            coded.reason.push_str(&format!(" No model's words: {}.", turn.failures()));
            coded.author.unasked = Some(format!("none gave usable words: {}", turn.failures()));
            turn.record_fallback(&coded).await;
        }
        if verified.is_none() && coded.author.unasked.is_none() {
            coded.author.unasked = self.unasked(case.settings.provider).map(str::to_owned);
        }
        let by_code = verified.as_ref().is_none_or(|verified| verified.author.provider == Provider::Builtin.as_str());
        if by_code && turn.is_unheld() {
            self.rests.begin(scope, case.fingerprint, case.now).await;
        }
        let (call_ids, prompt_tokens) = turn.finish();
        let verified = finished(verified.unwrap_or(coded), &case, &packed);
        Judgement { verified, call_ids, prompt_tokens }
    }

    /// Why an account with this choice has no model to ask; `None` when it has.
    #[must_use]
    pub fn unasked(&self, chosen: Option<Provider>) -> Option<&'static str> {
        if self.chain.order(chosen).next().is_some() {
            return None;
        }
        Some(match chosen {
            Some(Provider::Builtin) => "the account chose the built-in analyst",
            Some(_) | None => "no model is set up on this server",
        })
    }

    /// Whether a model's last words on this failure did not hold, a short while ago: it is not asked again yet.
    pub async fn rests(&self, scope: &TenantScope, fingerprint: &str, now: UtcMillis) -> bool {
        self.rests.holds(scope, fingerprint, now).await
    }

    /// Every provider, whether it could be asked now, and its place in the server's chain.
    pub async fn providers(&self) -> Vec<Readiness> {
        self.chain.readiness().await
    }

    /// The providers this server asks, first to last, and whether they could be asked now.
    pub async fn asked(&self) -> Vec<Readiness> {
        self.chain.asked().await
    }

    /// The Langfuse projects that traces go to; `None` when there are no keys.
    #[cfg(feature = "langfuse-scores")]
    pub async fn traced_projects(&self) -> Option<Result<Vec<String>, ScoreError>> {
        Some(self.tracer.as_ref()?.projects().await)
    }

    /// # Errors
    /// As the store answers; [`ServiceError::InvalidParameter`] for a foreign cursor.
    pub async fn calls(&self, scope: &TenantScope, query: &Query) -> Result<Page<LlmCall>, ServiceError> {
        Ok(self.store.tenant(scope).find(query).await?)
    }

    /// # Errors
    /// [`ServiceError::NotFound`] when there is none, or it is another tenant's.
    pub async fn call(&self, scope: &TenantScope, id: &LlmCallId) -> Result<LlmCall, ServiceError> {
        use watchkeeper_domain::id::Id as _;
        let found = self.store.tenant(scope).get(id.as_str()).await?;
        found.map(|call| call.doc).ok_or(ServiceError::NotFound)
    }
}

/// The built-in analyst's answer, held to the same checks as anybody's.
fn builtin(facts: &[Fact], now: UtcMillis) -> Verified {
    let author = Author::new(Provider::Builtin.as_str(), BUILTIN_MODEL);
    verify::verify(signature::analyse(facts, now), facts, author)
}

fn finished(mut verified: Verified, case: &Case<'_>, packed: &Packed) -> Verified {
    case.fingerprint.clone_into(&mut verified.fingerprint);
    if !case.instances.is_empty() {
        verified.instances = case.instances.to_vec();
    }
    if let Some(first) = packed.flagged.first() {
        verified.reason.push_str(&format!(
            " A name or message of {first} reads like an instruction to the model; it was withheld."
        ));
    }
    verified
}
