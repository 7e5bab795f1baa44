//! The metrics source: a port, so that the pipeline and the charts cannot tell Prometheus from any other.
//!
//! A source that only knows how to gather (a script, a test) answers the charts from that; one that holds real history overrides
//! what it can answer better.

mod chart;
mod error;

use async_trait::async_trait;
use watchkeeper_domain::metric::{MetricSet, ScrapeHealth};
use watchkeeper_domain::time::{UtcMillis, Window};

pub use chart::{Instance, Metric, Metrics, MetricsRequest, RangeRequest, RangeSet};
pub use error::GatherError;

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

    /// The series of one metric on a grid, counters as rates, ordered by labels. Unknown: none.
    async fn range(&self, request: &RangeRequest) -> Result<RangeSet, GatherError> {
        Ok(chart::range(self.gather(&request.as_gather()).await?, request))
    }
}
