//! States that are bad in themselves: a failed unit, a stopped service, a failed probe, an expiring certificate, one that flaps.

use super::sustained;
use crate::detect::draft::Draft;
use crate::detect::flapping::{Steadiness, steadiness};
use crate::detect::survey::{Survey, last, seconds};
use crate::fact::FactKind;
use crate::metric::{Series, Unit};
use crate::units::duration;

/// A certificate with less than this left wants renewal; automatic renewal happens at a third of 90 days.
const CERTIFICATE_SECONDS: f64 = 14.0 * 86_400.0;

pub(crate) fn examine<'a>(survey: &Survey<'a>) -> Vec<Draft<'a>> {
    let units = survey.metric("node_systemd_unit_state").iter().filter_map(|series| failed_unit(survey, series));
    let services = survey.metric("windows_service_state").iter().filter_map(|series| stopped_service(survey, series));
    let certificates =
        survey.metric("probe_ssl_earliest_cert_expiry").iter().filter_map(|series| certificate(survey, series));
    let answers = survey.metrics(|metric| metric == "probe_success" || metric.ends_with("_up"));
    let answers = answers.into_iter().filter_map(|series| answer(survey, series));
    let targets = survey.metric("up").iter().filter_map(|series| flaps(survey, series, "The target"));
    units.chain(services).chain(certificates).chain(answers).chain(targets).collect()
}

fn bad<'a>(survey: &Survey<'a>, series: &'a Series, score: f64, start: usize, what: &str) -> Draft<'a> {
    let since = survey.at(start);
    let observed = last(&series.values).map_or(f64::NAN, |(_, value)| value);
    let text = format!("{} {what}, {}", survey.place(&series.id), survey.lasting_text(since));
    Draft::about(series, FactKind::BadState, score)
        .observed(observed, Unit::Count)
        .since(since)
        .expected(1.0 - observed, 1.0 - observed)
        .text(text)
}

fn failed_unit<'a>(survey: &Survey<'a>, series: &'a Series) -> Option<Draft<'a>> {
    if series.id.labels.get("state").map(String::as_str) != Some("failed") {
        return None;
    }
    let start = sustained(survey, &series.values, |value| value == 1.0)?;
    Some(bad(survey, series, 64.0, start, "failed"))
}

/// A service that never ran is as it was set up; one that stopped is news.
fn stopped_service<'a>(survey: &Survey<'a>, series: &'a Series) -> Option<Draft<'a>> {
    if series.id.labels.get("state").map(String::as_str) != Some("running") {
        return None;
    }
    let start = sustained(survey, &series.values, |value| value == 0.0)?;
    let ran = series.values.iter().take(start).any(|value| *value == 1.0);
    ran.then(|| bad(survey, series, 64.0, start, "stopped running"))
}

fn certificate<'a>(survey: &Survey<'a>, series: &'a Series) -> Option<Draft<'a>> {
    let (_, expiry) = last(survey.judged_of(&series.values)).filter(|(_, expiry)| *expiry > 0.0)?;
    let left = expiry - seconds(survey.set.window.end.0);
    if left > CERTIFICATE_SECONDS {
        return None;
    }
    let place = survey.name(series.id.instance());
    let text = if left > 0.0 {
        format!("The certificate of {place} expires in {}", duration(left))
    } else {
        format!("The certificate of {place} expired {} ago", duration(-left))
    };
    let urgency = 1.0 - (left / CERTIFICATE_SECONDS).clamp(0.0, 1.0);
    let draft = Draft::about(series, FactKind::BadState, 50.0 + 35.0 * urgency).observed(left, Unit::Seconds);
    Some(draft.since(survey.set.window.start).number("left", left.abs(), Unit::Seconds).text(text))
}

/// `probe_success` and the `…_up` of exporters that stand beside what they watch.
fn answer<'a>(survey: &Survey<'a>, series: &'a Series) -> Option<Draft<'a>> {
    let probe = series.id.metric == "probe_success";
    let what = if probe { "The probe" } else { "The service" };
    if let Some(draft) = flaps(survey, series, what) {
        return Some(draft);
    }
    let start = sustained(survey, &series.values, |value| value == 0.0)?;
    // A probe watches on purpose; another exporter's `…_up` may never have been set up.
    let was = series.values.iter().take(start).any(|value| *value == 1.0);
    let said = if probe { "fails its probe" } else { "does not answer its exporter" };
    (was || probe).then(|| bad(survey, series, 78.0, start, said))
}

fn flaps<'a>(survey: &Survey<'a>, series: &'a Series, what: &str) -> Option<Draft<'a>> {
    let Steadiness::Flaps { changes, first } = steadiness(&series.values) else { return None };
    let since = survey.at(first);
    let text = format!(
        "{what} {} changed state {changes} times in {}",
        survey.place(&series.id),
        duration(survey.lasting(since))
    );
    let observed = last(&series.values).map_or(f64::NAN, |(_, value)| value);
    let draft = Draft::about(series, FactKind::Flapping { changes }, 68.0).observed(observed, Unit::Count).since(since);
    Some(draft.number("changes", f64::from(changes), Unit::Count).text(text))
}
