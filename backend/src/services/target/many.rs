//! Many targets at once: each is judged by itself, what is right is added, and every one is answered for.
//!
//! Asking again is safe: what was added before is then refused as being there already.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt as _, stream};
use uuid::Uuid;
use watchkeeper_domain::id::{Id, TargetId};
use watchkeeper_domain::target::Target;

use super::{Checked, NewTarget, TargetService, TargetWithHealth, already, full, schedule, taken};
use crate::auth::TenantScope;
use crate::services::ServiceError;
use crate::store::{Error as StoreError, Filter, Order, Query, Value};

/// Most targets of one request.
pub const MOST_AT_ONCE: usize = 200;
/// Names looked up at a time: one that does not resolve takes seconds.
const LOOKUPS: usize = 32;

/// What became of one of many.
#[derive(Debug)]
pub enum Judged {
    Added(Box<TargetWithHealth>),
    /// Nothing speaks against it; it was only to be checked.
    Fits,
    Refused(ServiceError),
}

/// What makes a target one of its tenant's: address, scheme, path.
type Place = (String, &'static str, String);

fn place(target: &Target) -> Place {
    (target.address.clone(), target.scheme.as_str(), target.metrics_path.clone())
}

impl TargetService {
    /// In the order given. `check_only`: judges, and adds none.
    ///
    /// # Errors
    /// [`ServiceError::Validation`] when there are none or more than [`MOST_AT_ONCE`]; when the store does not answer, in which
    /// case some may have been added.
    pub async fn create_many(
        &self,
        scope: &TenantScope,
        wanted: Vec<NewTarget>,
        check_only: bool,
    ) -> Result<Vec<Judged>, ServiceError> {
        if wanted.is_empty() || wanted.len() > MOST_AT_ONCE {
            return Err(ServiceError::field("targets", format!("send 1 to {MOST_AT_ONCE} targets")));
        }
        let vetted: Vec<_> = stream::iter(wanted).map(|new| self.judge(new)).buffered(LOOKUPS).collect().await;
        let mut known = self.places(scope, vetted.iter().flatten()).await?;
        let held = self.store.tenant(scope).count::<Target>(&Filter::All).await?;
        let mut room = self.limit.saturating_sub(held);
        let judge = |judged: Result<Target, ServiceError>| {
            let target = judged?;
            if !known.insert(place(&target)) {
                return Err(already(&target));
            }
            room = room.checked_sub(1).ok_or_else(|| full(self.limit))?;
            Ok(target)
        };
        let judged: Vec<Result<Target, ServiceError>> = vetted.into_iter().map(judge).collect();
        if check_only {
            return Ok(judged.into_iter().map(|one| one.map_or_else(Judged::Refused, |_fits| Judged::Fits)).collect());
        }
        self.add(scope, judged).await
    }

    async fn judge(&self, new: NewTarget) -> Result<Target, ServiceError> {
        let checked = Checked::parse(&new.address, &new.name, &new.tags)?;
        self.vet(&checked.address).await?;
        Ok(checked.into_target(TargetId::from_uuid(Uuid::now_v7()), new.kind, new.enabled, self.clock.now()))
    }

    /// Where the tenant has targets already, among the addresses of these. What this misses, the unique index finds.
    async fn places(
        &self,
        scope: &TenantScope,
        targets: impl Iterator<Item = &Target>,
    ) -> Result<BTreeSet<Place>, ServiceError> {
        let addresses = targets.map(|target| Value::from(target.address.clone())).collect();
        let query = Query::new(Filter::In("address", addresses), Order::newest("created_at"), 1000);
        let page = self.store.tenant(scope).find::<Target>(&query).await?;
        Ok(page.items.iter().map(place).collect())
    }

    async fn add(
        &self,
        scope: &TenantScope,
        judged: Vec<Result<Target, ServiceError>>,
    ) -> Result<Vec<Judged>, ServiceError> {
        let now = self.clock.now();
        let sound: Vec<Target> = judged.iter().flatten().cloned().collect();
        if sound.iter().any(|target| target.enabled) {
            schedule::activate(&self.store, scope, now).await?;
        }
        let inserted = self.store.tenant(scope).insert_many(&sound).await;
        self.settle(scope, now).await?;
        let mut refused: BTreeMap<usize, StoreError> = inserted?.refused.into_iter().collect();
        let mut standing = self.with_health(scope, sound).await.into_iter().enumerate();
        let mut answer = |one: Result<Target, ServiceError>| {
            let added = |(at, found): (usize, TargetWithHealth)| match refused.remove(&at) {
                None => Judged::Added(Box::new(found)),
                Some(error) => Judged::Refused(taken(error, &found.target)),
            };
            one.map_or_else(|error| Some(Judged::Refused(error)), |_sound| standing.next().map(added))
        };
        Ok(judged.into_iter().filter_map(&mut answer).collect())
    }
}
