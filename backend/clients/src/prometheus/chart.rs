//! What charts ask of Prometheus: which instances and metrics there are, and one metric over a span.
//!
//! Each is a query confined to the owner and read by the same reader as a batch's, so the same caps and the same second look
//! at the owner hold.

use std::collections::BTreeMap;

use watchkeeper_domain::metric::{Grid, Series};
use watchkeeper_domain::series;
use watchkeeper_domain::time::{HOUR, SECOND, UtcMillis};

use super::matrix::Column;
use super::{PrometheusSource, described};
use crate::metrics::{GatherError, Instance, MAX_POINTS, Metric, Metrics, MetricsRequest, RangeRequest, RangeSet};

/// More instances or metrics of one tenant are not looked at.
const MAX_ROWS: usize = 20_000;
/// Prometheus' own notes about scrapes that the built-in collector does not write.
const NOTES: &str = "scrape_(samples_post_metric_relabeling|series_added|timeout_seconds|sample_limit|body_size_bytes)";

/// From how many samples each target's last scrapes brought.
pub(super) async fn instances(
    source: &PrometheusSource,
    owner: &str,
    now: UtcMillis,
) -> Result<Vec<Instance>, GatherError> {
    let grid = ending(now, 15 * SECOND, 20);
    let (scraped, listed) =
        futures::join!(source.matrix("scrape_samples_scraped", &grid, owner, MAX_ROWS), source.listed());
    let listed = listed.ok().and_then(|by_owner| by_owner.get(owner).cloned()).unwrap_or_default();
    let mut found: BTreeMap<(String, String), Instance> = BTreeMap::new();
    for column in scraped?.columns {
        let Some((index, value)) = last(&column) else { continue };
        let label = |key: &str| column.id.labels.get(key).cloned().unwrap_or_default();
        let (instance, name) = (label("instance"), label("name"));
        let exact = listed.iter().find(|health| health.instance == instance && health.name == name);
        let last_sample_at = exact.and_then(|health| health.last_scrape).or(Some(grid.at(index)));
        let entry = Instance { instance: instance.clone(), name: name.clone(), series: count(value), last_sample_at };
        found.insert((instance, name), entry);
    }
    Ok(found.into_values().collect())
}

/// Metrics that had samples in the last day: those of a target that is down still have charts.
pub(super) async fn metrics(source: &PrometheusSource, request: &MetricsRequest) -> Result<Metrics, GatherError> {
    let instance = request.instance.as_deref().map(|i| format!(",instance={}", quoted(i))).unwrap_or_default();
    let query = format!(r#"count by (__name__, user_id) ({{__name__=~".+",__name__!~"{NOTES}"{instance}}})"#);
    let grid = ending(request.now, HOUR, 24);
    let (named, hints) =
        futures::join!(source.matrix(&query, &grid, &request.user_id, MAX_ROWS), source.hints.of(&request.user_id));
    let named = named?;
    let mut items: Vec<Metric> = named
        .columns
        .into_iter()
        .filter(|column| request.wants(&column.id.metric))
        .map(|column| {
            let metric = column.id.metric;
            let hint = hints.get(series::family_name(&metric)).map(String::as_str);
            let (kind, unit) = series::describe(&metric, hint);
            let most = column.values.iter().copied().filter(|value| value.is_finite()).fold(0.0, f64::max);
            Metric { metric, kind, unit, series: count(most) }
        })
        .collect();
    items.sort_by(|a, b| a.metric.cmp(&b.metric));
    Ok(Metrics::limited(items, request.limit, named.cut_by.is_some()))
}

/// Counters need one place more at the beginning to have a rate at the first.
pub(super) async fn range(source: &PrometheusSource, request: &RangeRequest) -> Result<RangeSet, GatherError> {
    let asked = request.grid;
    let len = i64::try_from(asked.len).unwrap_or(i64::MAX).min(MAX_POINTS - 1);
    let len = usize::try_from(len).unwrap_or_default();
    let wider = Grid { start: asked.start - asked.step_ms, step_ms: asked.step_ms, len: len + 1 };
    let instance = request.instance.as_deref().map(|i| format!(",instance={}", quoted(i))).unwrap_or_default();
    let query = format!("{{__name__={}{instance}}}", quoted(&request.metric));
    let (found, hints) = futures::join!(
        source.matrix(&query, &wider, &request.user_id, request.max_series),
        source.hints.of(&request.user_id)
    );
    let found = found?;
    let mut series: Vec<Series> = found
        .columns
        .into_iter()
        .map(|column| {
            let mut one = described(column, wider.step_ms, &hints);
            one.values.remove(0);
            one
        })
        .collect();
    series.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(RangeSet { grid: Grid { len, ..asked }, series, truncated: found.cut_by.is_some() })
}

/// `len` places, the last at the last whole second.
fn ending(now: UtcMillis, step_ms: i64, len: usize) -> Grid {
    let last = now.0.div_euclid(SECOND) * SECOND;
    let back = step_ms.saturating_mul(i64::try_from(len).unwrap_or(i64::MAX).saturating_sub(1));
    Grid { start: UtcMillis(last.saturating_sub(back)), step_ms, len }
}

fn last(column: &Column) -> Option<(usize, f64)> {
    let index = column.values.iter().rposition(|value| value.is_finite())?;
    column.values.get(index).map(|value| (index, *value))
}

fn count(value: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the range before")]
    let whole = value.clamp(0.0, f64::from(u32::MAX)) as u32;
    whole
}

/// A string of PromQL.
fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{escaped}\"")
}
