//! A fact before it has a number: what a detector hands over, and how the many become the ranked few.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::meaning::{Family, Meaning};
use super::survey::Survey;
use crate::fact::{Expected, Fact, FactId, FactKind, Number, Point};
use crate::metric::{Series, SeriesId, Unit};
use crate::time::UtcMillis;

/// Drafts kept while a batch is examined; beyond it the lowest-ranked half is let go and only counted.
const MAX_DRAFTS: usize = 4_096;
/// Points of a fact's chart.
const MAX_POINTS: usize = 120;

/// Whether a finding is reason enough to say that something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    /// Stands alone.
    Stands,
    /// Kept only beside a finding that stands on the same instance.
    Supports,
}

#[derive(Debug, Clone)]
pub(crate) struct Draft<'a> {
    pub(crate) kind: FactKind,
    pub(crate) weight: Weight,
    /// Larger first; 0–100.
    pub(crate) score: f64,
    pub(crate) series: SeriesId,
    /// Values over the grid, for the chart.
    pub(crate) column: Cow<'a, [f64]>,
    pub(crate) since: UtcMillis,
    pub(crate) observed: f64,
    pub(crate) unit: Unit,
    pub(crate) expected: Option<Expected>,
    pub(crate) numbers: Vec<Number>,
    pub(crate) text: String,
}

impl<'a> Draft<'a> {
    /// A finding about one series as it was gathered; `text` and numbers follow.
    pub(crate) fn about(series: &'a Series, kind: FactKind, score: f64) -> Self {
        Self {
            kind,
            weight: Weight::Stands,
            score,
            series: series.id.clone(),
            column: Cow::Borrowed(&series.values),
            since: UtcMillis::default(),
            observed: f64::NAN,
            unit: series.unit,
            expected: None,
            numbers: Vec::new(),
            text: String::new(),
        }
    }

    pub(crate) fn observed(mut self, value: f64, unit: Unit) -> Self {
        self.observed = value;
        self.unit = unit;
        self
    }

    pub(crate) fn since(mut self, at: UtcMillis) -> Self {
        self.since = at;
        self
    }

    pub(crate) fn expected(mut self, low: f64, high: f64) -> Self {
        self.expected = Some(Expected { low, high });
        self
    }

    /// A number that claims may cite; one that is not finite says nothing and is left out.
    pub(crate) fn number(mut self, name: &str, value: f64, unit: Unit) -> Self {
        if value.is_finite() {
            self.numbers.push(Number { name: name.to_owned(), value, unit });
        }
        self
    }

    pub(crate) fn text(mut self, text: String) -> Self {
        self.text = text;
        self
    }

    pub(crate) fn supports(mut self) -> Self {
        self.weight = Weight::Supports;
        self
    }

    fn is_event(&self) -> bool {
        matches!(self.kind, FactKind::TargetDown | FactKind::Stale)
    }

    /// Rank: score, then identity, so that the order of the gathered series never shows.
    fn rank(&self, other: &Self) -> Ordering {
        other
            .score
            .total_cmp(&self.score)
            .then_with(|| self.series.cmp(&other.series))
            .then_with(|| self.text.cmp(&other.text))
    }
}

/// Findings of one batch, bounded.
#[derive(Debug, Default)]
pub(crate) struct Drafts<'a> {
    kept: Vec<Draft<'a>>,
    let_go: usize,
}

impl<'a> Drafts<'a> {
    pub(crate) fn push(&mut self, draft: Draft<'a>) {
        self.kept.push(draft);
        if self.kept.len() >= 2 * MAX_DRAFTS {
            self.kept.sort_by(Draft::rank);
            self.let_go += self.kept.len() - MAX_DRAFTS;
            self.kept.truncate(MAX_DRAFTS);
        }
    }

    pub(crate) fn extend(&mut self, drafts: impl IntoIterator<Item = Draft<'a>>) {
        drafts.into_iter().for_each(|draft| self.push(draft));
    }

    /// What remains to be said: one finding a series, supporting ones only beside what they support, ranked.
    pub(crate) fn settle(mut self) -> Settled<'a> {
        self.kept.sort_by(Draft::rank);
        let mut seen = BTreeSet::new();
        self.kept.retain(|draft| seen.insert(draft.series.clone()));
        let troubled: BTreeSet<String> = self
            .kept
            .iter()
            .filter(|draft| draft.weight == Weight::Stands)
            .map(|draft| draft.series.instance().to_owned())
            .collect();
        self.kept.retain(|draft| draft.weight == Weight::Stands || troubled.contains(draft.series.instance()));
        if troubled.is_empty() {
            self.let_go = 0;
        }
        let outside = self.kept.iter().filter(|draft| !draft.is_event()).count() + self.let_go;
        Settled { drafts: self.kept, outside }
    }
}

#[derive(Debug)]
pub(crate) struct Settled<'a> {
    pub(crate) drafts: Vec<Draft<'a>>,
    /// Series outside, those let go by the bound included.
    pub(crate) outside: usize,
}

/// Numbers the drafts: `M1`, `M2`, … for series and `E1`, … for events, in order of rank.
pub(crate) fn number(drafts: Vec<Draft<'_>>, survey: &Survey<'_>) -> Vec<Fact> {
    number_from(drafts, survey, 1)
}

/// [`number`], with series counted from `first`.
pub(crate) fn number_from(drafts: Vec<Draft<'_>>, survey: &Survey<'_>, first: usize) -> Vec<Fact> {
    let (mut series, mut events) = (first, 1);
    drafts
        .into_iter()
        .map(|draft| {
            let (letter, counter) = if draft.is_event() { ('E', &mut events) } else { ('M', &mut series) };
            let id = FactId(format!("{letter}{counter}"));
            *counter += 1;
            finish(draft, id, survey)
        })
        .collect()
}

fn finish(draft: Draft<'_>, id: FactId, survey: &Survey<'_>) -> Fact {
    let points = points(&draft.column, survey);
    let lasting = Number { name: "lasting".to_owned(), value: survey.lasting(draft.since), unit: Unit::Seconds };
    Fact {
        id,
        kind: draft.kind,
        target_name: survey.name(draft.series.instance()).to_owned(),
        series: draft.series,
        window: survey.set.window,
        since: draft.since,
        observed: draft.observed,
        expected: draft.expected,
        unit: draft.unit,
        numbers: draft.numbers.into_iter().chain([lasting]).collect(),
        score: draft.score,
        text: draft.text,
        points,
    }
}

/// Thinned to [`MAX_POINTS`] by taking every n-th point, the last one always among them.
fn points(column: &[f64], survey: &Survey<'_>) -> Vec<Point> {
    let stride = column.len().div_ceil(MAX_POINTS).max(1);
    let offset = column.len().saturating_sub(1) % stride;
    column
        .iter()
        .enumerate()
        .skip(offset)
        .step_by(stride)
        .map(|(index, value)| Point { at: survey.set.grid.at(index), value: value.is_finite().then_some(*value) })
        .collect()
}

/// The family a fact belongs to, by its metric.
pub(crate) fn family(fact: &Fact) -> Family {
    Meaning::of(&fact.series.metric).family
}
