//! Deletes what accounts that left still own, then the account's own row.
//!
//! The mark on the account is written first (`auth`), so a server that dies in the middle leaves work that the next one finds.
//! The row goes last, once a whole pass found nothing and the longest batch that may have been under way has ended.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use watchkeeper_clients::metrics::MetricsSource;
use watchkeeper_domain::id::Id;
use watchkeeper_domain::tenant::Account;
use watchkeeper_domain::time::{MINUTE, UtcMillis};

use super::{Job, JobError, Progress};
use crate::auth::{SystemScope, TenantScope};
use crate::nudge::Nudge;
use crate::store::{Filter, Order, Query, Store};

pub const PERIOD: Duration = Duration::from_secs(60);
/// Accounts of one step.
const ACCOUNTS: u32 = 20;
/// Documents of one collection of one account in one step.
const PIECE: u32 = 500;
/// How long work that began before may still write.
const LINGER: i64 = 10 * MINUTE;

#[derive(Debug)]
pub struct Farewell {
    pub store: Store,
    pub system: SystemScope,
    /// Keeps samples, if it is this server itself.
    pub source: Arc<dyn MetricsSource>,
    /// Wakes the job that publishes targets: there are fewer.
    pub publisher: Nudge,
}

#[async_trait]
impl Job for Farewell {
    fn name(&self) -> &'static str {
        "farewell"
    }

    async fn step(&self, now: UtcMillis) -> Result<Progress, JobError> {
        let left = Query::new(Filter::range("leaving_at", Some(0), None), Order::oldest("leaving_at"), ACCOUNTS);
        let page = self.store.system(&self.system).find::<Account>(&left).await?;
        let (mut more, mut next) = (page.next.is_some(), None);
        for (_, account) in page.items {
            let (id, leaving_at) = (account.doc.id, account.doc.leaving_at.unwrap_or(now));
            let scope = TenantScope::for_job(id.clone(), &self.system, "delete what an account that left owns");
            let own = self.store.tenant(&scope).purge(PIECE).await?;
            let demo = self.store.tenant(&scope.demo()).purge(PIECE).await?;
            let empty = own && demo;
            if empty {
                let forgotten = self.source.forget(id.as_str()).await;
                forgotten.map_err(|error| JobError::Failed(error.for_operator()))?;
            }
            if !empty {
                more = true;
                self.publisher.nudge();
            } else if now.since(leaving_at) >= LINGER {
                self.store.system(&self.system).delete::<Account>(id.as_str()).await?;
                tracing::info!(tenant.id = %id, "an account and all it owned are gone");
            } else {
                let at = leaving_at + LINGER;
                next = Some(next.map_or(at, |soonest: UtcMillis| soonest.min(at)));
            }
        }
        Ok(match next {
            _ if more => Progress::More,
            Some(at) => Progress::IdleUntil(at),
            None => Progress::Idle,
        })
    }
}
