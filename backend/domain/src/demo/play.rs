//! A scenario on a clock: what a metrics source would answer about it.

use super::host::{Host, Scripted};
use super::{Scenario, Telling};
use crate::metric::{Grid, MetricSet, ScrapeHealth, ScrapeState, Series, SeriesId, SeriesKind, Unit};
use crate::series::describe;
use crate::time::{MINUTE, SECOND, UtcMillis, Window};

/// How long before a look at it a target was scraped last.
const SCRAPED_BEFORE: i64 = 4 * SECOND;

/// A scenario whose minute 0 is at `origin`.
#[derive(Debug, Clone)]
pub struct Play {
    origin: UtcMillis,
    hosts: Vec<Host>,
}

/// A telling series as drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    pub unit: Unit,
    pub values: Vec<Option<f64>>,
}

impl Play {
    #[must_use]
    pub fn new(scenario: &Scenario, origin: UtcMillis) -> Self {
        Self { origin, hosts: scenario.hosts() }
    }

    #[must_use]
    pub fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    #[expect(clippy::cast_precision_loss, reason = "a span of days in milliseconds is far below 2^52")]
    fn minute(&self, at: UtcMillis) -> f64 {
        at.since(self.origin) as f64 / MINUTE as f64
    }

    /// What a batch over `window` gathers: counters as rates, the baseline before it.
    #[must_use]
    pub fn gather(&self, window: Window, baseline_ms: i64, step_ms: i64) -> MetricSet {
        let span = MetricSet::empty(window, baseline_ms, step_ms);
        let series = self.hosts.iter().flat_map(|host| self.columns(host, span.grid)).collect();
        MetricSet { series, targets: self.health(window.end), ..span }
    }

    /// How each target was scraped last before `now`: every one of them answers, whatever runs behind it.
    #[must_use]
    pub fn health(&self, now: UtcMillis) -> Vec<ScrapeHealth> {
        let told = |host: &Host| ScrapeHealth {
            instance: host.instance.to_owned(),
            name: host.name.to_owned(),
            state: ScrapeState::Up,
            last_scrape: Some(now - SCRAPED_BEFORE),
            duration_seconds: Some(0.018),
            error: None,
        };
        self.hosts.iter().map(told).collect()
    }

    /// A telling series at every point of a grid.
    #[must_use]
    pub fn draw(&self, telling: &Telling, grid: Grid) -> Option<Drawn> {
        let host = self.hosts.iter().find(|host| host.instance == telling.instance)?;
        let bears = |id: &SeriesId| telling.labels.iter().all(|(k, v)| id.labels.get(*k).is_some_and(|own| own == v));
        let series = host.all().iter().find(|series| series.id.metric == telling.metric && bears(&series.id))?;
        let (_, unit) = describe(telling.metric, None);
        let values = self.values(series, grid).into_iter().map(|value| value.is_finite().then_some(value));
        Some(Drawn { unit, values: values.collect() })
    }

    fn columns<'a>(&'a self, host: &'a Host, grid: Grid) -> impl Iterator<Item = Series> + 'a {
        let up = Series {
            id: SeriesId { metric: "up".to_owned(), labels: host.labels() },
            kind: SeriesKind::Gauge,
            unit: Unit::Count,
            values: vec![1.0; grid.len],
        };
        let told = host.all().iter().map(move |series| {
            let (kind, unit) = describe(&series.id.metric, None);
            Series { id: series.id.clone(), kind, unit, values: self.values(series, grid) }
        });
        std::iter::once(up).chain(told)
    }

    fn values(&self, series: &Scripted, grid: Grid) -> Vec<f64> {
        (0..grid.len).map(|n| series.at(self.minute(grid.at(n)))).collect()
    }
}
