//! Targets that do not answer, and targets whose answers have grown old: events, from the scraper's own report.
//!
//! The scraper gives its reason as text and nothing else; [`ScrapeFailure`] classifies it. The text is the tenant's and
//! untrusted: it is used for classification alone.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::draft::{Draft, Weight};
use super::survey::{Survey, last, run_start};
use crate::fact::FactKind;
use crate::metric::{ScrapeHealth, ScrapeState, Series, SeriesId, Unit};
use crate::target::ScrapeFailure;
use crate::time::MINUTE;
use crate::units;

/// Label of a target-down event that names the [`ScrapeFailure`].
pub(crate) const REASON: &str = "reason";

/// Target-down and stale events.
pub(crate) fn examine<'a>(survey: &Survey<'a>) -> Vec<Draft<'a>> {
    let ups: BTreeMap<&str, &Series> =
        survey.metric("up").iter().map(|series| (series.id.instance(), *series)).collect();
    let reported = survey.set.targets.iter().filter_map(|target| {
        let up = ups.get(target.instance.as_str()).copied();
        match target.state {
            ScrapeState::Down => Some(down(survey, &target.instance, target.error.as_deref(), up)),
            ScrapeState::Up => stale(survey, target, up),
            ScrapeState::Pending => None,
        }
    });
    let known = |instance: &str| survey.set.targets.iter().any(|target| target.instance == instance);
    // A source without a report of its targets still says `up`.
    let unreported = ups.iter().filter(|(instance, up)| !known(instance) && still_zero(up));
    reported.chain(unreported.map(|(instance, up)| down(survey, instance, None, Some(up)))).collect()
}

/// A column that has ended says nothing: the target was removed.
fn still_zero(up: &Series) -> bool {
    last(&up.values).is_some_and(|(index, value)| value == 0.0 && index + 2 >= up.values.len())
}

fn down<'a>(survey: &Survey<'a>, instance: &str, error: Option<&str>, up: Option<&'a Series>) -> Draft<'a> {
    let failure = error.map_or(ScrapeFailure::Other, ScrapeFailure::read);
    // Where no point shows it yet, it is younger than the last one.
    let newest = survey.set.grid.len.saturating_sub(1);
    let since = survey.at(up.and_then(|series| run_start(&series.values, |value| value == 0.0)).unwrap_or(newest));
    let text =
        format!("{} does not answer {}: {}", survey.name(instance), survey.lasting_text(since), failure.as_str());
    Draft {
        kind: FactKind::TargetDown,
        weight: Weight::Stands,
        score: 100.0,
        series: event_series(instance, up, Some(failure)),
        column: up.map_or(Cow::Borrowed(&[]), |series| Cow::Borrowed(&series.values)),
        since,
        observed: 0.0,
        unit: Unit::Count,
        expected: None,
        numbers: Vec::new(),
        text,
    }
    .expected(1.0, 1.0)
}

/// The scraper says *up*, but its last success is older than several intervals.
fn stale<'a>(survey: &Survey<'a>, target: &'a ScrapeHealth, up: Option<&'a Series>) -> Option<Draft<'a>> {
    let last = target.last_scrape?;
    let age = survey.set.window.end.since(last);
    if age <= (5 * MINUTE).max(survey.set.grid.step_ms.saturating_mul(5)) {
        return None;
    }
    let age = super::survey::seconds(age);
    let text = format!("The last scrape of {} is {} old", survey.name(&target.instance), units::duration(age));
    Some(Draft {
        kind: FactKind::Stale,
        weight: Weight::Stands,
        score: 80.0,
        series: event_series(&target.instance, up, None),
        column: up.map_or(Cow::Borrowed(&[]), |series| Cow::Borrowed(&series.values)),
        since: last,
        observed: age,
        unit: Unit::Seconds,
        expected: None,
        numbers: Vec::new(),
        text,
    })
}

fn event_series(instance: &str, up: Option<&Series>, failure: Option<ScrapeFailure>) -> SeriesId {
    let mut labels = up.map(|series| series.id.labels.clone()).unwrap_or_default();
    labels.insert("instance".to_owned(), instance.to_owned());
    if let Some(failure) = failure {
        labels.insert(REASON.to_owned(), failure.as_str().to_owned());
    }
    SeriesId { metric: "up".to_owned(), labels }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::fixture::{JUDGED, POINTS, end, host, steady};
    use crate::metric::MetricSet;

    fn dead(set: &MetricSet) -> Vec<crate::fact::Fact> {
        let found = crate::detect::examine(set).facts.into_iter();
        found.filter(|fact| fact.kind == FactKind::TargetDown).collect()
    }

    #[test]
    fn a_death_that_no_point_shows_yet_is_young() {
        let told = host("web:9100").down("connection refused");
        let set = told.gauge("up", &[], steady(1.0)).set();
        let [fact] = dead(&set).try_into().unwrap();
        assert_eq!(fact.since, end() - MINUTE);
        assert_eq!(fact.text, "web does not answer for 60 s: connection refused");
    }

    #[test]
    fn a_target_that_was_removed_is_not_down() {
        let mut up = steady(0.0);
        let mut set = host("web:9100").gauge("up", &[], up.clone()).set();
        set.targets.clear();
        assert_eq!(dead(&set).len(), 1, "the source reports no targets, but says `up`");
        up[POINTS - JUDGED..].fill(f64::NAN);
        let mut set = host("web:9100").gauge("up", &[], up).set();
        set.targets.clear();
        assert!(dead(&set).is_empty());
    }
}
