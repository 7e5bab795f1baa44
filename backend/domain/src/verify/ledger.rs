//! Everything the facts of a case let one say: known ids, names and numbers, with what follows from them by arithmetic.

use std::collections::BTreeSet;

use super::quantity::{Bound, Mention, Quantity, mentions};
use super::unit::Dimension;
use crate::fact::{Fact, FactId, FactKind};
use crate::metric::Unit;
use crate::prompt::neutralise;
use crate::time::{DAY, UtcMillis};
use crate::units::humanise;

/// `about 300` may be 310: a tenth to either side.
const ABOUT: f64 = 0.1;
/// `over 90 %` may be 99 %, `over 2` may be 3; not ten times as much.
const BEYOND: f64 = 1.5;

/// What is known in one case.
#[derive(Debug)]
pub(super) struct Ledger<'a> {
    pub(super) facts: &'a [Fact],
    /// Every text of the facts, raw and neutralised: what a sentence may quote.
    texts: String,
    /// Names with digits that are no measurements, longest first.
    names: Vec<String>,
}

impl<'a> Ledger<'a> {
    pub(super) fn new(facts: &'a [Fact]) -> Self {
        let mut texts = String::new();
        let mut names = BTreeSet::new();
        for fact in facts {
            let labels = fact.series.labels.values();
            for name in labels.chain([&fact.series.metric, &fact.target_name]) {
                for form in [name.clone(), neutralise(name, usize::MAX).text] {
                    texts.extend([form.as_str(), "\n"]);
                    names.extend(Some(form).filter(|form| is_name(form)));
                }
            }
            texts.extend([fact.text.as_str(), "\n"]);
        }
        let mut names: Vec<String> = names.into_iter().collect();
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        Self { facts, texts, names }
    }

    /// The text with every known name blanked, so that their digits are not taken for numbers.
    pub(super) fn without_names(&self, text: &str) -> String {
        self.names.iter().fold(text.to_owned(), |text, name| match text.contains(name.as_str()) {
            true => blank(&text, name),
            false => text,
        })
    }

    pub(super) fn fact(&self, id: &FactId) -> Option<&'a Fact> {
        self.facts.iter().find(|fact| fact.id == *id)
    }

    pub(super) fn cited(&self, ids: &[FactId]) -> Vec<&'a Fact> {
        ids.iter().filter_map(|id| self.fact(id)).collect()
    }

    /// Whether any text of the facts holds this host, date or time literally.
    pub(super) fn quotes(&self, name: &str) -> bool {
        self.texts.contains(name)
    }

    /// A date some fact's span touches.
    pub(super) fn knows_date(&self, date: &str) -> bool {
        self.facts.iter().any(|fact| {
            let (first, last) = (fact.since.min(fact.window.start), fact.window.end);
            let mut day = first;
            while day < last + DAY {
                if stamp(day).as_deref() == Some(date) {
                    return true;
                }
                day = day + DAY;
            }
            false
        })
    }

    /// A time of day within some fact's span, to the minute.
    pub(super) fn knows_clock(&self, second: i64) -> bool {
        self.facts.iter().any(|fact| {
            let (first, last) = (fact.since.min(fact.window.start), fact.window.end);
            let day = first.0.div_euclid(DAY) * DAY;
            [day, day + DAY].iter().any(|day| {
                let at = day + second * 1_000;
                first.0 - 60_000 < at && at < last.0 + 60_000
            })
        })
    }
}

/// Long enough and letter-first, or a host: a label value `0.9 GB` must not excuse that number.
fn is_name(name: &str) -> bool {
    let letter_first = name.starts_with(|c: char| c.is_alphabetic() || matches!(c, '/' | '_' | '['));
    name.contains(|c: char| c.is_ascii_digit())
        && ((name.len() >= 3 && letter_first) || matches!(mentions(name).as_slice(), [Mention::Host(_)]))
}

/// Blanks `name` wherever it stands by itself.
fn blank(text: &str, name: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(name) {
        let part_of_word = before.ends_with(char::is_alphanumeric) || after.starts_with(char::is_alphanumeric);
        out.push_str(before);
        out.push_str(if part_of_word { name } else { "·" });
        rest = after;
    }
    out.push_str(rest);
    out
}

fn stamp(at: UtcMillis) -> Option<String> {
    Some(at.to_jiff()?.strftime("%F").to_string())
}

/// A number that may be said, in its dimension's base unit.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Known {
    dimension: Dimension,
    value: f64,
}

/// The numbers that a set of cited facts supports.
#[derive(Debug)]
pub(super) struct Numbers {
    known: Vec<Known>,
    /// The first fact's own number, for the report of a wrong one.
    headline: String,
    facts: usize,
}

impl Numbers {
    pub(super) fn of(cited: &[&Fact], all: &[Fact]) -> Self {
        let mut known = Vec::new();
        for fact in cited {
            of_fact(fact, &mut known);
        }
        for (fact, other) in cited.iter().flat_map(|a| cited.iter().map(move |b| (a, b))) {
            known.push(Known { dimension: Dimension::Seconds, value: span(fact.since, other.since) });
        }
        let headline = cited.first().map_or_else(|| "nothing".to_owned(), |f| humanise(f.observed, f.unit));
        Self { known, headline, facts: all.len() }
    }

    pub(super) fn headline(&self) -> &str {
        &self.headline
    }

    /// Whether some reading of the quantity is some known number, within the rounding shown.
    pub(super) fn support(&self, quantity: &Quantity) -> bool {
        self.is_count(quantity) || self.known.iter().any(|known| matches(quantity, *known))
    }

    /// `4 of 5 facts`, `2 targets`: counts of what is on the table are no measurements.
    fn is_count(&self, quantity: &Quantity) -> bool {
        const COUNTED: &[&str] = &[
            "fact",
            "facts",
            "series",
            "metric",
            "metrics",
            "signal",
            "signals",
            "symptom",
            "symptoms",
            "anomaly",
            "anomalies",
            "target",
            "targets",
            "instance",
            "instances",
            "host",
            "hosts",
            "server",
            "servers",
            "machine",
            "machines",
            "exporter",
            "exporters",
        ];
        #[expect(clippy::cast_precision_loss, reason = "a count of facts is small")]
        let most = self.facts as f64;
        COUNTED.contains(&quantity.noun.as_str())
            && quantity.value.fract() == 0.0
            && (0.0..=most).contains(&quantity.value)
    }
}

fn of_fact(fact: &Fact, known: &mut Vec<Known>) {
    let mut values: Vec<(f64, Unit)> = vec![(fact.observed, fact.unit)];
    values.extend(fact.expected.iter().flat_map(|e| [(e.low, fact.unit), (e.high, fact.unit)]));
    values.extend(fact.numbers.iter().map(|n| (n.value, n.unit)));
    for (value, unit) in &values {
        push(*value, *unit, known);
    }
    // What the observed number is to each of the others: difference, share, change, factor.
    for (value, unit) in values.iter().skip(1).filter(|(_, unit)| *unit == fact.unit) {
        push((fact.observed - value).abs(), *unit, known);
        if *value != 0.0 && fact.observed != 0.0 {
            let factor = fact.observed / value;
            known.push(Known { dimension: Dimension::Percent, value: factor * 100.0 });
            known.push(Known { dimension: Dimension::Percent, value: ((factor - 1.0) * 100.0).abs() });
            known.push(Known { dimension: Dimension::Times, value: factor.max(1.0 / factor) });
        }
    }
    of_kind(&fact.kind, fact.unit, known);
    // The fact's own sentence may be quoted.
    for mention in mentions(&fact.text) {
        if let Mention::Quantity(said) = mention {
            known.extend(said.readings.iter().map(|(d, scale)| Known { dimension: *d, value: said.value * scale }));
        }
    }
    for value in [span(fact.since, fact.window.end), span(fact.window.start, fact.window.end)] {
        known.push(Known { dimension: Dimension::Seconds, value });
    }
}

fn of_kind(kind: &FactKind, unit: Unit, known: &mut Vec<Known>) {
    match kind {
        FactKind::Trend { per_second, seconds_to_limit } => {
            let slope = per_second.abs();
            let dimension = if unit == Unit::Bytes { Dimension::BytesPerSecond } else { Dimension::PerSecond };
            known.push(Known { dimension, value: slope });
            if matches!(unit, Unit::Ratio) {
                known.push(Known { dimension, value: slope * 100.0 });
            }
            if let Some(left) = seconds_to_limit {
                known.push(Known { dimension: Dimension::Seconds, value: *left });
                known.push(Known { dimension: Dimension::Percent, value: 100.0 });
            }
        }
        FactKind::Saturation { used } => push(*used, Unit::Ratio, known),
        FactKind::Flapping { changes } => push(f64::from(*changes), Unit::Count, known),
        FactKind::Spike
        | FactKind::LevelShift
        | FactKind::Missing
        | FactKind::Stale
        | FactKind::TargetDown
        | FactKind::BadState
        | FactKind::Context => {}
    }
}

/// A number in every way it may be said.
fn push(value: f64, unit: Unit, known: &mut Vec<Known>) {
    let mut say = |dimension, value| known.push(Known { dimension, value });
    say(Dimension::Plain, value);
    match unit {
        Unit::Bytes => say(Dimension::Bytes, value),
        Unit::BytesPerSecond => {
            say(Dimension::BytesPerSecond, value);
            say(Dimension::PerSecond, value);
        }
        Unit::Seconds => say(Dimension::Seconds, value),
        Unit::Percent => {
            say(Dimension::Percent, value);
            say(Dimension::Percent, 100.0 - value);
        }
        Unit::Ratio => {
            say(Dimension::Percent, value * 100.0);
            say(Dimension::Percent, (1.0 - value) * 100.0);
        }
        Unit::PerSecond => {
            say(Dimension::PerSecond, value);
            // Seconds per second: the share of time a device or CPU was busy.
            say(Dimension::Percent, value * 100.0);
        }
        Unit::Celsius => say(Dimension::Celsius, value),
        Unit::Count => {}
    }
}

fn matches(quantity: &Quantity, known: Known) -> bool {
    quantity.readings.iter().filter(|(dimension, _)| *dimension == known.dimension).any(|(dimension, scale)| {
        let claimed = quantity.value.abs() * scale;
        let actual = known.value.abs();
        // Spans are commonly cut, not rounded: 22 min is also 22.7 min.
        let shown = if *dimension == Dimension::Seconds { quantity.step } else { quantity.step / 2.0 };
        let slack = shown * scale * (1.0 + 1e-6) + claimed * 1e-9;
        let off = (claimed - actual).abs();
        off <= slack
            || match quantity.bound {
                Bound::Exact => false,
                Bound::About => off <= claimed * ABOUT,
                Bound::AtLeast => claimed <= actual && actual <= claimed * BEYOND,
                Bound::AtMost => actual <= claimed && claimed <= actual * BEYOND,
            }
    })
}

#[expect(clippy::cast_precision_loss, reason = "a span in milliseconds fits a double exactly for 285,000 years")]
fn span(from: UtcMillis, to: UtcMillis) -> f64 {
    to.since(from).abs() as f64 / 1e3
}
