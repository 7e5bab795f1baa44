//! The collector as a metrics source: what was kept, put on a grid as Prometheus would.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use async_trait::async_trait;
use watchkeeper_domain::metric::{Grid, MetricSet, ScrapeHealth, Series, SeriesKind};
use watchkeeper_domain::series;
use watchkeeper_domain::time::{DAY, MINUTE, SECOND, UtcMillis};

use super::chunk::STALE;
use super::labels::Labels;
use super::store::{Series as Kept, Tenant};
use super::{Collector, STUCK};
use crate::metrics::{
    GatherError, GatherRequest, Instance, Metric, Metrics, MetricsRequest, MetricsSource, RangeRequest, RangeSet,
    SourceKind, Traits,
};

/// How long a sample stands for what came after it, as in Prometheus.
const LOOKBACK_MS: i64 = 5 * MINUTE;
/// Notes about scrapes are no metrics of anybody's.
const NOTE: &str = "scrape_";

type Types = HashMap<String, String>;

#[async_trait]
impl MetricsSource for Collector {
    async fn gather(&self, request: &GatherRequest) -> Result<MetricSet, GatherError> {
        let grid = request.grid()?;
        let (window, max_series) = (request.window, request.max_series);
        let targets = self.healths(&request.user_id);
        let (series, cut) = self
            .look(&request.user_id, move |tenant, types| {
                let mut kept: Vec<&Kept> =
                    tenant.series().filter(|series| !series.labels().metric().starts_with(NOTE)).collect();
                // `up` is small and always kept.
                kept.sort_by_key(|series| (series.labels().metric() != "up", series.labels()));
                let mut columns = kept.into_iter().filter_map(|series| column(series, &grid, types));
                let series: Vec<Series> = columns.by_ref().take(max_series).collect();
                (series, columns.next().is_some())
            })
            .await?
            .unwrap_or_default();
        let truncated = cut.then(|| "series".to_owned());
        Ok(MetricSet { grid, window, series, targets, truncated })
    }

    async fn health(&self, user_id: &str, _now: UtcMillis) -> Result<Vec<ScrapeHealth>, GatherError> {
        Ok(self.healths(user_id))
    }

    async fn ready(&self) -> Result<String, GatherError> {
        let last_step = self.plan.lock().last_step;
        if last_step.is_some_and(|at| at.elapsed() > STUCK) {
            return Err(GatherError::Broken { cause: format!("no scrape was started for {} s", STUCK.as_secs()) });
        }
        if let Some(refused) = self.store.broken() {
            return Err(GatherError::Broken { cause: format!("samples cannot be written to disk: {refused}") });
        }
        // No numbers: they would be everybody's, and tenants read this.
        let kept = if self.summary().shortened { "less than a day, to stay within its limits" } else { "a day" };
        Ok(format!("The built-in collector (every {} s, keeps {kept})", self.interval_ms / SECOND))
    }

    fn traits(&self) -> Traits {
        #[expect(clippy::cast_precision_loss, reason = "an interval is far below 2^52 ms")]
        let seconds = self.interval_ms as f64 / 1_000.0;
        Traits { kind: SourceKind::Builtin, promql: false, scrape_interval_seconds: Some(seconds) }
    }

    async fn instances(&self, user_id: &str, now: UtcMillis) -> Result<Vec<Instance>, GatherError> {
        Ok(self.look(user_id, move |tenant, _types| instances(tenant, now)).await?.unwrap_or_default())
    }

    async fn metrics(&self, request: &MetricsRequest) -> Result<Metrics, GatherError> {
        let asked = request.clone();
        let found = self.look(&request.user_id, move |tenant, types| metrics(tenant, types, &asked)).await?;
        Ok(found.unwrap_or_default())
    }

    async fn range(&self, request: &RangeRequest) -> Result<RangeSet, GatherError> {
        let asked = request.clone();
        let found = self.look(&request.user_id, move |tenant, types| range(tenant, types, &asked)).await?;
        Ok(found.unwrap_or_else(|| RangeSet { grid: request.grid, series: Vec::new(), truncated: false }))
    }

    async fn forget(&self, user_id: &str) -> Result<(), GatherError> {
        let targets = self.plan.lock().by_owner.get(user_id).cloned().unwrap_or_default();
        for target in targets {
            target.stop();
        }
        let (store, owner) = (Arc::clone(&self.store), user_id.to_owned());
        let forgotten = tokio::task::spawn_blocking(move || store.forget(&owner)).await;
        let broken = |cause: String| GatherError::Broken { cause };
        forgotten.map_err(|error| broken(error.to_string()))?.map_err(|error| broken(error.to_string()))
    }
}

impl Collector {
    /// Asks a tenant's samples, beside the reactor; `None` for a tenant without any.
    async fn look<T: Send + 'static>(
        &self,
        owner: &str,
        question: impl FnOnce(&Tenant, &Types) -> T + Send + 'static,
    ) -> Result<Option<T>, GatherError> {
        let Some(tenant) = self.store.tenant(owner) else { return Ok(None) };
        let types = self.types(owner);
        let asked = tokio::task::spawn_blocking(move || question(&tenant.read(), &types)).await;
        asked.map(Some).map_err(|error| GatherError::Broken { cause: error.to_string() })
    }

    fn healths(&self, owner: &str) -> Vec<ScrapeHealth> {
        let plan = self.plan.lock();
        let targets = plan.by_owner.get(owner).into_iter().flatten();
        let mut found: Vec<_> = targets.map(|target| target.health.lock().clone()).collect();
        found.sort_by(|a, b| (&a.instance, &a.name).cmp(&(&b.instance, &b.name)));
        found
    }

    /// What the tenant's targets say about types; those that contradict each other cancel out.
    fn types(&self, owner: &str) -> Types {
        let targets = self.plan.lock().by_owner.get(owner).cloned().unwrap_or_default();
        let mut types = Types::new();
        let mut disputed = HashSet::new();
        for (family, kind) in targets.iter().flat_map(|target| target.types()) {
            if *types.entry(family.clone()).or_insert_with(|| kind.clone()) != kind {
                disputed.insert(family);
            }
        }
        types.retain(|family, _| !disputed.contains(family));
        types
    }
}

/// A series on the grid, counters as rates; `None` where it has no number on it.
fn column(kept: &Kept, grid: &Grid, types: &Types) -> Option<Series> {
    let mut values = placed(kept, grid)?;
    let id = kept.labels().id();
    let (kind, unit) = described(&id.metric, types);
    if kind == SeriesKind::CounterRate {
        series::rates(&mut values, grid.step_ms);
    }
    Some(Series { id, kind, unit, values })
}

fn described(metric: &str, types: &Types) -> (SeriesKind, watchkeeper_domain::metric::Unit) {
    series::describe(metric, types.get(series::family_name(metric)).map(String::as_str))
}

/// At each place the last sample at or before it, if it is not too old and the series has not ended since.
fn placed(kept: &Kept, grid: &Grid) -> Option<Vec<f64>> {
    let from = grid.start.0 - LOOKBACK_MS;
    let until = grid.at(grid.len.saturating_sub(1)).0;
    if kept.last() < from {
        return None;
    }
    let mut values = vec![f64::NAN; grid.len];
    let (mut place, mut found) = (0, false);
    let mut samples = kept.samples(from).skip_while(|(at, _)| *at < from).take_while(|(at, _)| *at <= until).peekable();
    while let Some((at, bits)) = samples.next() {
        let next = samples.peek().map_or(i64::MAX, |(next, _)| *next);
        while place < grid.len && grid.at(place).0 < at {
            place += 1;
        }
        let value = f64::from_bits(bits);
        while place < grid.len && grid.at(place).0 < next && grid.at(place).0 - at <= LOOKBACK_MS {
            // An infinity is of no use to a detector; it is a gap, as is a not-a-number.
            if let Some(slot) = values.get_mut(place)
                && bits != STALE
                && value.is_finite()
            {
                *slot = value;
                found = true;
            }
            place += 1;
        }
    }
    found.then_some(values)
}

fn instances(tenant: &Tenant, now: UtcMillis) -> Vec<Instance> {
    let mut found: BTreeMap<(String, String), Instance> = BTreeMap::new();
    for kept in tenant.series().filter(|kept| kept.labels().metric() == "scrape_samples_scraped") {
        let Some((at, bits)) = kept.last_sample().filter(|(at, _)| now.0 - at <= LOOKBACK_MS) else { continue };
        if bits == STALE {
            continue;
        }
        let label = |name: &str| kept.labels().value(name).unwrap_or_default().to_owned();
        let (instance, name) = (label("instance"), label("name"));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of samples, clamped")]
        let series = f64::from_bits(bits).clamp(0.0, f64::from(u32::MAX)) as u32;
        let entry =
            Instance { instance: instance.clone(), name: name.clone(), series, last_sample_at: Some(UtcMillis(at)) };
        found.insert((instance, name), entry);
    }
    found.into_values().collect()
}

/// Metrics that had samples in the last day.
fn metrics(tenant: &Tenant, types: &Types, request: &MetricsRequest) -> Metrics {
    let mut found: BTreeMap<&str, u32> = BTreeMap::new();
    let wanted = |labels: &Labels| {
        request.wants(labels.metric())
            && request.instance.as_deref().is_none_or(|instance| labels.value("instance") == Some(instance))
    };
    let fresh = tenant.series().filter(|kept| kept.last() >= request.now.0 - DAY);
    for labels in fresh.map(Kept::labels).filter(|labels| wanted(labels)) {
        let count = found.entry(labels.metric()).or_default();
        *count = count.saturating_add(1);
    }
    let described = found.into_iter().map(|(metric, series)| {
        let (kind, unit) = described(metric, types);
        Metric { metric: metric.to_owned(), kind, unit, series }
    });
    Metrics::limited(described.collect(), request.limit, false)
}

/// Counters need one place more at the beginning to have a rate at the first.
fn range(tenant: &Tenant, types: &Types, request: &RangeRequest) -> RangeSet {
    let asked = request.grid;
    let wider = Grid { start: asked.start - asked.step_ms, step_ms: asked.step_ms, len: asked.len.saturating_add(1) };
    let wanted = |kept: &&Kept| {
        kept.labels().metric() == request.metric
            && request.instance.as_deref().is_none_or(|instance| kept.labels().value("instance") == Some(instance))
    };
    let mut kept: Vec<&Kept> = tenant.series().filter(wanted).collect();
    kept.sort_by_key(|series| series.labels());
    let mut columns = kept.into_iter().filter_map(|series| column(series, &wider, types));
    let mut series: Vec<Series> = columns.by_ref().take(request.max_series).collect();
    let truncated = columns.next().is_some();
    for one in &mut series {
        one.values.remove(0);
    }
    RangeSet { grid: asked, series, truncated }
}
