//! Metrics as charts ask for them: what there is, and one metric over a span. Everything is confined to the scope's tenant by the
//! source, and everything is bounded here.

use std::sync::Arc;

use watchkeeper_clients::metrics::{MetricsRequest, MetricsSource, RangeRequest};
use watchkeeper_domain::detect::{self, Band};
use watchkeeper_domain::id::{Id, TargetId};
use watchkeeper_domain::metric::{Grid, Series, SeriesKind, Unit};
use watchkeeper_domain::series;
use watchkeeper_domain::target::Target;
use watchkeeper_domain::time::{DAY, HOUR, SECOND, UtcMillis, Window};

use super::ServiceError;
use crate::auth::TenantScope;
use crate::clock::Clock;
use crate::store::Store;

pub use watchkeeper_clients::metrics::{Instance, Metric, Metrics, SourceKind, Traits};

const MAX_POINTS: u32 = 1_000;
const MAX_SERIES: usize = 50;
const MAX_NAMES: u32 = 500;
const MAX_SPAN_MS: i64 = 31 * DAY;
/// Longest metric, instance or search text, bytes.
const MAX_TEXT: usize = 512;
const DEFAULT_POINTS: u32 = 240;
const DEFAULT_NAMES: u32 = 200;
/// Places closer than scrapes would show one sample twice, and rates jagged.
const MIN_STEP_MS: i64 = 15 * SECOND;
/// Scrapes of one target that are looked at before they are folded to [`MAX_POINTS`].
const MAX_SCRAPES: i64 = 10_000;

/// What a person typed of a span; each end may be missing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Span {
    pub from: Option<UtcMillis>,
    pub to: Option<UtcMillis>,
}

#[derive(Debug, Clone, Default)]
pub struct NamesQuery {
    pub instance: Option<String>,
    pub search: Option<String>,
    pub limit: Option<u32>,
}

#[derive(Debug, Clone, Default)]
pub struct RangeQuery {
    pub metric: String,
    pub instance: Option<String>,
    pub span: Span,
    pub points: Option<u32>,
}

/// One metric over a span, each series with the band it is expected to stay in.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricChart {
    pub metric: String,
    pub kind: SeriesKind,
    pub unit: Unit,
    pub grid: Grid,
    pub series: Vec<(Series, Option<Band>)>,
    pub truncated: bool,
}

/// How scrapes of one target went.
#[derive(Debug, Clone, PartialEq)]
pub struct Scrapes {
    pub grid: Grid,
    pub up: Vec<Option<bool>>,
    pub duration_seconds: Vec<Option<f64>>,
    pub series: u32,
}

#[derive(Debug, Clone)]
pub struct MetricService {
    pub store: Store,
    pub source: Arc<dyn MetricsSource>,
    pub clock: Clock,
}

impl MetricService {
    /// What the source is, and whether it answers, in words for the tenant.
    pub async fn source(&self, _scope: &TenantScope) -> (Traits, String) {
        let detail = self.source.ready().await.unwrap_or_else(|error| error.to_string());
        (self.source.traits(), detail)
    }

    /// # Errors
    /// [`ServiceError::Upstream`] when the source does not answer.
    pub async fn instances(&self, scope: &TenantScope) -> Result<Vec<Instance>, ServiceError> {
        Ok(self.source.instances(scope.key(), self.clock.now()).await?)
    }

    /// # Errors
    /// [`ServiceError::InvalidParameter`], and as [`MetricService::instances`].
    pub async fn names(&self, scope: &TenantScope, query: NamesQuery) -> Result<Metrics, ServiceError> {
        let NamesQuery { instance, search, limit } = query;
        let limit = between("limit", limit.unwrap_or(DEFAULT_NAMES), MAX_NAMES)?;
        let request = MetricsRequest {
            user_id: scope.key().to_owned(),
            instance: instance.map(|text| bounded("instance", text)).transpose()?,
            search: bounded("search", search.unwrap_or_default())?,
            limit: limit as usize,
            now: self.clock.now(),
        };
        Ok(self.source.metrics(&request).await?)
    }

    /// An unknown metric has no series; that is no error.
    ///
    /// # Errors
    /// As [`MetricService::names`].
    pub async fn range(&self, scope: &TenantScope, query: RangeQuery) -> Result<MetricChart, ServiceError> {
        let RangeQuery { metric, instance, span, points } = query;
        if metric.is_empty() {
            return Err(ServiceError::InvalidParameter("metric: name the metric to show".to_owned()));
        }
        let points = between("points", points.unwrap_or(DEFAULT_POINTS), MAX_POINTS)?;
        let window = span.within(self.clock.now(), HOUR)?;
        let request = RangeRequest {
            user_id: scope.key().to_owned(),
            metric: bounded("metric", metric)?,
            instance: instance.map(|text| bounded("instance", text)).transpose()?,
            grid: grid(window, i64::from(points), self.least_step()),
            max_series: MAX_SERIES,
        };
        let set = self.source.range(&request).await?;
        let (kind, unit) = set
            .series
            .first()
            .map_or_else(|| series::describe(&request.metric, None), |series| (series.kind, series.unit));
        let banded = |series: Series| {
            let band = detect::expected_band(&series);
            (series, band)
        };
        let series = set.series.into_iter().map(banded).collect();
        Ok(MetricChart { metric: request.metric, kind, unit, grid: set.grid, series, truncated: set.truncated })
    }

    /// # Errors
    /// [`ServiceError::NotFound`] for a target that is not the tenant's, and as [`MetricService::names`].
    pub async fn scrapes(&self, scope: &TenantScope, id: &TargetId, span: Span) -> Result<Scrapes, ServiceError> {
        let found = self.store.tenant(scope).get::<Target>(id.as_str()).await?.ok_or(ServiceError::NotFound)?;
        let window = span.within(self.clock.now(), 6 * HOUR)?;
        let fine = grid(window, MAX_SCRAPES, self.least_step());
        let ask = async |metric: &str| {
            let request = RangeRequest {
                user_id: scope.key().to_owned(),
                metric: metric.to_owned(),
                instance: Some(found.doc.address.clone()),
                grid: fine,
                max_series: MAX_SERIES,
            };
            Ok::<_, ServiceError>(of_target(self.source.range(&request).await?.series, &found.doc))
        };
        let (up, took, samples) =
            futures::try_join!(ask("up"), ask("scrape_duration_seconds"), ask("scrape_samples_scraped"))?;
        Ok(folded(fine, &up, &took, &samples))
    }

    fn least_step(&self) -> i64 {
        let known = self.source.traits().scrape_interval_seconds;
        #[expect(clippy::cast_possible_truncation, reason = "seconds between scrapes")]
        known.map_or(MIN_STEP_MS, |seconds| (seconds.ceil().max(1.0) as i64).saturating_mul(SECOND))
    }
}

impl Span {
    fn within(self, now: UtcMillis, default_ms: i64) -> Result<Window, ServiceError> {
        let end = self.to.unwrap_or(now);
        let window = Window { start: self.from.unwrap_or(end - default_ms), end };
        if window.start >= window.end {
            return Err(ServiceError::InvalidParameter("from: it must be before to".to_owned()));
        }
        if window.millis() > MAX_SPAN_MS {
            return Err(ServiceError::InvalidParameter("from: at most 31 days before to can be shown".to_owned()));
        }
        Ok(window)
    }
}

/// At most so many places, evenly spread back from the last whole second of the window: what is newest is shown.
fn grid(window: Window, points: i64, least_step_ms: i64) -> Grid {
    let even = window.millis().div_euclid(points.max(1)).max(1);
    let step_ms = ((even + SECOND - 1) / SECOND * SECOND).max(least_step_ms);
    let last = window.end.0.div_euclid(SECOND) * SECOND;
    let steps = ((last - window.start.0).max(0) / step_ms).min(points - 1);
    Grid { start: UtcMillis(last - steps * step_ms), step_ms, len: usize::try_from(steps + 1).unwrap_or_default() }
}

fn between(name: &str, number: u32, most: u32) -> Result<u32, ServiceError> {
    let refused = || ServiceError::InvalidParameter(format!("{name}: {number} is not from 1 to {most}"));
    (1..=most).contains(&number).then_some(number).ok_or_else(refused)
}

fn bounded(name: &str, text: String) -> Result<String, ServiceError> {
    let refused = || ServiceError::InvalidParameter(format!("{name}: it is longer than {MAX_TEXT} bytes"));
    if text.len() > MAX_TEXT { Err(refused()) } else { Ok(text) }
}

/// The values of the target's own series; two targets may share an address, then the name tells them apart.
fn of_target(series: Vec<Series>, target: &Target) -> Vec<f64> {
    let named = |one: &Series| one.id.labels.get("name") == Some(&target.name);
    let index = series.iter().position(named).unwrap_or_default();
    series.into_iter().nth(index).map(|one| one.values).unwrap_or_default()
}

/// At most [`MAX_POINTS`] places, each with the worst of what it spans.
fn folded(fine: Grid, up: &[f64], took: &[f64], samples: &[f64]) -> Scrapes {
    let each = fine.len.div_ceil(MAX_POINTS as usize).max(1);
    let len = fine.len.div_ceil(each);
    let fold = |values: &[f64], worse: fn(f64, f64) -> f64| -> Vec<Option<f64>> {
        let place = |n: usize| {
            let part = values.iter().skip(n * each).take(each).copied();
            part.filter(|value| value.is_finite()).reduce(worse)
        };
        (0..len).map(place).collect()
    };
    let brought = samples.iter().rev().find(|value| value.is_finite()).copied().unwrap_or_default();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of samples, clamped")]
    let series = brought.clamp(0.0, f64::from(u32::MAX)) as u32;
    let step_ms = fine.step_ms.saturating_mul(i64::try_from(each).unwrap_or(i64::MAX));
    Scrapes {
        grid: Grid { start: fine.start, step_ms, len },
        up: fold(up, f64::min).into_iter().map(|value| value.map(|value| value > 0.0)).collect(),
        duration_seconds: fold(took, f64::max),
        series,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(from_s: i64, to_s: i64) -> Window {
        Window { start: UtcMillis(from_s * SECOND), end: UtcMillis(to_s * SECOND) }
    }

    #[test]
    fn the_grid_has_no_more_places_than_asked_for_and_no_step_below_a_scrape() {
        let hour = grid(window(3_600, 7_200), 240, MIN_STEP_MS);
        assert_eq!((hour.step_ms, hour.len, hour.at(hour.len - 1).0), (15_000, 240, 7_200_000));
        let short = grid(window(7_190, 7_200), 1_000, MIN_STEP_MS);
        assert_eq!((short.step_ms, short.len), (15_000, 1));
        for points in [1, 7, 240, 1_000] {
            for length in [1, 59, 3_600, 86_400, 31 * 86_400] {
                let grid = grid(window(1_000_003, 1_000_003 + length), points, MIN_STEP_MS);
                assert!((1..=points).contains(&i64::try_from(grid.len).unwrap()), "{points} {length} {grid:?}");
                assert!(grid.at(grid.len) > UtcMillis((1_000_003 + length) * SECOND));
                assert!(grid.at(grid.len - 1) <= UtcMillis((1_000_003 + length) * SECOND));
            }
        }
    }

    #[test]
    fn spans_are_checked() {
        let now = UtcMillis(100 * DAY);
        let span = |from: i64, to: i64| Span { from: Some(UtcMillis(from)), to: Some(UtcMillis(to)) };
        assert_eq!(Span::default().within(now, HOUR).unwrap(), Window { start: now - HOUR, end: now });
        assert!(span(5, 5).within(now, HOUR).is_err());
        assert!(span(0, 31 * DAY).within(now, HOUR).is_ok());
        assert!(span(0, 31 * DAY + 1).within(now, HOUR).is_err());
    }

    #[test]
    fn folding_keeps_the_worst() {
        let fine = Grid { start: UtcMillis(0), step_ms: SECOND, len: 2_000 };
        let mut up = vec![1.0; 2_000];
        up[7] = 0.0;
        up[8] = f64::NAN;
        up[9] = f64::NAN;
        let seen = folded(fine, &up, &[0.5, 0.1], &[3.0, f64::NAN]);
        assert_eq!((seen.grid.len, seen.grid.step_ms, seen.series), (1_000, 2_000, 3));
        assert_eq!(seen.up[2..6], [Some(true), Some(false), None, Some(true)]);
        assert_eq!(seen.duration_seconds[..2], [Some(0.5), None]);
    }
}
