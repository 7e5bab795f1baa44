//! Retention that a tenant shortened: deletes what is older than it wants kept. What nobody shortened is the sweep's.

use std::time::Duration;

use async_trait::async_trait;
use parking_lot::Mutex;
use watchkeeper_domain::anomaly::{Anomaly, Rca};
use watchkeeper_domain::batch::Batch;
use watchkeeper_domain::id::UserId;
use watchkeeper_domain::incident::Incident;
use watchkeeper_domain::settings::{Retention, TenantSettings};
use watchkeeper_domain::time::{DAY, UtcMillis};

use super::{Job, JobError, Progress};
use crate::auth::{SystemScope, TenantScope};
use crate::store::{Cursor, Filter, Order, Query, Store};

pub const PERIOD: Duration = Duration::from_secs(600);
/// Tenants of one step.
const TENANTS: u32 = 50;
/// Documents of one collection of one tenant in one step.
const PIECE: u32 = 500;

#[derive(Debug)]
pub struct ShortenedRetention {
    store: Store,
    system: SystemScope,
    /// Where the round through the tenants stands; a new server begins anew.
    round: Mutex<Option<Cursor>>,
}

impl ShortenedRetention {
    #[must_use]
    pub fn new(store: Store, system: SystemScope) -> Self {
        Self { store, system, round: Mutex::new(None) }
    }

    /// `true` when a piece was full: there is more of this tenant.
    async fn apply(&self, owner: UserId, kept: Retention, now: UtcMillis) -> Result<bool, JobError> {
        let scope = TenantScope::for_job(owner, &self.system, "delete what the tenant no longer wants kept");
        let store = self.store.tenant(&scope);
        let before = |days: u32| (now - i64::from(days) * DAY).0;
        let mut deleted = [0_u64; 4];
        let [batches, anomalies, root_causes, incidents] = &mut deleted;
        if let Some(days) = kept.batches {
            *batches = store.delete_many::<Batch>(&Filter::below("started_at", before(days)), PIECE).await?;
        }
        if let Some(days) = kept.anomalies {
            *anomalies = store.delete_many::<Anomaly>(&Filter::below("at", before(days)), PIECE).await?;
        }
        if let Some(days) = kept.root_causes {
            *root_causes = store.delete_many::<Rca>(&Filter::below("at", before(days)), PIECE).await?;
        }
        if let Some(days) = kept.incidents {
            let old = Filter::eq("state", "resolved").and(Filter::below("resolved_at", before(days)));
            *incidents = store.delete_many::<Incident>(&old, PIECE).await?;
        }
        Ok(deleted.iter().any(|&count| count >= u64::from(PIECE)))
    }
}

#[async_trait]
impl Job for ShortenedRetention {
    fn name(&self) -> &'static str {
        "retention"
    }

    /// One page of the tenants who shortened something; the next step takes the next page.
    async fn step(&self, now: UtcMillis) -> Result<Progress, JobError> {
        let after = self.round.lock().clone();
        let shortened = Filter::eq("retention.shortened", true);
        let query = Query::new(shortened, Order::oldest("updated_at"), TENANTS).after(after.clone());
        let page = self.store.system(&self.system).find::<TenantSettings>(&query).await?;
        let mut more = false;
        for (owner, settings) in page.items {
            if let Some(owner) = owner {
                more |= self.apply(owner, settings.doc.retention, now).await?;
            }
        }
        // A full piece keeps the round where it is until it is done.
        *self.round.lock() = if more { after } else { page.next.clone() };
        Ok(if more || page.next.is_some() { Progress::More } else { Progress::Idle })
    }
}
