//! The built-in analyst: coded failure signatures that turn one cluster's facts into an answer, without any model.
//!
//! A signature looks for the facts it knows and writes what broke, where, since when, how bad and what to do first. Every number in its
//! words comes out of a fact it cites, in that fact's own rounding, so the verifier finds it again. The best-fitting signature speaks; the others
//! that fit become competing hypotheses; where none fits, the strongest fact speaks for itself.
//!
//! To add one: a file with `recognise(&Case) -> Option<Reading>`, a line in [`SIGNATURES`], and a fixture in `tests/`.

mod case;
mod clock;
mod cpu;
mod disk;
mod generic;
mod hardware;
mod limit;
mod memory;
mod network;
mod probe;
mod reading;
mod requests;
mod restart;
mod service;
mod silence;
mod target_down;

use case::Case;
use reading::Reading;

use crate::fact::{Fact, FactKind};
use crate::time::UtcMillis;
use crate::units::humanise;
use crate::verdict::{Answer, AnswerAnomaly};

type Signature = fn(&Case<'_>) -> Option<Reading>;

/// Every signature; order does not matter, the fit decides.
const SIGNATURES: [Signature; 27] = [
    clock::recognise,
    cpu::saturated,
    cpu::stolen,
    cpu::waiting,
    disk::inodes,
    disk::read_only,
    disk::space,
    generic::recognise,
    hardware::hot,
    hardware::memory_errors,
    hardware::raid,
    limit::conntrack,
    limit::descriptors,
    memory::exhausted,
    memory::killed,
    memory::leak,
    memory::swap_storm,
    network::recognise,
    probe::certificate,
    probe::failed,
    requests::recognise,
    restart::host,
    restart::process,
    service::recognise,
    silence::missing,
    silence::stale,
    target_down::recognise,
];

/// Anomalies reported for one cluster; the facts beyond stay evidence of the batch.
const MAX_ANOMALIES: usize = 10;
/// Competing hypotheses worth a person's time.
const MAX_HYPOTHESES: usize = 4;

/// Explains one cluster's facts. No facts, no incident.
#[must_use]
pub fn analyse(facts: &[Fact], now: UtcMillis) -> Answer {
    let case = Case::new(facts, now);
    let mut readings: Vec<Reading> = SIGNATURES.iter().filter_map(|recognise| recognise(&case)).collect();
    readings.sort_by_key(|reading| std::cmp::Reverse(reading.fit));
    let mut readings = readings.into_iter();
    let Some(best) = readings.next() else { return Answer::default() };
    let also = readings.filter(|other| other.fit > generic::FIT).map(Reading::into_rival);
    let hypotheses = best.rivals.iter().cloned().chain(also).take(MAX_HYPOTHESES).collect();
    Answer {
        hypotheses,
        anomalies: facts.iter().take(MAX_ANOMALIES).map(anomaly).collect(),
        incident: Some(best.into_incident()),
    }
}

fn anomaly(fact: &Fact) -> AnswerAnomaly {
    let expected = match fact.expected {
        Some(range) if range.low == range.high => humanise(range.low, fact.unit),
        Some(range) => format!("{} to {}", humanise(range.low, fact.unit), humanise(range.high, fact.unit)),
        None => usual(&fact.kind).to_owned(),
    };
    AnswerAnomaly {
        metric: fact.series.metric.clone(),
        instance: fact.series.instance().to_owned(),
        observed: humanise(fact.observed, fact.unit),
        expected,
        symptom: fact.text.clone(),
        evidence: vec![fact.id.clone()],
    }
}

/// What would be expected instead, where no range says it.
fn usual(kind: &FactKind) -> &'static str {
    match kind {
        FactKind::Missing | FactKind::Stale => "a sample at every scrape",
        FactKind::TargetDown => "an answer",
        FactKind::Flapping { .. } => "a state that stays",
        FactKind::BadState => "another state",
        FactKind::Spike | FactKind::LevelShift | FactKind::Context => "as before",
        FactKind::Trend { .. } | FactKind::Saturation { .. } => "below its limit",
    }
}

#[cfg(test)]
mod tests;
