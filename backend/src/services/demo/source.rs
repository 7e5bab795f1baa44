//! Metrics of demos beside the real ones: whoever asks for a demo's tenant is answered from its script.

use std::sync::Arc;

use async_trait::async_trait;
use watchkeeper_clients::metrics::{
    GatherError, GatherRequest, Instance, Metrics, MetricsRequest, MetricsSource, RangeRequest, RangeSet, Traits,
};
use watchkeeper_domain::demo::{Play, RUN_ID, Run, Scenario};
use watchkeeper_domain::id::{Id, UserId};
use watchkeeper_domain::metric::{MetricSet, ScrapeHealth};
use watchkeeper_domain::time::UtcMillis;

use crate::auth::{SystemScope, TenantScope};
use crate::store::Store;

/// A source that answers for demos itself and leaves everybody else to the one behind it.
#[derive(Debug)]
pub struct WithDemos {
    real: Arc<dyn MetricsSource>,
    store: Store,
    system: SystemScope,
}

/// A run's script, up to where it has come.
#[derive(Debug)]
struct Script(Option<(Play, UtcMillis)>);

impl WithDemos {
    #[must_use]
    pub fn new(real: Arc<dyn MetricsSource>, store: Store, system: SystemScope) -> Self {
        Self { real, store, system }
    }

    /// `None` for whoever is no demo.
    async fn script(&self, user_id: &str) -> Result<Option<Script>, GatherError> {
        let Some(demo) = UserId::parse(user_id).ok().filter(UserId::is_demo) else { return Ok(None) };
        let scope = TenantScope::for_job(demo, &self.system, "read how far a demo has come");
        let run = self.store.tenant(&scope).get::<Run>(RUN_ID).await;
        let run = run.map_err(|error| GatherError::Refused { cause: error.to_string() })?.map(|found| found.doc);
        let played = run.and_then(|run| {
            Scenario::find(&run.scenario).map(|scenario| (Play::new(scenario, run.origin), run.reached()))
        });
        Ok(Some(Script(played)))
    }
}

#[async_trait]
impl MetricsSource for WithDemos {
    async fn gather(&self, request: &GatherRequest) -> Result<MetricSet, GatherError> {
        match self.script(&request.user_id).await? {
            Some(script) => script.gather(request).await,
            None => self.real.gather(request).await,
        }
    }

    async fn health(&self, user_id: &str, now: UtcMillis) -> Result<Vec<ScrapeHealth>, GatherError> {
        match self.script(user_id).await? {
            Some(script) => script.health(user_id, now).await,
            None => self.real.health(user_id, now).await,
        }
    }

    async fn ready(&self) -> Result<String, GatherError> {
        self.real.ready().await
    }

    fn traits(&self) -> Traits {
        self.real.traits()
    }

    async fn instances(&self, user_id: &str, now: UtcMillis) -> Result<Vec<Instance>, GatherError> {
        match self.script(user_id).await? {
            Some(script) => script.instances(user_id, script.now(now)).await,
            None => self.real.instances(user_id, now).await,
        }
    }

    async fn metrics(&self, request: &MetricsRequest) -> Result<Metrics, GatherError> {
        match self.script(&request.user_id).await? {
            Some(script) => script.metrics(&MetricsRequest { now: script.now(request.now), ..request.clone() }).await,
            None => self.real.metrics(request).await,
        }
    }

    /// A script keeps nothing of anybody.
    async fn forget(&self, user_id: &str) -> Result<(), GatherError> {
        self.real.forget(user_id).await
    }

    async fn range(&self, request: &RangeRequest) -> Result<RangeSet, GatherError> {
        match self.script(&request.user_id).await? {
            Some(script) => script.range(request).await,
            None => self.real.range(request).await,
        }
    }
}

impl Script {
    /// The demo's own now: nothing has happened after it.
    fn now(&self, now: UtcMillis) -> UtcMillis {
        self.0.as_ref().map_or(now, |(_, reached)| now.min(*reached))
    }
}

#[async_trait]
impl MetricsSource for Script {
    async fn gather(&self, request: &GatherRequest) -> Result<MetricSet, GatherError> {
        let GatherRequest { window, baseline_ms, step_ms, .. } = *request;
        let Some((play, reached)) = &self.0 else { return Ok(MetricSet::empty(window, baseline_ms, step_ms)) };
        let mut set = play.gather(window, baseline_ms, step_ms);
        set.forget_after(*reached);
        Ok(set)
    }

    async fn health(&self, _user_id: &str, now: UtcMillis) -> Result<Vec<ScrapeHealth>, GatherError> {
        Ok(self.0.as_ref().map(|(play, reached)| play.health(now.min(*reached))).unwrap_or_default())
    }

    async fn ready(&self) -> Result<String, GatherError> {
        Ok("a script".to_owned())
    }
}
