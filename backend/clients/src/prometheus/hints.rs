//! What exporters say about the type of their metrics, where the name alone would mislead.
//!
//! Asked per tenant, from the tenant's own targets: another's exporter cannot lie about a metric of theirs.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache;
use serde::Deserialize;
use watchkeeper_domain::series::hint_matters;

use super::api::Api;
use super::matrix::misshapen;

/// Metric name to its type (`counter`, `gauge`, …).
pub(super) type ByMetric = HashMap<String, String>;

const FRESH: Duration = Duration::from_secs(600);
const TENANTS: u64 = 4096;
/// Most hints of one tenant.
const METRICS: usize = 2000;

#[derive(Debug)]
pub(super) struct Hints {
    api: Api,
    known: Cache<String, Arc<ByMetric>>,
}

impl Hints {
    pub(super) fn new(api: Api) -> Self {
        Self { api, known: Cache::builder().max_capacity(TENANTS).time_to_live(FRESH).build() }
    }

    /// Empty when Prometheus does not say: a hint makes a batch better and never fails one.
    pub(super) async fn of(&self, owner: &str) -> Arc<ByMetric> {
        let asked = self.known.try_get_with_by_ref(owner, async {
            let body = self.api.metadata(owner).await.map_err(|error| error.to_string())?;
            // A tenant whose targets were not scraped yet is asked about again.
            let found = read(&body.bytes)?;
            if found.is_empty() { Err("no target says anything yet".to_owned()) } else { Ok(Arc::new(found)) }
        });
        asked.await.unwrap_or_else(|cause| {
            tracing::debug!(tenant.id = owner, %cause, "metric metadata is not available");
            Arc::default()
        })
    }
}

#[derive(Deserialize)]
struct Answer {
    data: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    metric: String,
    #[serde(rename = "type")]
    kind: String,
}

/// Keeps the hints that change anything; targets that contradict each other cancel out.
fn read(body: &[u8]) -> Result<ByMetric, String> {
    let answer: Answer = serde_json::from_slice(body).map_err(|error| misshapen(&error))?;
    let mut kinds: HashMap<String, BTreeSet<String>> = HashMap::new();
    for Entry { metric, kind } in answer.data {
        if hint_matters(&metric, &kind) {
            kinds.entry(metric).or_default().insert(kind);
        }
    }
    let single = kinds.into_iter().filter(|(_, kinds)| kinds.len() == 1);
    Ok(single.filter_map(|(metric, kinds)| Some((metric, kinds.into_iter().next()?))).take(METRICS).collect())
}
