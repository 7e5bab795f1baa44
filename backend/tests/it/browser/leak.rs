//! A world in which every target loses its memory: what a batch of the real pipeline finds something in.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use watchkeeper::app::Outside;
use watchkeeper_clients::metrics::{GatherError, GatherRequest, MetricsSource};
use watchkeeper_domain::metric::{Grid, MetricSet, ScrapeHealth, ScrapeState, Series, SeriesId, SeriesKind, Unit};
use watchkeeper_domain::time::UtcMillis;

use crate::support::TestApp;

/// The one host of this world.
pub(super) const HOST: &str = "10.0.0.4:9100";
pub(super) const NAME: &str = "api-1";
/// The metric that proves the failure.
pub(super) const METRIC: &str = "node_memory_MemAvailable_bytes";

/// A server whose scheduler runs in this world, beginning as soon as somebody has a target.
pub(super) async fn app() -> TestApp {
    let outside = Outside { metrics: Some(Arc::new(Leaking)), ..Outside::default() };
    TestApp::within(outside, &[("SCHEDULER_ENABLED", "true")]).await
}

#[derive(Debug)]
struct Leaking;

fn series(metric: &str, values: Vec<f64>) -> Series {
    let labels: BTreeMap<String, String> = [("instance".to_owned(), HOST.to_owned())].into();
    let id = SeriesId { metric: metric.to_owned(), labels };
    Series { id, kind: SeriesKind::Gauge, unit: Unit::Bytes, values }
}

fn up(now: UtcMillis) -> ScrapeHealth {
    ScrapeHealth {
        instance: HOST.to_owned(),
        name: NAME.to_owned(),
        state: ScrapeState::Up,
        last_scrape: Some(now),
        duration_seconds: Some(0.012),
        error: None,
    }
}

#[async_trait]
impl MetricsSource for Leaking {
    async fn gather(&self, request: &GatherRequest) -> Result<MetricSet, GatherError> {
        let start = request.window.start - request.baseline_ms;
        let len = usize::try_from(request.window.end.since(start) / request.step_ms).unwrap() + 1;
        let share = |index: usize| index as f64 / len as f64;
        let falling = (0..len).map(|index| 4.0e9 - 2.8e9 * share(index)).collect();
        Ok(MetricSet {
            grid: Grid { start, step_ms: request.step_ms, len },
            window: request.window,
            series: vec![series(METRIC, falling), series("node_memory_MemTotal_bytes", vec![8.0e9; len])],
            targets: vec![up(request.window.end)],
            truncated: None,
        })
    }

    async fn health(&self, _user_id: &str, now: UtcMillis) -> Result<Vec<ScrapeHealth>, GatherError> {
        Ok(vec![up(now)])
    }

    async fn ready(&self) -> Result<String, GatherError> {
        Ok("scripted".to_owned())
    }
}
