//! Puts together targets and what tells Prometheus of them.

use std::sync::Arc;
use std::time::Duration;

use watchkeeper_clients::egress::{Guard, Policy};
use watchkeeper_clients::metrics::{GatherError, MetricsSource};
use watchkeeper_clients::prometheus::{PrometheusSettings, PrometheusSource};

use crate::auth::SystemScope;
use crate::clock::Clock;
use crate::config::Settings;
use crate::jobs::Runner;
use crate::jobs::publish::PublishTargets;
use crate::nudge::Nudge;
use crate::services::publish::Publisher;
use crate::services::target::TargetService;
use crate::store::Store;

/// How soon a change made through another server reaches this one's files.
const PUBLISH_EVERY: Duration = Duration::from_secs(30);

/// The source that the settings name.
pub(super) fn prometheus(settings: &Settings) -> Result<Arc<dyn MetricsSource>, GatherError> {
    let settings = PrometheusSettings::new(settings.prometheus.url.as_url().clone());
    Ok(Arc::new(PrometheusSource::new(&settings)?))
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
        source: &Arc<dyn MetricsSource>,
        jobs: &mut Runner,
    ) -> Self {
        let publisher = Arc::new(Publisher {
            store: store.clone(),
            system: SystemScope::for_job("publish every tenant's targets to Prometheus"),
            dir: settings.prometheus.targets_dir.clone(),
        });
        let nudge = Nudge::default();
        jobs.spawn(PUBLISH_EVERY, nudge.clone(), Arc::new(PublishTargets(Arc::clone(&publisher))));
        let service = TargetService {
            store: store.clone(),
            source: Arc::clone(source),
            guard: Guard::new(Policy { allow_private: settings.allows_private_targets() }),
            limit: settings.prometheus.max_targets.0.into(),
            publisher: nudge,
            clock: clock.clone(),
        };
        Self { service: Arc::new(service), publisher }
    }
}
