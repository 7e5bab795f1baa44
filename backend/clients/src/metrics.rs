//! The metrics source: a port, so that the pipeline cannot tell Prometheus from any other.

use async_trait::async_trait;
use watchkeeper_domain::metric::{MetricSet, ScrapeHealth};
use watchkeeper_domain::time::{UtcMillis, Window};

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

/// Why nothing could be gathered; the text is for the tenant and names what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GatherError {
    #[error("Prometheus at {url} does not answer: {cause}. Check PROM_URL and that Prometheus is running.")]
    Unreachable { url: String, cause: String },
    #[error("Prometheus at {url} did not answer within {seconds} s. It may be overloaded.")]
    TimedOut { url: String, seconds: u64 },
    #[error("Prometheus at {url} answered something that is not its API: {cause}")]
    BadAnswer { url: String, cause: String },
    #[error("Prometheus refused the query: {cause}")]
    Refused { cause: String },
}

#[async_trait]
pub trait MetricsSource: Send + Sync + std::fmt::Debug {
    /// Series (counters as rates) and scrape health of one tenant.
    async fn gather(&self, request: &GatherRequest) -> Result<MetricSet, GatherError>;

    /// How each of the tenant's targets was last scraped.
    async fn health(&self, user_id: &str, now: UtcMillis) -> Result<Vec<ScrapeHealth>, GatherError>;

    /// One cheap question; the answer names the source and its version.
    async fn ready(&self) -> Result<String, GatherError>;
}
