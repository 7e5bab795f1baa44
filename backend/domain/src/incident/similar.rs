//! Which earlier incidents an incident is like, and by what.
//!
//! The score is a sum of four parts out of 100: the same failure 20, the same kind of failure 30, and up to 25 each for the
//! share of instances and of evidence metrics that both have (Jaccard index: common over all). Below [`LEAST`] two incidents
//! have too little in common to be shown together.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::{EventKind, Incident, family};

/// Incidents that are less alike are not shown.
pub const LEAST: u8 = 30;
/// Shown at most.
pub const MOST: usize = 5;

const SAME_FAILURE: u8 = 20;
const SAME_KIND: u8 = 30;
const SHARED: f64 = 25.0;

/// What two incidents have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Likeness {
    /// 0–100
    pub score: u8,
    pub same_failure: bool,
    pub same_kind: bool,
    pub instances: Vec<String>,
    pub metrics: Vec<String>,
}

/// How much `other` is like `incident`.
#[must_use]
pub fn likeness(incident: &Incident, other: &Incident) -> Likeness {
    let same_failure = incident.fingerprint == other.fingerprint;
    let same_kind = family(&incident.fingerprint) == family(&other.fingerprint);
    let (instances, by_instances) = shared(&instances(incident), &instances(other));
    let (metrics, by_metrics) = shared(&metrics(incident), &metrics(other));
    let parts =
        [if same_failure { SAME_FAILURE } else { 0 }, if same_kind { SAME_KIND } else { 0 }, by_instances, by_metrics];
    let score = parts.iter().fold(0_u8, |sum, part| sum.saturating_add(*part)).min(100);
    Likeness { score, same_failure, same_kind, instances, metrics }
}

/// The most alike first, the newest first among equals; never the incident itself.
#[must_use]
pub fn similar(incident: &Incident, others: Vec<Incident>) -> Vec<(Incident, Likeness)> {
    let mut alike: Vec<_> = others
        .into_iter()
        .filter(|other| other.id != incident.id)
        .map(|other| (likeness(incident, &other), other))
        .filter(|(likeness, _)| likeness.score >= LEAST)
        .collect();
    alike.sort_by_key(|(likeness, other)| (Reverse(likeness.score), Reverse(other.opened_at), other.id.clone()));
    alike.into_iter().take(MOST).map(|(likeness, other)| (other, likeness)).collect()
}

impl Likeness {
    /// `the same failure; web:9100; node_load1 and 2 more metrics`
    #[must_use]
    pub fn words(&self) -> String {
        let mut parts = Vec::new();
        match (self.same_failure, self.same_kind) {
            (true, _) => parts.push("the same failure".to_owned()),
            (false, true) => parts.push("the same kind of failure".to_owned()),
            (false, false) => {}
        }
        parts.extend(some(&self.instances, "instance", "instances"));
        parts.extend(some(&self.metrics, "metric", "metrics"));
        parts.join("; ")
    }
}

/// Why it ended the last time, in the words of its timeline.
#[must_use]
pub fn ending(incident: &Incident) -> Option<&str> {
    incident.timeline.iter().rev().find_map(|event| match &event.kind {
        EventKind::Resolved { why } => Some(why.as_str()),
        _ => None,
    })
}

fn some(shared: &[String], one: &str, many: &str) -> Option<String> {
    let (first, rest) = shared.split_first()?;
    Some(match rest.len() {
        0 => first.clone(),
        1 => format!("{first} and 1 more {one}"),
        n => format!("{first} and {n} more {many}"),
    })
}

fn instances(incident: &Incident) -> BTreeSet<&str> {
    incident.instances.iter().map(String::as_str).collect()
}

fn metrics(incident: &Incident) -> BTreeSet<&str> {
    incident.evidence.iter().map(|fact| fact.series.metric.as_str()).collect()
}

/// What both have, and what that is worth.
fn shared(a: &BTreeSet<&str>, b: &BTreeSet<&str>) -> (Vec<String>, u8) {
    let all = a.union(b).count();
    let common: Vec<String> = a.intersection(b).map(|&name| name.to_owned()).collect();
    if all == 0 {
        return (common, 0);
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a share of 25"
    )]
    let worth = (SHARED * common.len() as f64 / all as f64).round() as u8;
    (common, worth)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{Id, IncidentId};
    use crate::incident::example;
    use crate::time::{DAY, UtcMillis};

    fn on(id: &str, fingerprint: &str, instance: &str, metrics: &[&str]) -> Incident {
        let mut incident = example::incident(UtcMillis(0));
        fingerprint.clone_into(&mut incident.fingerprint);
        incident.id = IncidentId::derive(&[id]);
        incident.instances = vec![instance.to_owned()];
        incident.evidence = metrics.iter().map(|metric| example::fact(metric, instance, UtcMillis(0))).collect();
        incident
    }

    #[test]
    fn the_same_failure_again_is_wholly_alike() {
        let now = on("now", "disk:web:9100:/", "web:9100", &["node_filesystem_avail_bytes"]);
        let then = on("then", "disk:web:9100:/", "web:9100", &["node_filesystem_avail_bytes"]);
        let likeness = likeness(&now, &then);
        assert_eq!(likeness.score, 100);
        assert_eq!(likeness.words(), "the same failure; web:9100; node_filesystem_avail_bytes");
    }

    #[test]
    fn what_is_shared_is_counted_and_too_little_is_left_out() {
        let now = on("now", "memory:web:9100", "web:9100", &["a", "b"]);
        let kind = on("kind", "memory:db:9100", "db:9100", &["a", "c"]);
        let place = on("place", "disk:web:9100:/", "web:9100", &["d"]);
        let stranger = on("stranger", "disk:db:9100:/", "db:9100", &["d"]);
        assert_eq!((likeness(&now, &kind).score, likeness(&now, &place).score), (38, 25));
        let found = similar(&now, vec![now.clone(), place, stranger, kind.clone()]);
        assert_eq!(found.iter().map(|(other, _)| other.id.clone()).collect::<Vec<_>>(), [kind.id]);
    }

    #[test]
    fn of_equals_the_newest_comes_first_and_five_are_enough() {
        let now = on("now", "memory:web:9100", "web:9100", &["a"]);
        let past: Vec<Incident> = (0..9_i64)
            .map(|n| Incident {
                opened_at: UtcMillis(n * DAY),
                ..on(&n.to_string(), "memory:web:9100", "web:9100", &["a"])
            })
            .collect();
        let found = similar(&now, past);
        let days: Vec<i64> = found.iter().map(|(other, _)| other.opened_at.0 / DAY).collect();
        assert_eq!(days, [8, 7, 6, 5, 4]);
    }

    #[test]
    fn two_incidents_without_evidence_share_nothing_by_it() {
        let (a, b) = (on("a", "x:1", "one", &[]), on("b", "y:1", "two", &[]));
        assert_eq!(likeness(&a, &b).score, 0);
        assert_eq!(likeness(&a, &b).words(), "");
    }
}
