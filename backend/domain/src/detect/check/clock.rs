//! Clocks: far from the true time, or no longer synchronised.

use super::sustained;
use crate::detect::draft::Draft;
use crate::detect::survey::{Survey, seconds};
use crate::fact::FactKind;
use crate::metric::{Series, Unit};
use crate::units::{duration, humanise};

/// Offset by the kernel's own estimate that breaks what depends on order.
const OFFSET_SECONDS: f64 = 0.1;
/// How far a host's clock may run ahead of the scraper's.
const AHEAD_SECONDS: f64 = 30.0;
/// A sample may be as old as the scraper's look-back; only beyond that is a clock behind.
const BEHIND_SECONDS: f64 = 360.0;

pub(crate) fn examine<'a>(survey: &Survey<'a>) -> Vec<Draft<'a>> {
    let skewed = survey.metric("node_time_seconds").iter().filter_map(|series| skew(survey, series));
    let offset = survey.metric("node_timex_offset_seconds").iter().filter_map(|series| offset(survey, series));
    let unsynchronised = survey.metric("node_timex_sync_status").iter().filter_map(|series| lost_sync(survey, series));
    skewed.chain(offset).chain(unsynchronised).collect()
}

/// Compares what a host says the time is with when it was asked.
fn skew<'a>(survey: &Survey<'a>, series: &'a Series) -> Option<Draft<'a>> {
    let judged = survey.judged_of(&series.values).iter().enumerate().filter(|(_, value)| value.is_finite());
    // The freshest sample is the one least behind.
    let ahead = judged.map(|(index, value)| value - seconds(survey.at(survey.judged + index).0)).reduce(f64::max)?;
    if (-BEHIND_SECONDS..=AHEAD_SECONDS).contains(&ahead) {
        return None;
    }
    let way = if ahead > 0.0 { "ahead of" } else { "behind" };
    let name = survey.name(series.id.instance());
    let text = format!("The clock of {name} is {} {way} the scraper's", duration(ahead.abs()));
    let draft =
        Draft::about(series, FactKind::BadState, 66.0).observed(ahead, Unit::Seconds).since(survey.set.window.start);
    Some(draft.number("skew", ahead.abs(), Unit::Seconds).text(text))
}

fn offset<'a>(survey: &Survey<'a>, series: &'a Series) -> Option<Draft<'a>> {
    let since = survey.at(sustained(survey, &series.values, |offset| offset.abs() >= OFFSET_SECONDS)?);
    let (_, offset) = crate::detect::survey::last(&series.values)?;
    let text = format!(
        "The clock of {} is off by {}, {}",
        survey.name(series.id.instance()),
        humanise(offset.abs(), Unit::Seconds),
        survey.lasting_text(since)
    );
    let draft = Draft::about(series, FactKind::BadState, 60.0).observed(offset, Unit::Seconds).since(since);
    Some(draft.expected(-OFFSET_SECONDS, OFFSET_SECONDS).number("skew", offset.abs(), Unit::Seconds).text(text))
}

/// A host that never synchronised (a container, often) is as it was set up; one that stopped is news.
fn lost_sync<'a>(survey: &Survey<'a>, series: &'a Series) -> Option<Draft<'a>> {
    let start = sustained(survey, &series.values, |status| status == 0.0)?;
    let was = series.values.iter().take(start).any(|status| *status == 1.0);
    let since = survey.at(start);
    let text = format!(
        "{} is no longer synchronised with a time server, {}",
        survey.name(series.id.instance()),
        survey.lasting_text(since)
    );
    was.then(|| {
        Draft::about(series, FactKind::BadState, 45.0)
            .observed(0.0, Unit::Count)
            .since(since)
            .expected(1.0, 1.0)
            .text(text)
    })
}
