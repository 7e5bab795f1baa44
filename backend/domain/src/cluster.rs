//! Clusters: facts that likely have one cause, so that one failure becomes one incident.
//!
//! First by place: a dead target swallows what is missing on it; a family (memory, cpu, network, …) of one instance is one failure, a disk one
//! for each mount. Then by cause: where a family that is known to cause another began no later, they are one. Then across
//! instances: errors elsewhere that began just after a target or service died follow from it.
//!
//! A fingerprint names the cause, not the symptoms, so it stays the same from batch to batch while the failure lasts.

mod relation;

use std::collections::BTreeSet;

use crate::detect::{Family, family};
use crate::fact::{Fact, FactId, FactKind};

/// Facts of one likely cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// In order of rank.
    pub fact_ids: Vec<FactId>,
    /// Same failure, same text: `target_down:web:9100`, `disk:web:9100:/var`.
    pub fingerprint: String,
    pub instances: Vec<String>,
    /// Why these facts stand together, in one sentence.
    pub why: String,
}

/// Facts that only corroborate have a lower score than this and never stand alone.
const STANDS_FROM: f64 = 20.0;

/// Facts of one family in one place, while clusters are being made.
#[derive(Debug, Clone)]
struct Group<'a> {
    family: Family,
    instance: &'a str,
    place: Option<&'a str>,
    facts: Vec<&'a Fact>,
    why: Vec<String>,
}

impl<'a> Group<'a> {
    fn score(&self) -> f64 {
        self.facts.iter().map(|fact| fact.score).fold(0.0, f64::max)
    }

    fn onset(&self) -> crate::time::UtcMillis {
        self.facts.iter().map(|fact| fact.since).min().unwrap_or_default()
    }

    fn stands(&self) -> bool {
        self.score() >= STANDS_FROM
    }

    fn absorb(&mut self, other: Group<'a>, why: String) {
        self.facts.extend(other.facts);
        self.why.extend(other.why);
        if !self.why.contains(&why) {
            self.why.push(why);
        }
    }

    fn fingerprint(&self) -> String {
        let mut text = format!("{}:{}", self.family.as_str(), self.instance);
        if let Some(place) = self.place {
            text.push(':');
            text.push_str(place);
        }
        text
    }

    fn finish(mut self, order: impl Fn(&Fact) -> usize) -> Cluster {
        self.facts.sort_by_key(|fact| order(fact));
        let instances: BTreeSet<_> = self.facts.iter().map(|fact| fact.series.instance().to_owned()).collect();
        let why =
            if self.why.is_empty() { "one family of metrics in one place".to_owned() } else { self.why.join("; ") };
        let fingerprint =
            if self.family == Family::Target && instances.len() >= relation::MANY_TARGETS && self.all_down() {
                "target_down:many".to_owned()
            } else {
                self.fingerprint()
            };
        Cluster {
            fact_ids: self.facts.iter().map(|fact| fact.id.clone()).collect(),
            fingerprint,
            instances: instances.into_iter().collect(),
            why,
        }
    }

    /// Several targets died together.
    fn all_down(&self) -> bool {
        self.facts.iter().filter(|fact| fact.kind == FactKind::TargetDown).count() >= relation::MANY_TARGETS
    }
}

/// Groups ranked facts into failures; each fact is in exactly one cluster, the gravest cluster first.
#[must_use]
pub fn cluster(facts: &[Fact]) -> Vec<Cluster> {
    let mut groups = relation::join(by_place(facts));
    groups.sort_by(|a, b| b.score().total_cmp(&a.score()).then_with(|| a.fingerprint().cmp(&b.fingerprint())));
    let order = |fact: &Fact| facts.iter().position(|other| other.id == fact.id).unwrap_or(usize::MAX);
    groups.into_iter().map(|group| group.finish(order)).collect()
}

fn by_place(facts: &[Fact]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for fact in facts {
        let (family, instance) = (family(fact), fact.series.instance());
        let place = place(family, fact);
        match groups.iter_mut().find(|g| g.family == family && g.instance == instance && g.place == place) {
            Some(group) => group.facts.push(fact),
            None => groups.push(Group { family, instance, place, facts: vec![fact], why: Vec::new() }),
        }
    }
    groups
}

/// What tells two failures of one family on one instance apart.
fn place(family: Family, fact: &Fact) -> Option<&str> {
    let labels: &[&str] = match family {
        Family::Disk => &["mountpoint", "volume", "device"],
        Family::Service => &["exported_name", "name", "service"],
        Family::Application => return Some(fact.series.metric.as_str()),
        _ => &[],
    };
    labels.iter().find_map(|label| fact.series.labels.get(*label)).map(String::as_str)
}

#[cfg(test)]
mod tests;
