//! The analyst: facts in, a verified judgement out, whatever the models do.

use watchkeeper_domain::fact::Fact;
use watchkeeper_domain::id::{BatchId, LlmCallId};
use watchkeeper_domain::metric::ScrapeHealth;
use watchkeeper_domain::settings::TenantSettings;
use watchkeeper_domain::signature;
use watchkeeper_domain::time::UtcMillis;
use watchkeeper_domain::verdict::{Author, Verdict, Verified};

use crate::auth::TenantScope;
use crate::store::Store;

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
}

/// What came of a case. There always is one: the chain of providers ends in the built-in analyst.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    pub verified: Verified,
    /// The calls made for it, already stored.
    pub call_ids: Vec<LlmCallId>,
    pub prompt_tokens: u32,
}

/// Judges cases by the provider chain.
#[derive(Debug, Clone)]
pub struct Analyst {
    store: Store,
}

impl Analyst {
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    pub async fn judge(&self, scope: &TenantScope, case: Case<'_>) -> Judgement {
        if let Err(error) = self.store.ping().await {
            tracing::warn!(tenant.id = scope.key(), error = %error, "store does not answer");
        }
        let author = Author { provider: "builtin".to_owned(), model: "builtin".to_owned() };
        let verified = Verified {
            answer: signature::analyse(case.facts, case.now),
            dropped: Vec::new(),
            verdict: Verdict::Likely,
            confidence: 50,
            reason: String::new(),
            author,
            fingerprint: case.fingerprint.to_owned(),
            instances: case.instances.to_vec(),
        };
        Judgement { verified, call_ids: Vec::new(), prompt_tokens: 0 }
    }
}
