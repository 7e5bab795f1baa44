//! Missing: a metric that stopped while its target still answers.
//!
//! Single series come and go with the things they describe (a container's interface, a mount), and that is no failure. A metric of
//! which *every* series of an instance stopped is one: a collector died, or an application stopped reporting.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::draft::Draft;
use super::meaning::{Meaning, Role};
use super::survey::{Survey, last};
use crate::baseline::MIN_POINTS;
use crate::fact::FactKind;
use crate::metric::Series;

/// Gaps at the end of the grid that make a series ended.
const MIN_GAP: usize = 3;

/// Whether a series with a past has no sample in the judged span. Cheap: most series answer with their last value.
pub(crate) fn ended(values: &[f64], judged: usize) -> bool {
    let gap = values.get(judged..).unwrap_or(&[]);
    values.last().is_some_and(|value| value.is_nan())
        && gap.len() >= MIN_GAP
        && gap.iter().all(|value| value.is_nan())
        && values.iter().take(judged).filter(|value| value.is_finite()).take(MIN_POINTS).count() == MIN_POINTS
}

/// One finding for each metric of an instance that vanished whole.
pub(crate) fn examine<'a>(survey: &Survey<'a>, ended: &[&'a Series]) -> Vec<Draft<'a>> {
    if ended.is_empty() {
        return Vec::new();
    }
    let mut gone: BTreeMap<(&str, &str), Vec<&'a Series>> = BTreeMap::new();
    for series in ended {
        gone.entry((series.id.instance(), &series.id.metric)).or_default().push(series);
    }
    let mut alive: HashMap<&str, bool> = HashMap::new();
    let mut still: BTreeSet<(&str, &str)> = BTreeSet::new();
    for series in &survey.set.series {
        if survey.judged_of(&series.values).iter().any(|value| value.is_finite()) {
            // `up` is the scraper's word and stays when everything else is gone.
            *alive.entry(series.id.instance()).or_default() |= series.id.metric != "up";
            let key = (series.id.instance(), series.id.metric.as_str());
            if gone.contains_key(&key) {
                still.insert(key);
            }
        }
    }
    gone.into_iter()
        .filter(|(key, _)| !still.contains(key))
        .filter(|((instance, metric), _)| {
            alive.get(instance) == Some(&true) && !survey.is_down(instance) && Meaning::of(metric).role != Role::Ignored
        })
        .filter_map(|((instance, metric), all)| vanished(survey, instance, metric, &all))
        .collect()
}

fn vanished<'a>(survey: &Survey<'a>, instance: &str, metric: &str, all: &[&'a Series]) -> Option<Draft<'a>> {
    let first = all.iter().min_by(|a, b| a.id.cmp(&b.id))?;
    let (index, value) = last(&first.values)?;
    let since = survey.at(index.saturating_add(1));
    #[expect(clippy::cast_precision_loss, reason = "a count of series")]
    let series = all.len() as f64;
    let text = format!(
        "{metric} on {} stopped reporting {} ago while its target still answers",
        survey.name(instance),
        crate::units::duration(survey.lasting(since)),
    );
    Some(
        Draft::about(first, FactKind::Missing, 35.0)
            .observed(value, first.unit)
            .since(since)
            .number("series", series, crate::metric::Unit::Count)
            .text(text),
    )
}
