//! Tokens a tenant spent today, and the reservation that keeps a day's budget under concurrent calls.
//!
//! A call's worst case is reserved before it goes out, by compare-and-set on the day's document, and put right after. A server
//! killed in between leaves the reservation standing: the budget errs towards spending less.

use watchkeeper_domain::llm::LlmUsage;
use watchkeeper_domain::time::{DAY, UtcMillis};

use crate::auth::TenantScope;
use crate::store::{Error, Store, Versioned};

/// Writers of one tenant's day that may get in each other's way before a call is given up.
const TRIES: u32 = 16;

/// Whether the tokens fit into what is left of the day; if so they are counted as spent.
pub(super) async fn reserve(
    store: &Store,
    scope: &TenantScope,
    now: UtcMillis,
    tokens: u32,
    budget: u32,
) -> Result<bool, Error> {
    let claim = |spent: u32| Some(spent.checked_add(tokens)?).filter(|sum| *sum <= budget);
    change(store, scope, now, claim).await
}

/// Replaces a reservation by what was really spent.
pub(super) async fn settle(
    store: &Store,
    scope: &TenantScope,
    now: UtcMillis,
    reserved: u32,
    spent: u32,
) -> Result<(), Error> {
    change(store, scope, now, |sum| Some(sum.saturating_sub(reserved).saturating_add(spent))).await.map(drop)
}

/// Applies `next` to today's count; `false` when it declines.
async fn change(
    store: &Store,
    scope: &TenantScope,
    now: UtcMillis,
    next: impl Fn(u32) -> Option<u32>,
) -> Result<bool, Error> {
    let store = store.tenant(scope);
    let day = now.0.div_euclid(DAY);
    for _ in 0..TRIES {
        let found: Option<Versioned<LlmUsage>> = store.get(&day.to_string()).await?;
        let Some(tokens) = next(found.as_ref().map_or(0, |usage| usage.doc.tokens)) else { return Ok(false) };
        let usage = LlmUsage { id: day.to_string(), tokens, expires_at: UtcMillis((day + 3) * DAY) };
        let written = match found {
            Some(Versioned { rev, .. }) => store.replace(&usage, rev).await.map(drop),
            None => store.insert(&usage).await,
        };
        match written {
            Ok(()) => return Ok(true),
            Err(Error::Conflict | Error::Duplicate { .. }) => tokio::task::yield_now().await,
            Err(error) => return Err(error),
        }
    }
    Err(Error::Unavailable("the day's token count is contended".to_owned()))
}
