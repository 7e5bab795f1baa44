//! Each story told to the real detectors, minute by minute.

use super::*;
use crate::cluster::cluster;
use crate::detect::examine;
use crate::fact::Fact;
use crate::signature::analyse;
use crate::time::{MINUTE, SECOND, Window};
use crate::verdict::{AnswerIncident, Author, Severity};
use crate::verify::verify;

const ORIGIN: UtcMillis = UtcMillis(1_795_244_400_000);

/// What one batch makes of one failure.
struct Told {
    minute: u32,
    fingerprint: String,
    incident: AnswerIncident,
    /// Metric of the fact that proves it.
    proof: String,
    facts: Vec<Fact>,
}

impl Told {
    fn cites(&self, metric: &str, instance: &str) -> bool {
        self.facts.iter().any(|fact| {
            fact.series.metric == metric
                && fact.series.instance() == instance
                && self.incident.evidence.contains(&fact.id)
        })
    }
}

/// Every failure of every minute.
fn told(id: &str) -> Vec<Told> {
    let scenario = Scenario::find(id).unwrap();
    let play = Play::new(scenario, ORIGIN);
    (0..=scenario.minutes).flat_map(|minute| at(&play, minute)).collect()
}

fn at(play: &Play, minute: u32) -> Vec<Told> {
    let end = ORIGIN + i64::from(minute) * MINUTE;
    let findings = examine(&play.gather(Window { start: end - MINUTE, end }, 30 * MINUTE, 15 * SECOND));
    let failures = cluster(&findings.facts).into_iter().map(|found| {
        let facts: Vec<Fact> =
            findings.facts.iter().filter(|fact| found.fact_ids.contains(&fact.id)).cloned().collect();
        let verified = verify(analyse(&facts, end), &facts, Author::new("builtin", "rules"));
        let proof = facts.iter().find(|fact| Some(&fact.id) == verified.proof.as_ref()).unwrap();
        let (proof, incident) = (proof.series.metric.clone(), verified.answer.incident.unwrap());
        Told { minute, fingerprint: found.fingerprint, incident, proof, facts }
    });
    failures.collect()
}

/// The titles in the order in which they came up, without the minutes of their numbers: `16 High api-1: memory leaks away`.
fn story(told: &[Told]) -> Vec<String> {
    let mut story: Vec<(String, String)> = Vec::new();
    for one in told {
        let title = one.incident.title.split(", gone in").next().unwrap();
        let title = title.split(" in ").next().unwrap().split(" is 9").next().unwrap();
        let said = format!("{} {title}", one.incident.severity);
        if story.last().is_none_or(|(_, last)| *last != said) {
            story.push((format!("{} {said}", one.minute), said));
        }
    }
    story.into_iter().map(|(line, _)| line).collect()
}

fn only(told: &[Told], fingerprint: &str) {
    for one in told {
        assert_eq!(one.fingerprint, fingerprint, "minute {}: {}", one.minute, one.incident.title);
    }
    let minutes: Vec<u32> = told.iter().map(|one| one.minute).collect();
    assert!(minutes.windows(2).all(|pair| pair[1] == pair[0] + 1), "it comes and goes: {minutes:?}");
}

#[test]
fn the_leak_is_told_before_it_hurts_and_owns_the_errors_and_the_kill() {
    let told = told("memory-leak");
    only(&told, "memory:10.20.0.11:9100");
    assert_eq!(
        story(&told),
        [
            "16 high api-1: memory leaks away",
            "21 high api-1: swap storm",
            "26 high api-1: the kernel killed 1 process for lack of memory",
        ]
    );
    assert!(told.iter().all(|one| one.incident.severity == Severity::High));
    let leaking = told.iter().find(|one| one.minute == 16).unwrap();
    assert!(leaking.cites("node_memory_MemAvailable_bytes", "10.20.0.11:9100"));
    assert_eq!(leaking.proof, "node_memory_MemAvailable_bytes");
    let failing = told.iter().find(|one| one.minute == 24).unwrap();
    assert!(failing.cites("node_vmstat_pswpin", "10.20.0.11:9100"));
    assert!(failing.facts.iter().any(|fact| fact.series.instance() == "10.20.0.11:8080"), "errors belong to it");
    assert!(told.iter().find(|one| one.minute == 27).unwrap().cites("node_vmstat_oom_kill", "10.20.0.11:9100"));
}

#[test]
fn the_disk_is_foretold_and_explains_the_dead_database() {
    let told = told("disk-full");
    only(&told, "disk:10.20.0.21:9100:/var/lib/postgresql");
    assert_eq!(
        story(&told),
        ["16 critical db-1: /var/lib/postgresql will be full", "23 critical db-1: /var/lib/postgresql",]
    );
    for one in &told {
        assert!(one.cites("node_filesystem_avail_bytes", "10.20.0.21:9100"), "minute {}", one.minute);
        assert_eq!(one.proof, "node_filesystem_avail_bytes", "minute {}", one.minute);
    }
    let dead = told.iter().find(|one| one.minute == 26).unwrap();
    assert!(dead.cites("pg_up", "10.20.0.21:9187") && dead.cites("http_requests_total", "10.20.0.11:8080"));
}

#[test]
fn the_dead_database_is_named_and_not_the_busy_processor() {
    let told = told("dependency-down");
    only(&told, "service:10.20.0.21:9187:shop-db");
    assert_eq!(story(&told), ["4 critical shop-db: PostgreSQL does not answer its exporter"]);
    let hot = told.iter().find(|one| one.minute == 8).unwrap();
    assert!(hot.cites("pg_up", "10.20.0.21:9187") && hot.cites("http_requests_total", "10.20.0.11:8080"));
    assert!(hot.cites("node_cpu_seconds_total", "10.20.0.11:9100"), "the processor is evidence, not the cause");
    assert!(hot.incident.root_cause.contains("cannot reach the service behind it"));
    assert!(told.iter().all(|one| one.proof == "pg_up"), "the failing requests rank higher, and prove nothing");
    assert_ne!(hot.facts[0].series.metric, "pg_up");
}

#[test]
fn every_scenario_is_quiet_before_it_begins_and_after_it_ended() {
    for scenario in SCENARIOS {
        let play = Play::new(scenario, ORIGIN);
        for minute in [0, 1, scenario.minutes - 1, scenario.minutes] {
            assert_eq!(at(&play, minute).len(), 0, "{} at {minute}", scenario.id);
        }
    }
}

#[test]
fn what_is_told_and_drawn_is_there() {
    for scenario in SCENARIOS {
        let play = Play::new(scenario, ORIGIN);
        let set = play.gather(Window { start: ORIGIN, end: ORIGIN + MINUTE }, HOUR_OF_BASELINE, 15 * SECOND);
        assert!(set.series.len() > 60, "{}", scenario.id);
        assert!(scenario.captions.is_sorted_by_key(|caption| caption.minute));
        assert!(scenario.captions.iter().all(|caption| caption.minute <= scenario.minutes));
        for telling in scenario.telling {
            let drawn = play.draw(telling, set.grid).unwrap_or_else(|| panic!("{}", telling.title));
            assert_eq!(drawn.values.len(), set.grid.len);
        }
    }
}

const HOUR_OF_BASELINE: i64 = 60 * MINUTE;
