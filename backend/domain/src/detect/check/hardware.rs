//! Hardware that says itself that it suffers: heat beyond its own limit, arrays with disks missing.

use std::collections::HashMap;

use super::sustained;
use crate::detect::draft::Draft;
use crate::detect::survey::{Survey, last};
use crate::fact::FactKind;
use crate::metric::{Series, Unit};
use crate::units::humanise;

/// Where a sensor names no critical temperature.
const HOT_CELSIUS: f64 = 95.0;
/// Some sensors name nonsense.
const SANE_LIMITS: std::ops::RangeInclusive<f64> = 50.0..=130.0;

pub(crate) fn examine<'a>(survey: &Survey<'a>) -> Vec<Draft<'a>> {
    let limits: HashMap<_, _> = survey
        .metric("node_hwmon_temp_crit_celsius")
        .iter()
        .filter_map(|series| last(&series.values).map(|(_, limit)| (&series.id.labels, limit)))
        .collect();
    let heat = survey.metric("node_hwmon_temp_celsius").iter().filter_map(|series| {
        let limit = limits.get(&series.id.labels).copied().filter(|limit| SANE_LIMITS.contains(limit));
        hot(survey, series, limit.unwrap_or(HOT_CELSIUS))
    });
    let arrays = survey.metric("node_md_disks").iter().filter_map(|series| degraded(survey, series));
    heat.chain(arrays).collect()
}

fn hot<'a>(survey: &Survey<'a>, series: &'a Series, limit: f64) -> Option<Draft<'a>> {
    let since = survey.at(sustained(survey, &series.values, |celsius| celsius >= limit)?);
    let (_, celsius) = last(&series.values)?;
    let text = format!(
        "{} is at {}, its limit is {}, {}",
        survey.place(&series.id),
        humanise(celsius, Unit::Celsius),
        humanise(limit, Unit::Celsius),
        survey.lasting_text(since)
    );
    let draft = Draft::about(series, FactKind::BadState, 72.0).observed(celsius, Unit::Celsius).since(since);
    Some(draft.expected(0.0, limit).number("limit", limit, Unit::Celsius).text(text))
}

fn degraded<'a>(survey: &Survey<'a>, series: &'a Series) -> Option<Draft<'a>> {
    if series.id.labels.get("state").map(String::as_str) != Some("failed") {
        return None;
    }
    let since = survey.at(sustained(survey, &series.values, |disks| disks > 0.0)?);
    let (_, disks) = last(&series.values)?;
    let text = format!(
        "RAID array {} has {} failed {}, {}",
        survey.place(&series.id),
        humanise(disks, Unit::Count),
        if disks > 1.0 { "disks" } else { "disk" },
        survey.lasting_text(since)
    );
    let draft = Draft::about(series, FactKind::BadState, 82.0).observed(disks, Unit::Count).since(since);
    Some(draft.expected(0.0, 0.0).text(text))
}
