//! Both sources side by side, told of the same targets, scraping every second.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tokio::task::JoinSet;
use uuid::Uuid;
use watchkeeper_clients::collector::{Collector, CollectorSettings};
use watchkeeper_clients::egress::{Guard, Policy};
use watchkeeper_clients::metrics::{GatherRequest, MetricsSource};
use watchkeeper_clients::prometheus::{PrometheusSettings, PrometheusSource};
use watchkeeper_domain::id::{Id, TargetId, UserId};
use watchkeeper_domain::metric::{MetricSet, ScrapeHealth, ScrapeState, Series};
use watchkeeper_domain::target::{Address, ExporterKind, Target, file_sd};
use watchkeeper_domain::time::{SECOND, UtcMillis, Window};

use super::exporter::Exporter;
use crate::support::parts::{Prometheus, eventually};

pub(super) fn owner(n: u128) -> UserId {
    UserId::from_uuid(Uuid::from_u128(n))
}

pub(super) fn now() -> UtcMillis {
    jiff::Timestamp::now().into()
}

pub(super) fn target(exporter: &Exporter, name: &str) -> Target {
    let address = Address::parse(&exporter.address.to_string()).unwrap();
    Target {
        id: TargetId::from_uuid(Uuid::from_u128(1)),
        terms: Vec::new(),
        address: address.authority(),
        scheme: address.scheme(),
        metrics_path: address.path().to_owned(),
        name: name.to_owned(),
        tags: BTreeMap::from([("env".to_owned(), "test".to_owned())]),
        kind: ExporterKind::Custom,
        enabled: true,
        created_at: UtcMillis(0),
        updated_at: UtcMillis(0),
    }
}

pub(super) struct Sources {
    prometheus: Option<(Prometheus, PrometheusSource)>,
    collector: Arc<Collector>,
    _turning: JoinSet<()>,
    _dir: TempDir,
}

impl Sources {
    pub(super) async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let settings = CollectorSettings {
            interval: Duration::from_secs(1),
            timeout: Duration::from_secs(1),
            ..CollectorSettings::new(dir.path().join("collector"))
        };
        let collector = Arc::new(Collector::open(&settings, Guard::new(Policy::operator()), now()).unwrap());
        let mut turning = JoinSet::new();
        let turned = Arc::clone(&collector);
        turning.spawn(async move {
            loop {
                let wait = turned.step(now()).since(now()).clamp(1, 50);
                tokio::time::sleep(Duration::from_millis(wait.unsigned_abs())).await;
            }
        });
        let prometheus = Prometheus::start().await.map(|prometheus| {
            let source = PrometheusSource::new(&PrometheusSettings::new(prometheus.url.parse().unwrap())).unwrap();
            (prometheus, source)
        });
        Self { prometheus, collector, _turning: turning, _dir: dir }
    }

    /// Both are told that these are the owner's targets, and that there are no others.
    pub(super) fn publish(&self, owner: &UserId, targets: &[Target]) {
        let pairs = || targets.iter().map(|target| (owner, target));
        self.collector.set_targets(pairs());
        if let Some((prometheus, _)) = &self.prometheus {
            fs::write(prometheus.targets_dir.join("all.json"), file_sd(pairs())).unwrap();
        }
    }

    /// Every source, with its name for messages.
    pub(super) fn all(&self) -> Vec<(&'static str, &dyn MetricsSource)> {
        let prometheus = self.prometheus.iter().map(|(_, source)| ("prometheus", source as &dyn MetricsSource));
        std::iter::once(("builtin", &*self.collector as &dyn MetricsSource)).chain(prometheus).collect()
    }

    /// What each source gives, once it satisfies `enough`.
    pub(super) async fn gathered(
        &self,
        owner: &UserId,
        enough: impl Fn(&MetricSet) -> Result<(), String>,
    ) -> Vec<(&'static str, MetricSet)> {
        let mut sets = Vec::new();
        for (name, source) in self.all() {
            let set = eventually(name, || async {
                let set = gather(source, owner, now(), 10).await;
                enough(&set).map(|()| set)
            });
            sets.push((name, set.await));
        }
        sets
    }

    /// Waits until every source sees the only target in this state.
    pub(super) async fn scraped(&self, owner: &UserId, state: ScrapeState) -> Vec<(&'static str, ScrapeHealth)> {
        let mut seen = Vec::new();
        for (name, source) in self.all() {
            let health = eventually(name, || async {
                let health = source.health(owner.as_str(), now()).await.unwrap();
                let found = health.iter().find(|one| one.state == state).cloned();
                found.ok_or_else(|| format!("{health:?}"))
            });
            seen.push((name, health.await));
        }
        seen
    }
}

/// The last `seconds`, of which ten are judged, a place each second.
pub(super) async fn gather(source: &dyn MetricsSource, owner: &UserId, end: UtcMillis, seconds: i64) -> MetricSet {
    let window = Window { start: end - 10 * SECOND, end };
    let (user_id, baseline_ms) = (owner.as_str().to_owned(), (seconds - 10).max(0) * SECOND);
    let request = GatherRequest { user_id, window, baseline_ms, step_ms: SECOND, max_series: 1_000 };
    source.gather(&request).await.unwrap()
}

pub(super) fn named<'a>(set: &'a MetricSet, metric: &str) -> Vec<&'a Series> {
    set.series.iter().filter(|series| series.id.metric == metric).collect()
}

/// The value at the last place; NaN for a gap.
pub(super) fn last(set: &MetricSet, metric: &str) -> f64 {
    named(set, metric).first().and_then(|series| series.values.last()).copied().unwrap_or(f64::NAN)
}
