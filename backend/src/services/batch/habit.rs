//! What a tenant's series do at this time of the week, asked of the same metrics source.
//!
//! It costs one more question, of half as many points as a batch's own, and only where a batch found something that its last half
//! hour cannot explain, at most once in [`KEPT_MS`] for a tenant that is old enough to have been watched then. Without an answer
//! nothing is excused.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache;
use watchkeeper_clients::metrics::{GatherRequest, SourceKind};
use watchkeeper_domain::baseline::Habits;
use watchkeeper_domain::incident::Incident;
use watchkeeper_domain::incident::trouble::is_trouble;
use watchkeeper_domain::target::Target;
use watchkeeper_domain::time::{DAY, MINUTE, UtcMillis, Window};

use super::BatchService;
use super::look::BASELINE_MS;
use crate::auth::TenantScope;
use crate::services::ServiceError;
use crate::store::{Filter, Order, Query};

/// Habits serve for this long, on whole multiples of it.
const KEPT_MS: i64 = 15 * MINUTE;
/// What is learned reaches this far beyond the instant it is asked for: what is to come within [`KEPT_MS`], and as much again.
const AHEAD_MS: i64 = 2 * KEPT_MS;
const STEP_MS: i64 = MINUTE;
/// Less than a batch may take for its own metrics.
const DEADLINE: Duration = Duration::from_secs(10);
/// Series whose habits are kept, of all tenants together.
const MOST_SERIES: u64 = 200_000;
/// Incidents of the time before that are looked at, and how old they may have been.
const MOST_INCIDENTS: u32 = 200;
const OLDEST_INCIDENT_MS: i64 = 14 * DAY;

/// By tenant and quarter of an hour.
pub(super) type Known = Cache<(String, i64), Arc<Habits>>;

pub(super) fn known() -> Known {
    let weight = |_key: &(String, i64), habits: &Arc<Habits>| u32::try_from(habits.len()).unwrap_or(u32::MAX).max(1);
    let kept = Duration::from_millis(KEPT_MS.unsigned_abs());
    Cache::builder().max_capacity(MOST_SERIES).weigher(weight).time_to_live(kept).build()
}

impl BatchService {
    /// Habits at `at`; none where there is no history, or none that can be had.
    pub(super) async fn habits(&self, scope: &TenantScope, at: UtcMillis) -> Arc<Habits> {
        let quarter = at.0.div_euclid(KEPT_MS);
        let asked = async {
            self.learn(scope, UtcMillis(quarter * KEPT_MS)).await.unwrap_or_else(|error| {
                tracing::warn!(tenant.id = scope.key(), error = %error, "habits could not be learned");
                Arc::default()
            })
        };
        self.habits.get_with((scope.key().to_owned(), quarter), asked).await
    }

    async fn learn(&self, scope: &TenantScope, at: UtcMillis) -> Result<Arc<Habits>, ServiceError> {
        let before = self.habits_from();
        let span = Window { start: at - BASELINE_MS - before, end: at + AHEAD_MS - before };
        if !self.watched_at(scope, span.start).await? {
            return Ok(Arc::default());
        }
        let request = GatherRequest {
            user_id: scope.key().to_owned(),
            window: span,
            baseline_ms: 0,
            step_ms: STEP_MS,
            max_series: self.limits.max_series,
        };
        let gathered = tokio::time::timeout(DEADLINE, self.source.gather(&request)).await;
        let set =
            gathered.map_err(|_elapsed| ServiceError::Upstream("the metrics source took too long".to_owned()))??;
        let troubled = self.troubled(scope, span).await?;
        let learned = tokio::task::spawn_blocking(move || Habits::learn(&set, &troubled)).await;
        learned.map(Arc::new).map_err(|error| ServiceError::Internal(error.to_string()))
    }

    /// How long before now the habits come from. The built-in collector keeps a day and an hour.
    fn habits_from(&self) -> i64 {
        match self.source.traits().kind {
            SourceKind::Prometheus => 7 * DAY,
            SourceKind::Builtin => DAY,
        }
    }

    /// Whether the tenant had a target by then.
    async fn watched_at(&self, scope: &TenantScope, at: UtcMillis) -> Result<bool, ServiceError> {
        let since = Filter::below("created_at", at.0);
        Ok(self.store.tenant(scope).count::<Target>(&since).await? > 0)
    }

    /// Instances in trouble within the span: what they did then is nothing to go by.
    async fn troubled(&self, scope: &TenantScope, span: Window) -> Result<BTreeSet<String>, ServiceError> {
        let opened = Filter::range("opened_at", Some(span.end.0 - OLDEST_INCIDENT_MS), Some(span.end.0));
        let query = Query::new(opened, Order::newest("opened_at"), MOST_INCIDENTS);
        let incidents = self.store.tenant(scope).find::<Incident>(&query).await?.items;
        let then = incidents.into_iter().filter(|incident| incident.resolved_at.is_none_or(|end| end >= span.start));
        Ok(then.filter(is_trouble).flat_map(|incident| incident.instances).collect())
    }
}
