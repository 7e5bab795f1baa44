//! Detection: from a batch's columns to numbered, ranked facts.
//!
//! Every series gets one cheap look ([`excursion::screen`]); few get a full one. Checks then read the series they know by name
//! (limits, states, restarts) and need no history; events come from the scraper's own report. What only corroborates is kept
//! beside what stands alone, and a quiet batch yields nothing at all.
//!
//! To add a detector over any series: a module here that returns an enum saying why. To add one over known metrics: a module in
//! `check/`, its metrics marked `checked` in [`meaning`].

mod check;
mod down;
mod draft;
mod excursion;
mod flapping;
mod meaning;
mod missing;
mod survey;
mod trend;
mod words;

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod properties;

pub(crate) use down::REASON;
pub(crate) use draft::family;
pub(crate) use meaning::Family;
pub(crate) use survey::seconds;

use draft::{Draft, Drafts};
use excursion::{Judgement, Strictness};
use meaning::{Meaning, Role};
use survey::Survey;

use crate::baseline::{Baseline, Habits};
use crate::fact::{Fact, FactKind};
use crate::metric::{MetricSet, ScrapeState, Series, SeriesId};

/// Facts of one batch; the rest is counted in [`Findings::left_out`].
pub const MAX_FACTS: usize = 40;

/// What one batch's metrics show.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Findings {
    /// Ranked, at most [`MAX_FACTS`]; `M1`, `M2`, … are series, `E1`, … are events.
    pub facts: Vec<Fact>,
    /// Series looked at.
    pub series: u32,
    /// Series with a finding, left-out ones included.
    pub outside: u32,
    pub targets: u32,
    pub targets_down: u32,
    /// Findings beyond [`MAX_FACTS`].
    pub left_out: u32,
}

impl Findings {
    /// Whether any of it is news only beside the last half hour, so that it is worth asking what is usual at this time.
    #[must_use]
    pub fn ask_for_habits(&self) -> bool {
        self.facts.iter().any(is_excusable)
    }
}

/// News only beside the series' own recent past, of a metric of which a move alone is no trouble: what a habit may excuse.
#[must_use]
pub fn is_excusable(fact: &Fact) -> bool {
    let Meaning { role, family, .. } = Meaning::of(&fact.series.metric);
    matches!(fact.kind, FactKind::Spike | FactKind::LevelShift)
        && matches!(role, Role::General | Role::Context)
        && family != Family::Requests
}

/// Examines a batch on what it brings along. Deterministic, and independent of the order of series.
#[must_use]
pub fn examine(set: &MetricSet) -> Findings {
    examine_with(set, &Habits::default())
}

/// [`examine`], but that what is usual at this time is no news.
#[must_use]
pub fn examine_with(set: &MetricSet, habits: &Habits) -> Findings {
    let mut survey = Survey::of(set);
    let mut drafts = Drafts::default();
    let mut ended = Vec::new();
    let mut named: Option<(&str, Meaning)> = None;
    for series in &set.series {
        // Gathered series of one metric stand together, so the last look-up mostly serves.
        let meaning = match named {
            Some((metric, meaning)) if metric == series.id.metric => meaning,
            _ => Meaning::of(&series.id.metric),
        };
        named = Some((&series.id.metric, meaning));
        if meaning.checked {
            survey.index(series);
        }
        if missing::ended(&series.values, survey.judged) {
            ended.push(series);
        }
        if meaning.role != Role::Ignored
            && excursion::screen(&series.values, survey.judged).is_ok()
            && let Some(draft) = own_past(&survey, series, meaning.role, habits)
        {
            drafts.push(draft);
        }
    }
    drafts.extend(missing::examine(&survey, &ended));
    drafts.extend(check::all(&survey));
    drafts.extend(down::examine(&survey));
    conclude(&survey, drafts)
}

/// The most telling healthy series, for a model that is asked about every batch: kind [`FactKind::Context`], numbered after
/// the findings' own facts, at most `limit`.
#[must_use]
pub fn context_facts(set: &MetricSet, from: &Findings, limit: usize) -> Vec<Fact> {
    let survey = Survey::of(set);
    let told: std::collections::BTreeSet<&SeriesId> = from.facts.iter().map(|fact| &fact.series).collect();
    let first = from.facts.iter().filter(|fact| fact.id.0.starts_with('M')).count() + 1;
    words::context(&survey, &told, limit, first)
}

/// Where a series is expected to stay.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    pub low: f64,
    pub high: f64,
}

/// The band that a series' own values draw, as [`examine`] would hold it to beside few others. `None` for metrics that are never
/// judged by their own past, and with too little of it.
#[must_use]
pub fn expected_band(series: &Series) -> Option<Band> {
    let strict = Strictness::of(Meaning::of(&series.id.metric).role, 1)?;
    let baseline = Baseline::of(&mut series.values.clone(), series.unit)?;
    let (low, high) = excursion::edges(&baseline, strict, series.unit);
    Some(Band { low, high })
}

fn own_past<'a>(survey: &Survey<'a>, series: &'a Series, role: Role, habits: &Habits) -> Option<Draft<'a>> {
    let strict = Strictness::of(role, survey.set.series.len())?;
    // A symptom is trouble however regularly it comes.
    let habit = if matches!(role, Role::Symptom { .. }) { None } else { habits.of(&series.id) };
    let (kind, excursion) = match excursion::judge(series, survey.judged, strict, habit) {
        Judgement::Quiet(_) => return None,
        Judgement::Spike(excursion) => (FactKind::Spike, excursion),
        Judgement::LevelShift(excursion) => (FactKind::LevelShift, excursion),
    };
    // How far outside, on a scale that a wild unit cannot blow up.
    let surprise = excursion.baseline.distance(excursion.observed).abs().max(1.0).ln().min(10.0);
    let draft = words::excursion(survey, series, kind, &excursion);
    Some(match role {
        Role::Symptom { .. } => Draft { score: 45.0 + surprise, ..draft },
        Role::General => Draft { score: 30.0 + surprise, ..draft },
        Role::Context | Role::Ignored => Draft { score: 5.0 + surprise, ..draft }.supports(),
    })
}

fn conclude(survey: &Survey<'_>, drafts: Drafts<'_>) -> Findings {
    let settled = drafts.settle();
    let mut kept = settled.drafts;
    let left_out = kept.len().saturating_sub(MAX_FACTS);
    kept.truncate(MAX_FACTS);
    let down = survey.set.targets.iter().filter(|target| target.state == ScrapeState::Down).count();
    Findings {
        facts: draft::number(kept, survey),
        series: capped(survey.set.series.len()),
        outside: capped(settled.outside),
        targets: capped(survey.set.targets.len()),
        targets_down: capped(down),
        left_out: capped(left_out),
    }
}

fn capped(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
