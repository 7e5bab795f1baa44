//! Properties of correlation over random histories, and the transitions one by one.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::correlate::{Correlation, View, Why, correlate};
use super::life::{InvalidTransition, acknowledge, reopen, resolve};
use super::sighting::{Judged, Sighting};
use super::timeline::{MAX_EVENTS, MAX_PENDING};
use super::{Actor, EventKind, Incident, IncidentState, Notice, blind, example};
use crate::fact::{Fact, FactId};
use crate::id::{BatchId, Id, IncidentId, RcaId};
use crate::time::{HOUR, MINUTE, UtcMillis, Window};
use crate::verdict::{Answer, AnswerIncident, Author, FixPlan, Severity, Verdict, Verified};

const HOSTS: [&str; 3] = ["a:9100", "b:9100", "c:9100"];

fn sighting(fingerprint: &str, instances: &[&str], severity: Severity) -> Sighting {
    let words = AnswerIncident {
        title: format!("{fingerprint} failed"),
        severity,
        summary: String::new(),
        root_cause: String::new(),
        fix_plan: FixPlan::default(),
        evidence: Vec::new(),
    };
    let verified = Verified {
        answer: Answer { incident: Some(words), ..Answer::default() },
        dropped: Vec::new(),
        verdict: Verdict::Likely,
        confidence: 80,
        reason: String::new(),
        proof: None,
        author: Author::new("builtin", "builtin"),
        fingerprint: fingerprint.to_owned(),
        instances: Vec::new(),
    };
    Sighting {
        fingerprint: fingerprint.to_owned(),
        instances: instances.iter().map(|&i| i.to_owned()).collect(),
        facts: Vec::new(),
        judged: Some(Judged { verified, rca_id: RcaId::derive(&[fingerprint]), llm_call_id: None }),
    }
}

/// A tenant's incidents, with batches applied as the service applies them.
#[derive(Debug, Clone, Default)]
struct World {
    incidents: BTreeMap<IncidentId, Incident>,
    minute: i64,
}

impl World {
    fn known(&self) -> Vec<Incident> {
        self.incidents.values().cloned().collect()
    }

    fn decide(&self, sightings: &[Sighting], visible: Option<&[&str]>, minute: i64) -> Correlation {
        let watched: BTreeSet<String> = HOSTS.iter().map(|&h| h.to_owned()).collect();
        let visible = visible.map(|v| v.iter().map(|&h| h.to_owned()).collect::<BTreeSet<_>>());
        let now = UtcMillis(minute * MINUTE);
        let view = View {
            batch_id: &BatchId::derive(&[&minute.to_string()]),
            now,
            window: Window { start: now - MINUTE, end: now },
            visible: visible.as_ref(),
            watched: &watched,
            resolve_after: 2,
        };
        correlate(sightings, &self.known(), &view)
    }

    fn apply(&mut self, correlation: Correlation) {
        for change in correlation.changes {
            self.incidents.insert(change.incident.id.clone(), change.incident);
        }
    }

    fn batch(&mut self, sightings: &[Sighting], visible: Option<&[&str]>) -> Vec<Why> {
        self.minute += 1;
        let correlation = self.decide(sightings, visible, self.minute);
        let whys = correlation.changes.iter().map(|change| change.why.clone()).collect();
        self.apply(correlation);
        whys
    }

    fn only(&self) -> &Incident {
        assert_eq!(self.incidents.len(), 1);
        self.incidents.values().next().unwrap()
    }
}

fn sightings() -> impl Strategy<Value = Vec<Sighting>> {
    let severity = prop_oneof![Just(Severity::Low), Just(Severity::High), Just(Severity::Critical)];
    let one = (0..4_usize, proptest::sample::subsequence(HOSTS.to_vec(), 0..=3), severity)
        .prop_map(|(kind, hosts, severity)| sighting(["disk:/", "disk:/var", "memory", "cpu"][kind], &hosts, severity));
    proptest::collection::vec(one, 0..4)
}

proptest! {
    #[test]
    fn no_two_live_incidents_share_a_fingerprint(history in proptest::collection::vec(sightings(), 1..12)) {
        let mut world = World::default();
        for batch in &history {
            world.batch(batch, Some(&HOSTS));
            let keys: Vec<&String> = world.incidents.values().filter_map(|i| i.open_key.as_ref()).collect();
            prop_assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len());
            for incident in world.incidents.values() {
                prop_assert_eq!(incident.open_key.is_none(), incident.state == IncidentState::Resolved);
                prop_assert_eq!(incident.has_pending, !incident.pending_notices.is_empty());
                prop_assert!(incident.timeline.windows(2).all(|pair| pair[0].seq < pair[1].seq));
            }
        }
    }

    #[test]
    fn a_repeated_batch_changes_nothing(history in proptest::collection::vec(sightings(), 1..8)) {
        let mut world = World::default();
        for batch in &history {
            world.batch(batch, Some(&HOSTS));
            let again = world.decide(batch, Some(&HOSTS), world.minute);
            prop_assert_eq!(again.changes, vec![]);
        }
    }

    #[test]
    fn the_order_of_sightings_does_not_matter(
        before in sightings(),
        (batch, shuffled) in sightings().prop_flat_map(|s| (Just(s.clone()), Just(s).prop_shuffle())),
    ) {
        let mut world = World::default();
        world.batch(&before, Some(&HOSTS));
        prop_assert_eq!(world.decide(&batch, Some(&HOSTS), 2), world.decide(&shuffled, Some(&HOSTS), 2));
    }

    /// `None`: a failed batch; `Some(false)`: the instance could not be seen; `Some(true)`: seen and quiet.
    #[test]
    fn only_enough_quiet_batches_in_a_row_resolve(looks in proptest::collection::vec(any::<Option<bool>>(), 0..8)) {
        let mut world = World::default();
        world.batch(&[sighting("down", &["a:9100"], Severity::High)], Some(&HOSTS));
        let mut quiet = 0;
        for look in looks {
            let visible = look.map(|seen| if seen { &HOSTS[..] } else { &HOSTS[1..] });
            world.batch(&[], visible);
            quiet += u32::from(look == Some(true));
            prop_assert_eq!(world.only().state == IncidentState::Resolved, quiet >= 2);
        }
    }
}

#[test]
fn a_steady_failure_is_told_once_and_a_worse_one_again() {
    let mut world = World::default();
    let low = [sighting("disk", &["a:9100"], Severity::Low)];
    assert_eq!(world.batch(&low, Some(&HOSTS)), [Why::Opened]);
    for _ in 0..30 {
        assert_eq!(world.batch(&low, Some(&HOSTS)), [Why::Steady]);
    }
    assert_eq!(world.only().pending_notices.len(), 1);
    let high = [sighting("disk", &["a:9100", "b:9100"], Severity::High)];
    assert!(matches!(world.batch(&high, Some(&HOSTS)).as_slice(), [Why::Moved(news)] if news.len() == 2));
    let incident = world.only();
    assert_eq!(incident.pending_notices.last().unwrap().notice, Notice::Updated);
    let what = "severity rose from low to high; also on b:9100".to_owned();
    assert_eq!(incident.timeline.last().unwrap().kind, EventKind::Updated { what });
}

#[test]
fn a_failure_of_the_same_kind_and_place_goes_on_in_the_same_incident() {
    let mut world = World::default();
    world.batch(&[sighting("disk:a:9100:/var", &["a:9100"], Severity::High)], Some(&HOSTS));
    world.batch(&[sighting("disk:a:9100:/", &["a:9100"], Severity::High)], Some(&HOSTS));
    assert_eq!(world.only().fingerprint, "disk:a:9100:/");
    world.batch(&[sighting("disk:b:9100:/", &["b:9100"], Severity::High)], Some(&HOSTS));
    assert_eq!(world.incidents.len(), 2, "elsewhere");
    world.batch(&[sighting("memory:a:9100", &["a:9100"], Severity::High)], Some(&HOSTS));
    assert_eq!(world.incidents.len(), 3, "of another kind");
}

#[test]
fn a_failure_that_returns_soon_reopens_and_later_opens_anew() {
    let mut world = World::default();
    let down = [sighting("down", &["a:9100"], Severity::High)];
    world.batch(&down, Some(&HOSTS));
    assert_eq!(world.batch(&[], Some(&HOSTS)), [Why::Quiet]);
    assert_eq!(world.batch(&[], Some(&HOSTS)), [Why::Ended]);
    assert_eq!(world.batch(&down, Some(&HOSTS)), [Why::Returned]);
    world.batch(&[], Some(&HOSTS));
    world.batch(&[], Some(&HOSTS));
    world.minute += HOUR / MINUTE;
    assert_eq!(world.batch(&down, Some(&HOSTS)), [Why::Opened]);
    assert_eq!(world.incidents.len(), 2);
}

#[test]
fn what_proves_it_comes_first_also_in_batches_that_nobody_judges() {
    let fact = |id: &str, metric: &str| {
        let fact = example::fact(metric, "a:9100", UtcMillis(0));
        Fact { id: FactId(id.to_owned()), ..fact }
    };
    let mut seen = sighting("service", &["a:9100"], Severity::High);
    seen.facts = vec![fact("M1", "http_requests_total"), fact("M2", "node_load1"), fact("M3", "pg_up")];
    if let Some(judged) = &mut seen.judged {
        judged.verified.proof = Some(FactId("M3".to_owned()));
    }
    let shown =
        |world: &World| -> Vec<String> { world.only().evidence.iter().map(|f| f.series.metric.clone()).collect() };
    let mut world = World::default();
    world.batch(&[seen.clone()], Some(&HOSTS));
    assert_eq!(shown(&world), ["pg_up", "http_requests_total", "node_load1"]);
    // Ids are new in each batch; the words stay, and so does what they lean on.
    let facts = vec![fact("M1", "node_load1"), fact("M2", "pg_up"), fact("M3", "http_requests_total")];
    world.batch(&[Sighting { facts, judged: None, ..seen.clone() }], Some(&HOSTS));
    assert_eq!(shown(&world), ["pg_up", "node_load1", "http_requests_total"]);
    let facts = vec![fact("M1", "node_load1"), fact("M2", "http_requests_total")];
    world.batch(&[Sighting { facts, judged: None, ..seen }], Some(&HOSTS));
    assert_eq!(shown(&world), ["node_load1", "http_requests_total"], "it is gone: the strongest leads");
}

#[test]
fn the_blind_incident_ends_with_the_first_good_batch_and_an_unwatched_one_at_once() {
    let mut world = World::default();
    world.batch(&[blind::sighting("Prometheus is away.", RcaId::derive(&["x"]))], None);
    assert_eq!(world.batch(&[], None), []);
    assert_eq!(world.batch(&[], Some(&[])), [Why::Ended]);
    let mut world = World::default();
    world.batch(&[sighting("down", &["deleted:9100"], Severity::High)], Some(&HOSTS));
    assert_eq!(world.batch(&[], Some(&HOSTS)), [Why::Ended]);
}

#[test]
fn people_can_only_make_sensible_transitions() {
    let mut world = World::default();
    world.batch(&[sighting("down", &["a:9100"], Severity::High)], Some(&HOSTS));
    let open = world.only().clone();
    let by = || Actor::User { name: "priya".to_owned() };
    let at = UtcMillis(9 * MINUTE);
    assert_eq!(reopen(open.clone(), by(), at), Err(InvalidTransition::NotResolved));
    let acknowledged = acknowledge(open, by(), at).unwrap();
    assert_eq!(acknowledged.pending_notices.len(), 1, "acknowledging tells nobody");
    assert_eq!(acknowledge(acknowledged.clone(), by(), at), Err(InvalidTransition::AlreadyAcknowledged));
    let resolved = resolve(acknowledged, by(), "disk swapped".to_owned(), at).unwrap();
    assert_eq!((resolved.open_key.as_ref(), resolved.resolved_at), (None, Some(at)));
    assert_eq!(acknowledge(resolved.clone(), by(), at), Err(InvalidTransition::Resolved));
    assert_eq!(resolve(resolved.clone(), by(), String::new(), at), Err(InvalidTransition::AlreadyResolved));
    let reopened = reopen(resolved, by(), at).unwrap();
    assert_eq!((reopened.state, reopened.open_key.as_deref()), (IncidentState::Open, Some("down")));
}

#[test]
fn timeline_and_notices_are_capped_and_the_first_event_stays() {
    let mut world = World::default();
    world.batch(&[sighting("down", &["a:9100"], Severity::High)], Some(&HOSTS));
    let mut incident = world.only().clone();
    let by = || Actor::User { name: "priya".to_owned() };
    for minute in 0..300 {
        incident = resolve(incident, by(), String::new(), UtcMillis(minute)).unwrap();
        incident = reopen(incident, by(), UtcMillis(minute)).unwrap();
    }
    assert_eq!((incident.timeline.len(), incident.pending_notices.len()), (MAX_EVENTS, MAX_PENDING));
    assert_eq!((incident.timeline[0].seq, incident.timeline[MAX_EVENTS - 1].seq), (1, 601));
}
