//! What a batch means for the incidents that stand: the same failure updates one, a new one opens one, silence ends one.
//!
//! Pure and idempotent: an incident that carries the batch's id has heard of it already, so a batch that is repeated after
//! a crash changes nothing twice. The order of sightings does not matter.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::sighting::{Novelty, Sighting};
use super::{Actor, Incident, IncidentState, family};
use crate::id::{BatchId, Id, IncidentId};
use crate::time::{HOUR, UtcMillis, Window};

/// A failure that returns this soon after its incident was resolved reopens it; later it is a new incident.
pub const REOPEN_WITHIN_MS: i64 = HOUR;
/// One in this many of the shorter instance list must be common before two failures of one kind count as one.
const FAMILY_OVERLAP_OF: usize = 2;

/// What the batch could see, and the rules it is judged by.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    pub batch_id: &'a BatchId,
    pub now: UtcMillis,
    pub window: Window,
    /// Instances that answered, so that the absence of a failure means something; `None` for a failed batch, which saw nothing and ends nothing.
    pub visible: Option<&'a BTreeSet<String>>,
    /// Instances the tenant still watches; an incident whose instances are all gone from here is over.
    pub watched: &'a BTreeSet<String>,
    /// Quiet batches in a row before an incident resolves by itself.
    pub resolve_after: u32,
}

/// Why an incident changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// First sight of the failure.
    Opened,
    /// The failure returned soon after it was resolved.
    Returned,
    /// Still there, as before.
    Steady,
    /// Still there, and different in these ways.
    Moved(Vec<Novelty>),
    /// Not seen; one step nearer to its end.
    Quiet,
    /// Not seen for long enough, or no longer watched.
    Ended,
}

/// An incident as it should be stored: a new document when `Opened`, a replacement otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct IncidentChange {
    pub incident: Incident,
    pub why: Why,
}

/// The changes of one batch, and which incident each sighting belongs to (by fingerprint).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Correlation {
    pub changes: Vec<IncidentChange>,
    pub links: BTreeMap<String, IncidentId>,
}

/// Decides what the sightings of one batch do to `known`: every unresolved incident of the tenant and those resolved
/// within [`REOPEN_WITHIN_MS`].
#[must_use]
pub fn correlate(sightings: &[Sighting], known: &[Incident], view: &View<'_>) -> Correlation {
    let sightings = one_per_fingerprint(sightings);
    let mut matched = match_up(&sightings, known);
    let mut correlation = Correlation::default();
    for sighting in sightings {
        let incident = matched.remove(sighting.fingerprint.as_str());
        if let Some(change) = seen(sighting, incident, view) {
            correlation.links.insert(sighting.fingerprint.clone(), change.incident.id.clone());
            correlation.changes.push(change);
        } else if let Some(incident) = incident {
            correlation.links.insert(sighting.fingerprint.clone(), incident.id.clone());
        }
    }
    let touched: BTreeSet<IncidentId> = correlation.links.values().cloned().collect();
    let unseen = known.iter().filter(|incident| is_live(incident) && !touched.contains(&incident.id));
    correlation.changes.extend(unseen.filter_map(|incident| not_seen(incident, view)));
    correlation.changes.sort_by(|a, b| a.incident.id.cmp(&b.incident.id));
    correlation
}

fn is_live(incident: &Incident) -> bool {
    incident.state != IncidentState::Resolved
}

fn one_per_fingerprint(sightings: &[Sighting]) -> Vec<&Sighting> {
    let mut sorted: Vec<&Sighting> = sightings.iter().collect();
    sorted.sort_by_key(|s| (s.fingerprint.as_str(), Reverse(s.severity()), s.title(), &s.instances));
    sorted.dedup_by_key(|s| s.fingerprint.as_str());
    sorted
}

/// Pairs sightings with incidents: by fingerprint among the live ones, then by family among the live ones that are left,
/// then by fingerprint among the resolved ones.
fn match_up<'s, 'k>(sightings: &[&'s Sighting], known: &'k [Incident]) -> BTreeMap<&'s str, &'k Incident> {
    let mut pairs: BTreeMap<&str, &Incident> = BTreeMap::new();
    let live_by_fingerprint: BTreeMap<&str, &Incident> =
        known.iter().filter(|i| is_live(i)).map(|i| (i.fingerprint.as_str(), i)).collect();
    for sighting in sightings {
        if let Some(incident) = live_by_fingerprint.get(sighting.fingerprint.as_str()) {
            pairs.insert(&sighting.fingerprint, incident);
        }
    }
    let mut taken: BTreeSet<&IncidentId> = pairs.values().map(|incident| &incident.id).collect();
    for sighting in sightings {
        if pairs.contains_key(sighting.fingerprint.as_str()) {
            continue;
        }
        let family = known
            .iter()
            .filter(|incident| is_live(incident) && !taken.contains(&incident.id))
            .filter(|incident| same_family(sighting, incident))
            .min_by_key(|incident| (incident.opened_at, &incident.id));
        let found = family.or_else(|| last_resolved(known, &sighting.fingerprint));
        if let Some(incident) = found {
            taken.insert(&incident.id);
            pairs.insert(&sighting.fingerprint, incident);
        }
    }
    pairs
}

fn last_resolved<'k>(known: &'k [Incident], fingerprint: &str) -> Option<&'k Incident> {
    known
        .iter()
        .filter(|incident| !is_live(incident) && incident.fingerprint == fingerprint)
        .max_by_key(|incident| (incident.resolved_at, &incident.id))
}

/// The same kind of failure (`disk` of `disk:web:9100:/var`) on mostly the same instances.
fn same_family(sighting: &Sighting, incident: &Incident) -> bool {
    family(&sighting.fingerprint) == family(&incident.fingerprint) && overlap(&sighting.instances, &incident.instances)
}

fn overlap(a: &[String], b: &[String]) -> bool {
    let smaller = a.len().min(b.len());
    let common = a.iter().filter(|instance| b.contains(instance)).count();
    common > 0 && common.saturating_mul(FAMILY_OVERLAP_OF) >= smaller
}

fn seen(sighting: &Sighting, known: Option<&Incident>, view: &View<'_>) -> Option<IncidentChange> {
    let by = Actor::Batch { id: view.batch_id.clone() };
    match known {
        Some(incident) if incident.last_batch_id.as_ref() == Some(view.batch_id) => None,
        Some(incident) if is_live(incident) => {
            let mut incident = incident.clone();
            let news = sighting.apply(&mut incident, view);
            let why = if news.is_empty() { Why::Steady } else { Why::Moved(news) };
            Some(IncidentChange { incident, why })
        }
        Some(incident) if returns_soon(incident, view.now) && sighting.is_judged() => {
            let mut incident = incident.clone();
            incident.open_again(by, view.now);
            sighting.rewrite(&mut incident, view);
            Some(IncidentChange { incident, why: Why::Returned })
        }
        _ => {
            let id = IncidentId::derive(&[view.batch_id.as_str(), &sighting.fingerprint]);
            sighting.open(id, view).map(|incident| IncidentChange { incident, why: Why::Opened })
        }
    }
}

fn returns_soon(incident: &Incident, now: UtcMillis) -> bool {
    incident.resolved_at.is_some_and(|at| now.since(at) <= REOPEN_WITHIN_MS)
}

fn not_seen(incident: &Incident, view: &View<'_>) -> Option<IncidentChange> {
    let visible = view.visible?;
    if incident.last_batch_id.as_ref() == Some(view.batch_id) {
        return None;
    }
    let mut watched = incident.instances.iter().filter(|instance| view.watched.contains(*instance)).peekable();
    let gone = watched.peek().is_none() && !incident.instances.is_empty();
    if !gone && !watched.all(|instance| visible.contains(instance)) {
        return None;
    }
    let mut incident = incident.clone();
    incident.last_batch_id = Some(view.batch_id.clone());
    incident.quiet_batches = incident.quiet_batches.saturating_add(1);
    let by = Actor::Batch { id: view.batch_id.clone() };
    let needed = if super::blind::is_blind(&incident) { 1 } else { view.resolve_after.max(1) };
    let why = if gone {
        incident.close(by, "its targets are no longer watched".to_owned(), view.now);
        Why::Ended
    } else if incident.quiet_batches >= needed {
        let why = match incident.quiet_batches {
            1 => "not seen in the last batch".to_owned(),
            n => format!("not seen in {n} batches in a row"),
        };
        incident.close(by, why, view.now);
        Why::Ended
    } else {
        Why::Quiet
    };
    Some(IncidentChange { incident, why })
}
