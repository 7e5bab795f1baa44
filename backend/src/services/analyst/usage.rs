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
    let claim = |day: &mut LlmUsage| match day.tokens.checked_add(tokens) {
        Some(sum) if sum <= budget => {
            day.tokens = sum;
            true
        }
        _ => false,
    };
    change(store, scope, now, claim).await
}

/// What a call took.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spent {
    pub(super) tokens: u32,
    /// `None` where the price is not known.
    pub(super) usd: Option<f64>,
}

/// Replaces a reservation by what was really spent.
pub(super) async fn settle(
    store: &Store,
    scope: &TenantScope,
    now: UtcMillis,
    reserved: u32,
    spent: Spent,
) -> Result<(), Error> {
    let put_right = |day: &mut LlmUsage| {
        day.tokens = day.tokens.saturating_sub(reserved).saturating_add(spent.tokens);
        day.micros = day.micros.saturating_add(micros(spent.usd.unwrap_or_default()));
        true
    };
    change(store, scope, now, put_right).await.map(drop)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast of a float saturates, which is wanted"
)]
fn micros(usd: f64) -> u64 {
    (usd * 1e6).round() as u64
}

/// Applies `next` to today's counts; `false` when it declines.
async fn change(
    store: &Store,
    scope: &TenantScope,
    now: UtcMillis,
    next: impl Fn(&mut LlmUsage) -> bool,
) -> Result<bool, Error> {
    let store = store.tenant(scope);
    let day = now.0.div_euclid(DAY);
    for _ in 0..TRIES {
        let found: Option<Versioned<LlmUsage>> = store.get(&day.to_string()).await?;
        let rev = found.as_ref().map(|found| found.rev);
        let unused = || LlmUsage { id: day.to_string(), tokens: 0, micros: 0, expires_at: UtcMillis((day + 3) * DAY) };
        let mut usage = found.map_or_else(unused, |found| found.doc);
        if !next(&mut usage) {
            return Ok(false);
        }
        let written = match rev {
            Some(rev) => store.replace(&usage, rev).await.map(drop),
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
