//! Prometheus as a metrics source.
//!
//! One pair of range queries per tenant and batch, never one per series: `up`, which is small and always kept, and everything
//! else, capped in bytes and series. Both are confined to the tenant's `user_id` by [`scope_query`], and what comes back is
//! looked at once more. Counters leave as per-second rates.
//!
//! The grid's places are whole multiples of the step, so that the batches of one tenant look at the same instants; its last one
//! is the last before the window's end. A step shorter than Prometheus' scrape interval sees the same sample twice
//! and makes rates jagged, so it should not be.

mod api;
mod chart;
mod hints;
mod matrix;
pub mod scope;
mod targets;

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use tokio::sync::Mutex;
use url::Url;
use watchkeeper_domain::metric::{Grid, MetricSet, ScrapeHealth, Series, SeriesKind};
use watchkeeper_domain::series;
use watchkeeper_domain::time::UtcMillis;

use self::api::Api;
use self::hints::Hints;
use self::matrix::{Column, Matrix};
use self::scope::scope_query;
use self::targets::ByOwner;
use crate::egress::{EgressError, Guard, Policy};
use crate::metrics::{
    GatherError, GatherRequest, Instance, Metrics, MetricsRequest, MetricsSource, RangeRequest, RangeSet, SourceKind,
    Traits,
};

/// What the operator may tune.
#[derive(Clone)]
pub struct PrometheusSettings {
    /// May hold a path and credentials.
    pub url: Url,
    /// Over each request, body included.
    pub timeout: Duration,
    /// Largest answer that is read.
    pub body_limit: usize,
}

impl PrometheusSettings {
    #[must_use]
    pub fn new(url: Url) -> Self {
        Self { url, timeout: Duration::from_secs(20), body_limit: 32 << 20 }
    }
}

/// Without the URL, which may hold a password.
impl std::fmt::Debug for PrometheusSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { url: _, timeout, body_limit } = self;
        f.debug_struct("PrometheusSettings")
            .field("timeout", timeout)
            .field("body_limit", body_limit)
            .finish_non_exhaustive()
    }
}

/// How long the list of all targets serves before it is asked for again; a failure serves as long.
const LIST_FRESH: Duration = Duration::from_secs(5);

const UP: &str = "up";
/// Everything but `up` and what Prometheus notes about its own scrapes.
const REST: &str = r#"{__name__=~".+",__name__!~"up|scrape_(duration_seconds|samples_scraped|samples_post_metric_relabeling|series_added|timeout_seconds|sample_limit|body_size_bytes)"}"#;

/// Safe to share; holds connections and short-lived caches only.
#[derive(Debug)]
pub struct PrometheusSource {
    api: Api,
    hints: Hints,
    /// The lock is held while asking, so that many tenants ask once.
    list: Mutex<Option<Listed>>,
}

#[derive(Debug)]
struct Listed {
    at: Instant,
    outcome: Result<Arc<ByOwner>, GatherError>,
}

impl PrometheusSource {
    /// # Errors
    /// When the URL cannot be used or TLS cannot be set up.
    pub fn new(settings: &PrometheusSettings) -> Result<Self, GatherError> {
        let unusable = |error: EgressError| GatherError::Unreachable { url: String::new(), cause: error.to_string() };
        let http = Guard::new(Policy::operator()).client(settings.timeout).map_err(unusable)?;
        let api = Api::new(http, &settings.url, settings.body_limit)?;
        Ok(Self { hints: Hints::new(api.clone()), api, list: Mutex::new(None) })
    }

    /// A query confined to `owner`, read into columns of the grid.
    async fn matrix(&self, query: &str, grid: &Grid, owner: &str, max_series: usize) -> Result<Matrix, GatherError> {
        let scoped = scope_query(query, owner).map_err(|e| GatherError::Refused { cause: e.to_string() })?;
        let body = self.api.range(&scoped, grid).await?;
        let (grid, owner) = (*grid, owner.to_owned());
        let read = tokio::task::spawn_blocking(move || matrix::read(&body, &grid, &owner, max_series));
        read.await.map_err(|error| error.to_string()).flatten().map_err(|cause| self.api.bad_answer(cause))
    }

    /// All targets by owner, at most [`LIST_FRESH`] old.
    async fn listed(&self) -> Result<Arc<ByOwner>, GatherError> {
        let mut list = self.list.lock().await;
        if let Some(listed) = list.as_ref().filter(|listed| listed.at.elapsed() < LIST_FRESH) {
            return listed.outcome.clone();
        }
        let asked = self.api.targets().await;
        let outcome =
            asked.and_then(|body| targets::read(&body.bytes).map(Arc::new).map_err(|cause| self.api.bad_answer(cause)));
        *list = Some(Listed { at: Instant::now(), outcome: outcome.clone() });
        outcome
    }
}

#[async_trait]
impl MetricsSource for PrometheusSource {
    async fn gather(&self, request: &GatherRequest) -> Result<MetricSet, GatherError> {
        let grid = request.grid()?;
        let (up, rest, hints, listed) = futures::join!(
            self.matrix(UP, &grid, &request.user_id, request.max_series),
            self.matrix(REST, &grid, &request.user_id, request.max_series),
            self.hints.of(&request.user_id),
            self.listed(),
        );
        let (up, rest) = (up?, rest?);
        // A store without a list of targets still has `up`.
        let mut targets = listed.ok().and_then(|by_owner| by_owner.get(&request.user_id).cloned()).unwrap_or_default();
        targets::join(&mut targets, &up.columns);
        let truncated = rest.cut_by.or(up.cut_by).map(str::to_owned);
        let columns = up.columns.into_iter().chain(rest.columns);
        let series = columns.map(|column| described(column, grid.step_ms, &hints)).collect();
        Ok(MetricSet { grid, window: request.window, series, targets, truncated })
    }

    async fn health(&self, user_id: &str, _now: UtcMillis) -> Result<Vec<ScrapeHealth>, GatherError> {
        Ok(self.listed().await?.get(user_id).cloned().unwrap_or_default())
    }

    async fn ready(&self) -> Result<String, GatherError> {
        let body = self.api.build_info().await?;
        let info: serde_json::Value =
            serde_json::from_slice(&body.bytes).map_err(|error| self.api.bad_answer(matrix::misshapen(&error)))?;
        let version = info.pointer("/data/version").and_then(|version| version.as_str());
        version.map(|v| format!("Prometheus {v}")).ok_or_else(|| self.api.bad_answer("it names no version"))
    }

    fn traits(&self) -> Traits {
        Traits { kind: SourceKind::Prometheus, promql: true, scrape_interval_seconds: None }
    }

    async fn instances(&self, user_id: &str, now: UtcMillis) -> Result<Vec<Instance>, GatherError> {
        chart::instances(self, user_id, now).await
    }

    async fn metrics(&self, request: &MetricsRequest) -> Result<Metrics, GatherError> {
        chart::metrics(self, request).await
    }

    async fn range(&self, request: &RangeRequest) -> Result<RangeSet, GatherError> {
        chart::range(self, request).await
    }
}

fn described(column: Column, step_ms: i64, hints: &hints::ByMetric) -> Series {
    let Column { id, mut values } = column;
    let (kind, unit) = series::describe(&id.metric, hints.get(series::family_name(&id.metric)).map(String::as_str));
    if kind == SeriesKind::CounterRate {
        series::rates(&mut values, step_ms);
    }
    Series { id, kind, unit, values }
}

#[cfg(test)]
mod tests;
