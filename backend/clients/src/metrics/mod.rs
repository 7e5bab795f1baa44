//! The metrics source: a port, so that the pipeline and the charts cannot tell Prometheus from any other.
//!
//! A source that only knows how to gather (a script, a test) answers the charts from that; one that holds real history overrides
//! what it can answer better.

mod chart;
mod error;

use async_trait::async_trait;
use watchkeeper_domain::metric::{Grid, MetricSet, ScrapeHealth};
use watchkeeper_domain::time::{SECOND, UtcMillis, Window};

pub use chart::{Instance, Metric, Metrics, MetricsRequest, RangeRequest, RangeSet};
pub use error::GatherError;

/// More points per series are never asked for: Prometheus refuses them.
pub(crate) const MAX_POINTS: i64 = 11_000;

/// What a batch asks for: everything of one tenant over a span.
#[derive(Debug, Clone)]
pub struct GatherRequest {
    /// Value of the `user_id` label every selector is forced to.
    pub user_id: String,
    /// The span under judgement.
    pub window: Window,
    /// How far before the window the baseline reaches, milliseconds.
    pub baseline_ms: i64,
    pub step_ms: i64,
    /// More series than this are left out, and the set says so.
    pub max_series: usize,
}

impl GatherRequest {
    /// Baseline and window together on whole multiples of the step, ending before the window's end. A step is whole seconds.
    pub(crate) fn grid(&self) -> Result<Grid, GatherError> {
        let step_ms = (self.step_ms / SECOND).max(1) * SECOND;
        let floor = |at: i64| at.div_euclid(step_ms) * step_ms;
        let last = floor(self.window.end.0 - 1);
        let first = floor(self.window.start.0 - self.baseline_ms).max(last - (MAX_POINTS - 1) * step_ms);
        let places = usize::try_from((last - first) / step_ms + 1);
        let len = places
            .map_err(|_negative| GatherError::Refused { cause: "the window ends before it starts".to_owned() })?;
        Ok(Grid { start: UtcMillis(first), step_ms, len })
    }
}

/// The closed set of sources an operator can choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    Prometheus,
    /// This process keeps the samples itself.
    Builtin,
}

/// What a source is, whether it answers or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Traits {
    pub kind: SourceKind,
    /// Whether it can be asked in PromQL.
    pub promql: bool,
    /// How often targets are scraped, where the source knows.
    pub scrape_interval_seconds: Option<f64>,
}

#[async_trait]
pub trait MetricsSource: Send + Sync + std::fmt::Debug {
    /// Series (counters as rates) and scrape health of one tenant.
    async fn gather(&self, request: &GatherRequest) -> Result<MetricSet, GatherError>;

    /// How each of the tenant's targets was last scraped.
    async fn health(&self, user_id: &str, now: UtcMillis) -> Result<Vec<ScrapeHealth>, GatherError>;

    /// One cheap question; the answer names the source and its version.
    async fn ready(&self) -> Result<String, GatherError>;

    fn traits(&self) -> Traits {
        Traits { kind: SourceKind::Builtin, promql: false, scrape_interval_seconds: None }
    }

    /// The tenant's instances that have samples, ordered by instance and name.
    async fn instances(&self, user_id: &str, now: UtcMillis) -> Result<Vec<Instance>, GatherError> {
        Ok(chart::instances(&self.gather(&chart::recent(user_id, now)).await?))
    }

    /// The tenant's metrics, ordered by name.
    async fn metrics(&self, request: &MetricsRequest) -> Result<Metrics, GatherError> {
        Ok(chart::metrics(&self.gather(&chart::recent(&request.user_id, request.now)).await?, request))
    }

    /// Deletes what the source itself keeps of a tenant; one that keeps nothing has nothing to do.
    async fn forget(&self, _user_id: &str) -> Result<(), GatherError> {
        Ok(())
    }

    /// The series of one metric on a grid, counters as rates, ordered by labels. Unknown: none.
    async fn range(&self, request: &RangeRequest) -> Result<RangeSet, GatherError> {
        Ok(chart::range(self.gather(&request.as_gather()).await?, request))
    }
}
