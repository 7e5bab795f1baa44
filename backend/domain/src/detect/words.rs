//! The sentences of facts that speak of a series' own past.

use std::collections::BTreeSet;

use super::draft::Draft;
use super::excursion::Excursion;
use super::meaning::{Meaning, Role};
use super::survey::{Survey, last};
use crate::baseline::median_of;
use crate::fact::{Fact, FactKind};
use crate::metric::{Series, SeriesId};
use crate::units::humanise;

/// `queue_depth (jobs on web-1) rose to 900, expected 80–120, for 12 min`
pub(crate) fn excursion<'a>(survey: &Survey<'a>, series: &'a Series, kind: FactKind, found: &Excursion) -> Draft<'a> {
    let unit = series.unit;
    let since = survey.at(found.start);
    let moved = match (&kind, found.observed > found.baseline.median) {
        (FactKind::LevelShift, true) => "settled higher at",
        (FactKind::LevelShift, false) => "settled lower at",
        (_, true) => "rose to",
        (_, false) => "fell to",
    };
    let text = format!(
        "{} ({}) {moved} {}, expected {} to {}, {}",
        series.id.metric,
        survey.place(&series.id),
        humanise(found.observed, unit),
        humanise(found.low, unit),
        humanise(found.high, unit),
        survey.lasting_text(since),
    );
    Draft::about(series, kind, 0.0)
        .observed(found.observed, unit)
        .since(since)
        .expected(found.low, found.high)
        .number("peak", found.peak, unit)
        .number("usual", found.baseline.median, unit)
        .text(text)
}

/// Context facts: first what checks know by name, then usage, then the rest, each with its usual and its present value.
pub(crate) fn context(survey: &Survey<'_>, told: &BTreeSet<&SeriesId>, limit: usize, first: usize) -> Vec<Fact> {
    let mut ranked: Vec<(u8, &Series)> = survey
        .set
        .series
        .iter()
        .filter(|series| !told.contains(&series.id))
        .filter_map(|series| interest(series).map(|rank| (rank, series)))
        .collect();
    ranked.sort_by(|(a, left), (b, right)| a.cmp(b).then_with(|| left.id.cmp(&right.id)));
    ranked.truncate(limit);
    let drafts = ranked.into_iter().map(|(_, series)| plain(survey, series)).collect();
    super::draft::number_from(drafts, survey, first)
}

/// Lower is more telling; `None` for what has no value or means nothing.
fn interest(series: &Series) -> Option<u8> {
    last(&series.values)?;
    let meaning = Meaning::of(&series.id.metric);
    match (meaning.role, meaning.checked) {
        (Role::Ignored, _) => None,
        (_, true) => Some(0),
        (Role::Symptom { .. }, false) => Some(1),
        (Role::General, false) => Some(2),
        (Role::Context, false) => Some(3),
    }
}

fn plain<'a>(survey: &Survey<'a>, series: &'a Series) -> Draft<'a> {
    let observed = last(&series.values).map_or(f64::NAN, |(_, value)| value);
    let usual = median_of(&series.values).unwrap_or(observed);
    let text = format!(
        "{} ({}) is {}, usually {}",
        series.id.metric,
        survey.place(&series.id),
        humanise(observed, series.unit),
        humanise(usual, series.unit),
    );
    Draft::about(series, FactKind::Context, 0.0)
        .observed(observed, series.unit)
        .since(survey.set.window.start)
        .number("usual", usual, series.unit)
        .text(text)
}
