//! Puts together targets, what scrapes them, and what tells it of them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use watchkeeper_clients::collector::{Collector, CollectorSettings};
use watchkeeper_clients::egress::{Guard, Policy};
use watchkeeper_clients::metrics::MetricsSource;
use watchkeeper_clients::prometheus::{PrometheusSettings, PrometheusSource};

use super::StartError;
use crate::auth::SystemScope;
use crate::clock::Clock;
use crate::config::Settings;
use crate::jobs::Runner;
use crate::jobs::collect::Collect;
use crate::jobs::publish::PublishTargets;
use crate::nudge::Nudge;
use crate::services::publish::Publisher;
use crate::services::target::TargetService;
use crate::store::Store;

/// The collector says itself when it wants to come back; this is the latest.
const COLLECT_EVERY: Duration = Duration::from_secs(30);
/// How soon a change made through another server reaches this one's files.
const PUBLISH_EVERY: Duration = Duration::from_secs(30);

/// Where metrics come from, and the collector if it is this server itself.
#[derive(Clone)]
pub(super) struct Source {
    pub(super) metrics: Arc<dyn MetricsSource>,
    pub(super) collector: Option<Arc<Collector>>,
}

impl Source {
    /// The one that the settings name.
    pub(super) fn open(settings: &Settings, clock: &Clock) -> Result<Self, StartError> {
        if let Some(url) = settings.prometheus.address() {
            return Ok(Self::given(Arc::new(PrometheusSource::new(&PrometheusSettings::new(url))?)));
        }
        let dir = settings.server.data_dir.join("collector");
        let guard = Guard::new(Policy { allow_private: settings.allows_private_targets() });
        let collector = Arc::new(Collector::open(&CollectorSettings::new(dir), guard, clock.now())?);
        Ok(Self { metrics: Arc::clone(&collector) as Arc<dyn MetricsSource>, collector: Some(collector) })
    }

    pub(super) fn given(metrics: Arc<dyn MetricsSource>) -> Self {
        Self { metrics, collector: None }
    }
}

/// Where this server's own metrics can be scraped, if any account may see them: they count what all accounts do together, so only on a
/// machine that keeps to itself.
fn own_metrics(settings: &Settings, listening: SocketAddr) -> Option<String> {
    let open = settings.http.metrics_token.is_none() && settings.allows_private_targets();
    (open && listening.ip().is_loopback()).then(|| listening.to_string())
}

pub(super) struct Targets {
    pub(super) service: Arc<TargetService>,
    pub(super) publisher: Arc<Publisher>,
}

impl Targets {
    /// Also starts the job that publishes them.
    pub(super) fn new(
        settings: &Settings,
        store: &Store,
        clock: &Clock,
        source: &Source,
        listening: SocketAddr,
        jobs: &mut Runner,
    ) -> Self {
        let collect = Nudge::default();
        if let Some(collector) = &source.collector {
            jobs.spawn(COLLECT_EVERY, collect.clone(), Arc::new(Collect(Arc::clone(collector))));
        }
        let publisher = Arc::new(Publisher {
            store: store.clone(),
            system: SystemScope::for_job("publish every tenant's targets to Prometheus"),
            dir: settings.prometheus.targets_dir.clone(),
            collector: source.collector.clone(),
            collect,
        });
        let nudge = Nudge::default();
        jobs.spawn(PUBLISH_EVERY, nudge.clone(), Arc::new(PublishTargets(Arc::clone(&publisher))));
        let service = TargetService {
            store: store.clone(),
            source: Arc::clone(&source.metrics),
            own_metrics: own_metrics(settings, listening),
            guard: Guard::new(Policy { allow_private: settings.allows_private_targets() }),
            limit: settings.prometheus.max_targets.0.into(),
            publisher: nudge,
            clock: clock.clone(),
        };
        Self { service: Arc::new(service), publisher }
    }
}
