//! Targets: what a tenant has scraped, how each one stands.
//!
//! Every change leads to two others, both repeatable: the tenant's schedule follows (`services::schedule`), and the publisher
//! is nudged so that Prometheus learns of it.

mod many;
mod suggest;

use std::collections::BTreeMap;
use std::sync::Arc;

use uuid::Uuid;
use watchkeeper_clients::egress::{EgressError, Guard};
use watchkeeper_clients::metrics::MetricsSource;
use watchkeeper_common::problem::FieldError;
use watchkeeper_domain::id::{Id, TargetId};
use watchkeeper_domain::metric::ScrapeHealth;
use watchkeeper_domain::target::search::{terms, words};
use watchkeeper_domain::target::{
    Address, ExporterKind, HealthState, Tags, Target, TargetHealth, discovered, parse_name,
};
use watchkeeper_domain::time::UtcMillis;

use super::{ServiceError, schedule};
use crate::auth::TenantScope;
use crate::clock::Clock;
use crate::nudge::Nudge;
use crate::store::{Cursor, Error as StoreError, Filter, Order, Page, Query, Store};

pub use many::{Judged, MOST_AT_ONCE};
pub use suggest::Suggestion;

/// What a person typed.
#[derive(Debug, Clone)]
pub struct NewTarget {
    pub address: String,
    pub name: String,
    pub tags: BTreeMap<String, String>,
    pub kind: ExporterKind,
    pub enabled: bool,
}

/// What a person changed; the rest stays.
#[derive(Debug, Clone, Default)]
pub struct TargetChange {
    pub address: Option<String>,
    pub name: Option<String>,
    pub tags: Option<BTreeMap<String, String>>,
    pub kind: Option<ExporterKind>,
    pub enabled: Option<bool>,
}

/// Which targets a list holds.
#[derive(Debug, Clone)]
pub struct TargetFilter {
    pub enabled: Option<bool>,
    pub kind: Option<ExporterKind>,
    /// As they stand now.
    pub state: Option<HealthState>,
    /// Every one of its words.
    pub q: Option<String>,
    /// Bounds on when they were added.
    pub added: Filter,
}

/// A target and how it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetWithHealth {
    pub target: Target,
    pub health: TargetHealth,
}

#[derive(Debug)]
pub struct TargetService {
    pub store: Store,
    pub source: Arc<dyn MetricsSource>,
    /// Address of this server's own metrics, where they may be offered.
    pub own_metrics: Option<String>,
    /// Decides which addresses may be scraped.
    pub guard: Guard,
    /// Most targets of one tenant.
    pub limit: u64,
    pub publisher: Nudge,
    pub clock: Clock,
}

impl TargetService {
    /// # Errors
    /// [`ServiceError::Validation`] for what was typed, [`ServiceError::Conflict`] for an address the tenant has already,
    /// [`ServiceError::InvalidState`] when it has as many targets as it may.
    pub async fn create(&self, scope: &TenantScope, new: NewTarget) -> Result<TargetWithHealth, ServiceError> {
        let checked = Checked::parse(&new.address, &new.name, &new.tags)?;
        self.vet(&checked.address).await?;
        if self.store.tenant(scope).count::<Target>(&Filter::All).await? >= self.limit {
            return Err(full(self.limit));
        }
        let now = self.clock.now();
        let target = checked.into_target(TargetId::from_uuid(Uuid::now_v7()), new.kind, new.enabled, now);
        if target.enabled {
            schedule::activate(&self.store, scope, now).await?;
        }
        let inserted = self.store.tenant(scope).insert(&target).await;
        self.settle(scope, now).await?;
        inserted.map_err(|error| taken(error, &target))?;
        Ok(self.with_health(scope, vec![target]).await.swap_remove(0))
    }

    /// Newest first. A page that is filtered by state is at least half full while more targets follow.
    ///
    /// # Errors
    /// [`ServiceError::InvalidParameter`] for a cursor of another list.
    pub async fn list(
        &self,
        scope: &TenantScope,
        filter: TargetFilter,
        limit: u32,
        mut after: Option<Cursor>,
    ) -> Result<Page<TargetWithHealth>, ServiceError> {
        let state = filter.state;
        let filter = filter.into_filter();
        let seen = self.seen(scope).await;
        let (room, mut items) = (usize::try_from(limit).unwrap_or(usize::MAX), Vec::new());
        loop {
            let rest = u32::try_from(room.saturating_sub(items.len())).unwrap_or(limit);
            let query = Query::new(filter.clone(), Order::newest("created_at"), rest).after(after);
            let page = self.store.tenant(scope).find::<Target>(&query).await?;
            let standing =
                join(page.items, &seen).filter(|found| state.is_none_or(|state| found.health.state == state));
            items.extend(standing);
            after = page.next;
            if after.is_none() || items.len().saturating_mul(2) >= room {
                return Ok(Page { items, next: after });
            }
        }
    }

    /// # Errors
    /// [`ServiceError::NotFound`].
    pub async fn get(&self, scope: &TenantScope, id: &TargetId) -> Result<TargetWithHealth, ServiceError> {
        let found = self.store.tenant(scope).get::<Target>(id.as_str()).await?.ok_or(ServiceError::NotFound)?;
        Ok(self.with_health(scope, vec![found.doc]).await.swap_remove(0))
    }

    /// # Errors
    /// As [`TargetService::create`], and [`ServiceError::NotFound`].
    pub async fn update(
        &self,
        scope: &TenantScope,
        id: &TargetId,
        change: TargetChange,
    ) -> Result<TargetWithHealth, ServiceError> {
        let tenant = self.store.tenant(scope);
        let before = tenant.get::<Target>(id.as_str()).await?.ok_or(ServiceError::NotFound)?;
        let old = before.doc;
        let address = change.address.unwrap_or_else(|| typed(&old));
        let checked = Checked::parse(&address, &change.name.unwrap_or(old.name), &change.tags.unwrap_or(old.tags))?;
        self.vet(&checked.address).await?;
        let now = self.clock.now();
        let (kind, enabled) = (change.kind.unwrap_or(old.kind), change.enabled.unwrap_or(old.enabled));
        let target = Target { created_at: old.created_at, ..checked.into_target(old.id, kind, enabled, now) };
        if target.enabled {
            schedule::activate(&self.store, scope, now).await?;
        }
        let replaced = tenant.replace(&target, before.rev).await;
        self.settle(scope, now).await?;
        replaced.map_err(|error| taken(error, &target))?;
        Ok(self.with_health(scope, vec![target]).await.swap_remove(0))
    }

    /// # Errors
    /// [`ServiceError::NotFound`].
    pub async fn delete(&self, scope: &TenantScope, id: &TargetId) -> Result<(), ServiceError> {
        if !self.store.tenant(scope).delete::<Target>(id.as_str()).await? {
            return Err(ServiceError::NotFound);
        }
        self.settle(scope, self.clock.now()).await
    }

    /// How each of all the tenant's targets stands; a source that does not answer makes them unknown.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn health(&self, scope: &TenantScope) -> Result<Vec<TargetWithHealth>, ServiceError> {
        let query = Query::new(Filter::All, Order::newest("created_at"), 1000);
        let page = self.store.tenant(scope).find::<Target>(&query).await?;
        Ok(self.with_health(scope, page.items).await)
    }

    /// Address and labels as service discovery tells them.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`].
    pub async fn discovery(
        &self,
        scope: &TenantScope,
        id: &TargetId,
    ) -> Result<(String, BTreeMap<String, String>), ServiceError> {
        let found = self.store.tenant(scope).get::<Target>(id.as_str()).await?.ok_or(ServiceError::NotFound)?;
        Ok(discovered(scope.user_id(), &found.doc))
    }

    async fn with_health(&self, scope: &TenantScope, targets: Vec<Target>) -> Vec<TargetWithHealth> {
        let seen = self.seen(scope).await;
        join(targets, &seen).collect()
    }

    async fn seen(&self, scope: &TenantScope) -> Seen {
        self.source.health(scope.key(), self.clock.now()).await.map_err(|error| error.to_string())
    }

    /// After a change, whether it went through or not.
    async fn settle(&self, scope: &TenantScope, now: UtcMillis) -> Result<(), ServiceError> {
        schedule::ensure(&self.store, scope, now).await?;
        self.publisher.nudge();
        Ok(())
    }

    /// Prometheus connects, not the server, so this is a gate and not a guarantee: a name may point elsewhere later. A name that
    /// only Prometheus' own network knows cannot be judged; it passes where private addresses do.
    async fn vet(&self, address: &Address) -> Result<(), ServiceError> {
        match self.guard.vet_host(&address.host(), address.port()).await {
            Ok(_permitted) => Ok(()),
            Err(EgressError::Refused(refusal)) => Err(ServiceError::field("address", refusal.to_string())),
            Err(_unresolved) if self.guard.policy().allow_private => Ok(()),
            Err(error) => {
                Err(ServiceError::field("address", format!("{error}; only names of the public DNS can be used")))
            }
        }
    }
}

/// What the source saw of the tenant's targets, or why it does not say.
type Seen = Result<Vec<ScrapeHealth>, String>;

fn join(targets: Vec<Target>, seen: &Seen) -> impl Iterator<Item = TargetWithHealth> {
    let seen = seen.as_deref().map_err(String::as_str);
    targets.into_iter().map(move |target| TargetWithHealth { health: TargetHealth::of(&target, seen), target })
}

impl TargetFilter {
    fn into_filter(self) -> Filter {
        let enabled = self.enabled.map_or(Filter::All, |enabled| Filter::eq("enabled", enabled));
        let kind = self.kind.map_or(Filter::All, |kind| Filter::eq("kind", kind.as_str()));
        let wanted: Vec<String> = self.q.iter().flat_map(|q| words(q)).collect();
        let found = if wanted.is_empty() { Filter::All } else { Filter::Terms("terms", wanted) };
        self.added.and(enabled).and(kind).and(found)
    }
}

/// Everything typed, parsed.
struct Checked {
    address: Address,
    name: String,
    tags: Tags,
}

impl Checked {
    /// All refusals at once, one per field.
    fn parse(address: &str, name: &str, tags: &BTreeMap<String, String>) -> Result<Self, ServiceError> {
        let refused = |field: &str, message: String| FieldError { field: field.to_owned(), message };
        let address = Address::parse(address).map_err(|error| refused("address", error.to_string()));
        let tags = Tags::parse(tags).map_err(|error| refused("tags", error.to_string()));
        let name = match &address {
            Ok(address) => parse_name(name, address).map_err(|error| refused("name", error.to_string())),
            Err(_refused_already) => Ok(String::new()),
        };
        match (address, name, tags) {
            (Ok(address), Ok(name), Ok(tags)) => Ok(Self { address, name, tags }),
            (address, name, tags) => {
                let errors = [address.err(), name.err(), tags.err()].into_iter().flatten().collect();
                Err(ServiceError::Validation(errors))
            }
        }
    }

    fn into_target(self, id: TargetId, kind: ExporterKind, enabled: bool, now: UtcMillis) -> Target {
        let (address, tags) = (self.address.authority(), self.tags.into_inner());
        Target {
            id,
            terms: terms(&self.name, &address, &tags),
            address,
            scheme: self.address.scheme(),
            metrics_path: self.address.path().to_owned(),
            name: self.name,
            tags,
            kind,
            enabled,
            created_at: now,
            updated_at: now,
        }
    }
}

/// The stored address as a person would type it.
fn typed(target: &Target) -> String {
    format!("{}://{}{}", target.scheme.as_str(), target.address, target.metrics_path)
}

fn full(limit: u64) -> ServiceError {
    ServiceError::InvalidState(format!("An account may have {limit} targets. Delete one first."))
}

fn taken(error: StoreError, target: &Target) -> ServiceError {
    match error {
        StoreError::Duplicate { .. } => already(target),
        other => other.into(),
    }
}

fn already(target: &Target) -> ServiceError {
    ServiceError::Conflict(format!("You already have a target at {}.", typed(target)))
}
