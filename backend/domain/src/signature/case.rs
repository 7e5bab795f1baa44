//! One cluster's facts, with the questions signatures ask of them.

use crate::detect::{Family, family};
use crate::fact::{Fact, FactKind};
use crate::metric::Unit;
use crate::time::UtcMillis;
use crate::units::{duration, humanise};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Case<'a> {
    /// Ranked, strongest first.
    pub(crate) facts: &'a [Fact],
    now: UtcMillis,
}

impl<'a> Case<'a> {
    pub(crate) fn new(facts: &'a [Fact], now: UtcMillis) -> Self {
        Self { facts, now }
    }

    /// The strongest fact that satisfies `wanted`.
    pub(crate) fn find(&self, wanted: impl Fn(&Fact) -> bool) -> Option<&'a Fact> {
        self.facts.iter().find(|fact| wanted(fact))
    }

    /// The strongest fact about a metric.
    pub(crate) fn metric(&self, metric: &str) -> Option<&'a Fact> {
        self.find(|fact| fact.series.metric == metric)
    }

    /// The strongest fact about any of these metrics.
    pub(crate) fn any(&self, metrics: &[&str]) -> Option<&'a Fact> {
        self.find(|fact| metrics.contains(&fact.series.metric.as_str()))
    }

    pub(crate) fn all(&self, wanted: impl Fn(&Fact) -> bool) -> Vec<&'a Fact> {
        self.facts.iter().filter(|fact| wanted(fact)).collect()
    }

    pub(crate) fn family(&self, wanted: Family) -> Vec<&'a Fact> {
        self.all(|fact| family(fact) == wanted)
    }

    /// How long a fact has held: `for 12 min`, a number of that fact's own. Facts hold at least from their window on.
    pub(crate) fn lasting(&self, fact: &Fact) -> String {
        number(fact, "lasting").map_or_else(
            || format!("for {}", duration(crate::detect::seconds(self.now.since(fact.since).max(0)))),
            |seconds| format!("for {}", duration(seconds)),
        )
    }
}

/// A named number of a fact.
pub(crate) fn number(fact: &Fact, name: &str) -> Option<f64> {
    fact.numbers.iter().find(|number| number.name == name).map(|number| number.value)
}

/// A named number of a fact in words; `an unknown amount` where the fact has none.
pub(crate) fn said(fact: &Fact, name: &str) -> String {
    fact.numbers
        .iter()
        .find(|number| number.name == name)
        .map_or_else(|| "an unknown amount".to_owned(), |number| humanise(number.value, number.unit))
}

pub(crate) fn observed(fact: &Fact) -> String {
    humanise(fact.observed, fact.unit)
}

/// A label of the fact's series, or a word for its absence.
pub(crate) fn label<'a>(fact: &'a Fact, names: &[&str], otherwise: &'a str) -> &'a str {
    names.iter().find_map(|name| fact.series.labels.get(*name)).map_or(otherwise, String::as_str)
}

pub(crate) fn is_windows(fact: &Fact) -> bool {
    fact.series.metric.starts_with("windows_")
}

/// A share as the fact gives it: saturation's own number.
pub(crate) fn used(fact: &Fact) -> Option<f64> {
    match fact.kind {
        FactKind::Saturation { used } => Some(used),
        _ => number(fact, "used"),
    }
}

pub(crate) fn percent(share: f64) -> String {
    humanise(share, Unit::Ratio)
}
