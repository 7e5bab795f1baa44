//! Claims against facts: what stands, what falls, and what code concludes.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::quantity::{Mention, mentions};
use super::*;
use crate::fact::{Expected, FactId, FactKind, Number};
use crate::metric::{SeriesId, Unit};
use crate::time::{MINUTE, UtcMillis, Window};
use crate::verdict::{AnswerAnomaly, AnswerIncident, DropReason, FixPlan, Hypothesis, Verdict};

fn fact(id: &str, kind: FactKind, metric: &str, minutes: i64, observed: f64, unit: Unit) -> Fact {
    let end = UtcMillis(1_790_000_000_000);
    Fact {
        id: FactId(id.to_owned()),
        kind,
        series: SeriesId {
            metric: metric.to_owned(),
            labels: BTreeMap::from([("instance".to_owned(), "10.0.0.1:9100".to_owned())]),
        },
        target_name: "web-1".to_owned(),
        window: Window { start: end - MINUTE, end },
        since: end - minutes * MINUTE,
        observed,
        expected: None,
        unit,
        numbers: Vec::new(),
        score: 5.0,
        text: format!("{metric} is unusual"),
        points: Vec::new(),
    }
}

/// Memory ran out, swapping began, requests slowed down.
fn memory_case() -> Vec<Fact> {
    let mut available = fact("M1", FactKind::LevelShift, "node_memory_MemAvailable_bytes", 22, 0.8e9, Unit::Bytes);
    available.expected = Some(Expected { low: 2.1e9, high: 2.4e9 });
    available.numbers = vec![Number { name: "total".to_owned(), value: 4e9, unit: Unit::Bytes }];
    vec![
        available,
        fact("M2", FactKind::Spike, "node_vmstat_pswpin", 20, 310.0, Unit::PerSecond),
        fact("M3", FactKind::Spike, "node_load1", 15, 12.4, Unit::Count),
    ]
}

fn ids(list: &[&str]) -> Vec<FactId> {
    list.iter().map(|id| FactId((*id).to_owned())).collect()
}

fn answer(cause: &str, evidence: &[&str]) -> Answer {
    Answer {
        incident: Some(AnswerIncident {
            title: "Memory almost gone on web-1".to_owned(),
            severity: Severity::High,
            summary: "Memory fell to 0.8 GB.".to_owned(),
            root_cause: cause.to_owned(),
            fix_plan: FixPlan::default(),
            evidence: ids(evidence),
        }),
        anomalies: Vec::new(),
        hypotheses: Vec::new(),
    }
}

fn author() -> Author {
    Author::new("openai", "m")
}

fn judged(answer: Answer) -> Verified {
    verify(answer, &memory_case(), author())
}

/// Whether a sentence about all three facts stands.
fn stands(sentence: &str) -> bool {
    judged(answer(sentence, &["M1", "M2", "M3"])).answer.incident.is_some()
}

#[test]
fn true_numbers_stand_however_they_are_written() {
    for sentence in [
        "Available memory fell to 0.8 GB, expected 2.1–2.4 GB, 22 min ago.",
        "Available memory fell to 800 MB for 22 minutes, from between 2.1 and 2.4 GB.",
        "Only 20 % of memory is available, 80% is used [M1].",
        "Swapping at 310 pages/s, that is 18600 pages per minute, and the load is 12.4.",
        "Swap-in runs at about 300 pages per second (M2).",
        "Load is over 12 and memory below 1 GB.",
        "Memory fell 2 min before the swapping, 1,200 seconds ago.",
        "10.0.0.1:9100 swaps: node_load1 rose and 3 of 3 facts agree.",
        "1. Memory ran out on web-1 at 13:51 on 2026-09-21.",
        "The kernel 5.10.0-8 killed PID 4711 with signal 9; see /dev/sda1 and p99.",
        "Memory is 1.3 GB below the lower bound and the 5-minute load average rises.",
        "Memory dropped by 62 % against 2.1 GB.",
    ] {
        let verified = judged(answer(sentence, &["M1", "M2", "M3"]));
        assert!(verified.dropped.is_empty(), "{sentence}: {:?} {:?}", verified.dropped, mentions(sentence));
    }
}

#[test]
fn wrong_numbers_fall() {
    for sentence in [
        "Available memory fell to 0.6 GB.",
        "Available memory fell to 80 GB.",
        "Memory is at 85 %.",
        "Swapping at 420 pages/s.",
        "It began 25 minutes ago.",
        "The load is 124.",
        "Load is over 90 %.",
        "Memory fell at 03:15.",
        "Memory fell on 2025-01-01.",
        "10.0.0.7:9100 is the culprit.",
        "The disk is full [M9].",
        "17 hosts are affected.",
    ] {
        assert!(!stands(sentence), "{sentence}");
    }
}

#[test]
fn a_wrong_sentence_falls_and_the_others_stand() {
    let verified = judged(answer("Memory fell to 0.8 GB. It fell to 0.1 GB. Swapping followed.", &["M1", "M2"]));
    let incident = verified.answer.incident.unwrap();
    assert_eq!(incident.root_cause, "Memory fell to 0.8 GB. Swapping followed.");
    assert!(
        matches!(&verified.dropped[0].reason, DropReason::WrongNumber { claimed, computed } if claimed == "0.1 GB" && computed == "800 MB")
    );
    assert!(verified.reason.ends_with("1 claim dropped."), "{}", verified.reason);
}

#[test]
fn a_wrong_title_is_replaced_by_the_facts_own_words() {
    let mut claimed = answer("Memory fell to 0.8 GB.", &["M1"]);
    claimed.incident.as_mut().unwrap().title = "Disk 99 % full".to_owned();
    assert_eq!(judged(claimed).answer.incident.unwrap().title, "node_memory_MemAvailable_bytes is unusual");
}

#[test]
fn anomalies_need_their_own_series_and_numbers() {
    let anomaly = |metric: &str, instance: &str, observed: &str, evidence: &[&str]| AnswerAnomaly {
        metric: metric.to_owned(),
        instance: instance.to_owned(),
        observed: observed.to_owned(),
        expected: "2.1 to 2.4 GB".to_owned(),
        symptom: String::new(),
        evidence: ids(evidence),
    };
    let memory = "node_memory_MemAvailable_bytes";
    let claimed = Answer {
        anomalies: vec![
            anomaly(memory, "10.0.0.1:9100", "0.8 GB", &["M1"]),
            anomaly(memory, "web-1", "0.8 GB", &["M1"]),
            anomaly(memory, "10.0.0.9:9100", "0.8 GB", &["M1"]),
            anomaly("node_disk_io", "10.0.0.1:9100", "0.8 GB", &["M1"]),
            anomaly(memory, "10.0.0.1:9100", "0.9 GB", &["M1"]),
            anomaly(memory, "10.0.0.1:9100", "0.8 GB", &[]),
            anomaly(memory, "10.0.0.1:9100", "0.8 GB", &["M7"]),
        ],
        ..Answer::default()
    };
    let verified = judged(claimed);
    assert_eq!(verified.answer.anomalies.len(), 2);
    assert_eq!(verified.verdict, Verdict::Inconclusive);
    assert_eq!(verified.dropped.iter().filter(|d| d.reason == DropReason::UnknownSeries).count(), 2);
}

#[test]
fn an_effect_before_its_cause_falls() {
    let claimed = Answer {
        hypotheses: [["M1", "M3"], ["M3", "M1"]]
            .map(|order| Hypothesis {
                cause: "one led to the other".to_owned(),
                supporting: ids(&order),
                against: vec![],
            })
            .to_vec(),
        ..answer("Memory ran out.", &["M1"])
    };
    let verified = judged(claimed);
    assert_eq!(verified.answer.hypotheses.len(), 1);
    let expected = DropReason::EffectBeforeCause { cause: FactId("M3".to_owned()), effect: FactId("M1".to_owned()) };
    assert_eq!(verified.dropped[0].reason, expected);
}

#[test]
fn the_verdict_is_the_codes() {
    let one = judged(answer("Memory ran out.", &["M1"]));
    let all = judged(answer("Memory ran out.", &["M1", "M2", "M3"]));
    assert_eq!((one.verdict, all.verdict), (Verdict::Inconclusive, Verdict::Likely));
    assert_eq!(all.reason, "Likely: 3 of 3 facts agree; no log evidence.");
    let down = [fact("E1", FactKind::TargetDown, "up", 3, 0.0, Unit::Count)];
    let down = verify(answer("The exporter stopped.", &["E1"]), &down, author());
    assert_eq!((down.verdict, down.confidence >= 90), (Verdict::Confirmed, true));
    assert!(down.reason.starts_with("Confirmed: E1 shows the failure itself; 1 of 1 fact agrees"), "{}", down.reason);
}

#[test]
fn the_proof_is_the_fact_that_the_verdict_leans_on() {
    let mut facts = memory_case();
    facts.push(fact("M4", FactKind::BadState, "pg_up", 3, 0.0, Unit::Count));
    let proof = |evidence: &[&str]| verify(answer("The database died.", evidence), &facts, author()).proof;
    let of = |id: &str| Some(FactId(id.to_owned()));
    assert_eq!(proof(&["M1", "M4", "M2"]), of("M4"), "it shows the failure itself, whatever ranks higher");
    assert_eq!(proof(&["M2", "M1"]), of("M2"), "none does: what the cause cites first");
    assert_eq!(proof(&["M9"]), None, "no cause stands");
}

#[test]
fn where_the_cause_falls_the_built_in_words_speak() {
    let builtin = judged(answer("Memory ran out.", &["M1", "M2", "M3"]));
    let asked = judged(answer("Aliens.", &["M9"]));
    let settled = settle(asked.clone(), builtin.clone());
    assert_eq!(settled.answer.incident, builtin.answer.incident);
    assert_eq!((settled.verdict, settled.author.clone()), (builtin.verdict, builtin.author.clone()));
    assert_eq!(settled.dropped, asked.dropped);
}

#[test]
fn a_model_cannot_quieten_an_alarm() {
    let mut quiet = answer("Memory ran out.", &["M1"]);
    quiet.incident.as_mut().unwrap().severity = Severity::Low;
    let settled = settle(judged(quiet), judged(answer("Memory ran out.", &["M1"])));
    assert_eq!(settled.answer.incident.unwrap().severity, Severity::High);
    let silent = settle(judged(Answer::default()), judged(answer("Memory ran out.", &["M1"])));
    assert!(silent.answer.incident.is_some());
}

#[test]
fn spans_in_two_units_are_one_quantity() {
    for text in ["1 h 20 min", "1h20m", "80 minutes", "4800 s"] {
        let found = mentions(text);
        let [Mention::Quantity(q)] = found.as_slice() else { panic!("{text}: {found:?}") };
        let (_, scale) = q.readings[0];
        assert!((q.value * scale - 4_800.0).abs() < 1e-6, "{text}: {q:?}");
    }
}

proptest! {
    #[test]
    fn unknown_ids_only_end_inconclusive_with_everything_dropped(
        cause in "[a-zA-Z0-9 .%]{1,60}", numbers in prop::collection::vec(4_u32..99, 1..6),
    ) {
        let unknown: Vec<String> = numbers.iter().map(|n| format!("M{n}")).collect();
        let unknown: Vec<&str> = unknown.iter().map(String::as_str).collect();
        let mut claimed = answer(&cause, &unknown);
        claimed.hypotheses = vec![Hypothesis { cause: cause.clone(), supporting: ids(&unknown), against: ids(&unknown) }];
        claimed.anomalies = vec![AnswerAnomaly {
            metric: cause.clone(), instance: cause.clone(), observed: cause.clone(), expected: cause.clone(),
            symptom: cause, evidence: ids(&unknown),
        }];
        let verified = judged(claimed);
        prop_assert_eq!(verified.verdict, Verdict::Inconclusive);
        prop_assert_eq!(verified.confidence, 0);
        prop_assert_eq!(verified.answer, Answer::default());
        prop_assert!(!verified.dropped.is_empty());
    }

    #[test]
    fn confidence_never_falls_when_evidence_is_added(first in prop::collection::hash_set(1_u8..=3, 1..3), more in 1_u8..=3) {
        let name = |n: u8| format!("M{n}");
        let mut evidence: Vec<String> = first.into_iter().map(name).collect();
        let cite = |evidence: &[String]| {
            let evidence: Vec<&str> = evidence.iter().map(String::as_str).collect();
            judged(answer("Memory ran out. It is 99999 GB.", &evidence)).confidence
        };
        let before = cite(&evidence);
        if !evidence.contains(&name(more)) {
            evidence.push(name(more));
        }
        prop_assert!(cite(&evidence) >= before);
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,120}") {
        let _verified = judged(answer(&text, &["M1"]));
    }
}
