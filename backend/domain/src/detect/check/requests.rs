//! Requests: the share that ends in a server error, over all of an instance's series of one request counter.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::sustained;
use crate::baseline::median_of;
use crate::detect::draft::Draft;
use crate::detect::survey::{Survey, last};
use crate::fact::FactKind;
use crate::metric::{Series, Unit};
use crate::units::humanise;

/// Share of errors that is trouble if it was not usual before.
const ERRORS: f64 = 0.05;
/// How many times its usual share it must be.
const TIMES_USUAL: f64 = 3.0;
/// Requests a second below which a share says nothing.
const MIN_RATE: f64 = 0.2;
const STATUS_LABELS: [&str; 4] = ["code", "status", "status_code", "http_status"];

#[derive(Debug)]
struct Traffic<'a> {
    any: &'a Series,
    all: Vec<f64>,
    errors: Vec<f64>,
}

pub(crate) fn examine<'a>(survey: &Survey<'a>) -> Vec<Draft<'a>> {
    let mut counters: BTreeMap<(&str, &str), Traffic<'a>> = BTreeMap::new();
    let is_counter = |metric: &str| metric.ends_with("_total") || metric.ends_with("_count");
    for series in
        survey.metrics(|metric| is_counter(metric) && metric.contains("request") || metric.contains("response"))
    {
        let Some(status) = STATUS_LABELS.iter().find_map(|label| series.id.labels.get(*label)) else { continue };
        let len = series.values.len();
        let traffic = counters.entry((series.id.instance(), &series.id.metric)).or_insert_with(|| Traffic {
            any: series,
            all: vec![0.0; len],
            errors: vec![0.0; len],
        });
        add(&mut traffic.all, &series.values);
        if status.starts_with('5') {
            add(&mut traffic.errors, &series.values);
        }
    }
    counters.values().filter_map(|traffic| share(survey, traffic)).collect()
}

/// A series that does not exist yet, or any more, adds nothing.
fn add(sum: &mut [f64], values: &[f64]) {
    sum.iter_mut().zip(values).filter(|(_, value)| value.is_finite()).for_each(|(total, value)| *total += value);
}

fn share<'a>(survey: &Survey<'a>, traffic: &Traffic<'a>) -> Option<Draft<'a>> {
    let share = |(errors, all): (&f64, &f64)| if *all >= MIN_RATE { errors / all } else { f64::NAN };
    let column: Vec<f64> = traffic.errors.iter().zip(&traffic.all).map(share).collect();
    let usual = median_of(column.get(..survey.judged).unwrap_or(&[])).unwrap_or(0.0);
    let limit = ERRORS.max(TIMES_USUAL * usual).min(0.5);
    let since = survey.at(sustained(survey, &column, |share| share >= limit)?);
    let (index, observed) = last(&column)?;
    let rate = traffic.all.get(index).copied().unwrap_or(f64::NAN);
    let text = format!(
        "{} of the requests to {} end in a server error ({} in all), usually {}, {}",
        humanise(observed, Unit::Ratio),
        survey.name(traffic.any.id.instance()),
        humanise(rate, Unit::PerSecond),
        humanise(usual, Unit::Ratio),
        survey.lasting_text(since)
    );
    let mut draft = Draft::about(traffic.any, FactKind::LevelShift, 66.0 + 15.0 * observed);
    draft.series.labels.retain(|label, _| label == "instance" || label == "job");
    draft.series.labels.insert("code".to_owned(), "5xx".to_owned());
    draft.column = Cow::Owned(column);
    let draft = draft.observed(observed, Unit::Ratio).since(since).expected(0.0, limit);
    Some(draft.number("usual", usual, Unit::Ratio).number("requests", rate, Unit::PerSecond).text(text))
}
