//! What a message says.

use insta::assert_snapshot;

use super::plain::plain;
use super::*;
use crate::fact::{Fact, FactId, FactKind};
use crate::id::{BatchId, Id, IncidentId};
use crate::incident::{Actor, TimelineEvent};
use crate::metric::{SeriesId, Unit};
use crate::time::{MINUTE, UtcMillis, Window};
use crate::verdict::FixPlan;

/// 21 Nov 2026, 09:50 UTC, which is 15:20 in Kolkata.
const START: UtcMillis = UtcMillis(1_795_254_600_000);
const SITE: &str = "https://watch.example.com";

fn fact() -> Fact {
    let window = Window { start: START, end: START + MINUTE };
    Fact {
        id: FactId("M12".to_owned()),
        kind: FactKind::LevelShift,
        series: SeriesId { metric: "node_memory_MemAvailable_bytes".to_owned(), labels: [].into() },
        target_name: "api-1".to_owned(),
        window,
        since: START,
        observed: 0.8e9,
        expected: None,
        unit: Unit::Bytes,
        numbers: vec![],
        score: 9.0,
        text: "available memory on api-1 fell from 4.1 GB to 0.8 GB in 22 min".to_owned(),
        points: vec![],
    }
}

fn incident() -> Incident {
    Incident {
        id: IncidentId::derive(&["test"]),
        fingerprint: "memory:api-1".to_owned(),
        open_key: Some("memory:api-1".to_owned()),
        state: IncidentState::Open,
        severity: Severity::High,
        severity_now: None,
        title: "Memory leak in api-1 fills swap".to_owned(),
        summary: "Available memory on api-1 has fallen for 22 minutes and the machine now swaps.".to_owned(),
        root_cause:
            "A process on api-1 leaks memory: available memory fell from 4.1 GB to 0.8 GB while swap-in rose from 0 \
                     to 310 pages/s."
                .to_owned(),
        fix_plan: FixPlan {
            immediate: vec!["Restart api-1.".to_owned(), "Find the process: ps aux --sort=-rss | head.".to_owned()],
            prevention: vec!["Set a memory limit.".to_owned()],
        },
        verdict: Verdict::Likely,
        confidence: 85,
        verdict_reason: "Likely: 4 of 5 facts agree.".to_owned(),
        hypotheses: vec![],
        evidence: vec![fact()],
        anomaly_count: 3,
        instances: vec!["api-1:9100".to_owned()],
        window: Window { start: START, end: START + MINUTE },
        author_provider: "builtin".to_owned(),
        author_model: "builtin".to_owned(),
        author_unasked: None,
        rca_id: None,
        opened_at: START,
        updated_at: START,
        resolved_at: None,
        quiet_batches: 0,
        last_batch_id: None,
        timeline: vec![],
        pending_notices: vec![],
        has_pending: false,
        assignee: None,
        family: "memory".to_owned(),
        terms: vec![],
    }
}

fn say(incident: Incident, kind: EventKind, notice: Notice, zone: &str) -> Message {
    let at = START + MINUTE;
    let event = TimelineEvent { seq: 1, at, actor: Actor::Batch { id: BatchId::derive(&["b"]) }, kind };
    Message::of(&Incident { timeline: vec![event], ..incident }, &PendingNotice { seq: 1, notice, at }, zone, SITE)
}

fn opened(incident: Incident) -> Message {
    say(incident, EventKind::Opened, Notice::Opened, "Asia/Kolkata")
}

#[test]
fn a_new_incident_reads_from_state_to_link() {
    let message = opened(incident());
    assert_eq!(message.subject(None), "[HIGH] Memory leak in api-1 fills swap");
    assert_snapshot!(plain(&message), @r"
    ▲ HIGH · open · 21 Nov 2026, 15:21 IST
    Memory leak in api-1 fills swap

    Available memory on api-1 has fallen for 22 minutes and the
    machine now swaps.

    CAUSE (Likely, 85 % confidence)
    A process on api-1 leaks memory: available memory fell from
    4.1 GB to 0.8 GB while swap-in rose from 0 to 310 pages/s.

    DO FIRST
    1. Restart api-1.
    2. Find the process: ps aux --sort=-rss | head.

    PROOF
    M12: available memory on api-1 fell from 4.1 GB to 0.8 GB in
    22 min

    3 anomalies · window 21 Nov 2026, 15:20–15:21 IST
    https://watch.example.com/app/incidents/inc_f723de05f1d188d8883643804eb2f9a6
    ");
}

#[test]
fn an_update_says_what_changed() {
    let kind = EventKind::Updated { what: "severity rose from high to critical".to_owned() };
    let incident = Incident { severity: Severity::Critical, state: IncidentState::Acknowledged, ..incident() };
    let message = say(incident, kind, Notice::Updated, "UTC");
    assert_eq!(
        message.subject(Some("Memory leak in api-1 fills swap")),
        "Re: [CRITICAL] Memory leak in api-1 fills swap"
    );
    assert_snapshot!(plain(&message).lines().take(4).collect::<Vec<_>>().join("\n"), @r"
    ◆ CRITICAL · acknowledged, updated · 21 Nov 2026, 09:51 UTC
    Memory leak in api-1 fills swap
    What changed: severity rose from high to critical
    ");
}

#[test]
fn a_resolution_asks_for_nothing() {
    let kind = EventKind::Resolved { why: "quiet for 2 batches".to_owned() };
    let message = say(incident(), kind, Notice::Resolved, "America/New_York");
    assert_eq!(message.subject(Some("Memory leak")), "Re: [RESOLVED] Memory leak");
    assert_snapshot!(plain(&message), @r"
    ✓ RESOLVED · was high · 21 Nov 2026, 04:51 EST
    Memory leak in api-1 fills swap
    Resolved: quiet for 2 batches

    Available memory on api-1 has fallen for 22 minutes and the
    machine now swaps.

    CAUSE (Likely, 85 % confidence)
    A process on api-1 leaks memory: available memory fell from
    4.1 GB to 0.8 GB while swap-in rose from 0 to 310 pages/s.

    PROOF
    M12: available memory on api-1 fell from 4.1 GB to 0.8 GB in
    22 min

    3 anomalies · window 21 Nov 2026, 04:50–04:51 EST
    https://watch.example.com/app/incidents/inc_f723de05f1d188d8883643804eb2f9a6
    ");
}

#[test]
fn hostile_names_stay_one_harmless_line() {
    let title = "disk full\r\nBcc: everyone@example.com\u{202E}\u{200B}\0<script>alert(1)</script> <!channel>";
    let message = opened(Incident { title: title.to_owned(), ..incident() });
    assert_eq!(message.title, "disk full Bcc: everyone@example.com <script>alert(1)</script> <!channel>");
    assert!(!message.subject(None).contains(['\r', '\n']));
    let reply = message.subject(Some("a\nX-Header: b"));
    assert_eq!(reply, "Re: [HIGH] a X-Header: b", "also the thread's title, which is stored data");
}

#[test]
fn long_text_is_cut_and_no_line_but_the_link_passes_sixty_columns() {
    let long = "a word and another ".repeat(400);
    let plan = FixPlan { immediate: vec![long.clone(); 9], prevention: vec![] };
    let incident =
        Incident { title: long.clone(), summary: long.clone(), root_cause: long, fix_plan: plan, ..incident() };
    let message = opened(incident);
    assert_eq!(message.title.chars().count(), TITLE_CHARS);
    assert!(message.title.ends_with('…'));
    assert_eq!(message.actions.len(), ACTIONS);
    let text = plain(&message);
    let wide: Vec<_> = text.lines().filter(|l| l.chars().count() > 60 && !l.starts_with(SITE)).collect();
    assert_eq!(wide, Vec::<&str>::new());
    assert!(text.len() < 6_000);
}

#[test]
fn clipping_counts_characters_not_bytes() {
    assert_eq!(clip("äöüß", 4), "äöüß");
    assert_eq!(clip("äöüßé", 4), "äöü…");
    assert_eq!(line("  a\t\tb\u{7}c  ", 10), "a b c");
}

#[test]
fn times_are_told_in_the_zone_with_its_name() {
    let at = |start: &str, end: &str, zone| {
        let parse = |text: &str| UtcMillis::from(text.parse::<jiff::Timestamp>().unwrap());
        span(Window { start: parse(start), end: parse(end) }, zone)
    };
    assert_eq!(at("2026-11-21T09:50:00Z", "2026-11-21T09:51:00Z", "Asia/Kolkata"), "21 Nov 2026, 15:20–15:21 IST");
    assert_eq!(
        at("2026-11-21T23:59:00Z", "2026-11-22T00:01:00Z", "UTC"),
        "21 Nov 2026, 23:59 UTC – 22 Nov 2026, 00:01 UTC"
    );
    assert_eq!(
        at("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "Europe/Berlin"),
        "25 Oct 2026, 02:30 CEST – 25 Oct 2026, 02:30 CET",
        "the hour that happens twice"
    );
    assert_eq!(
        at("2026-11-21T09:50:00Z", "2026-11-21T09:51:00Z", "America/Sao_Paulo"),
        "21 Nov 2026, 06:50–06:51 UTC-03"
    );
    assert_eq!(at("2026-11-21T09:50:00Z", "2026-11-21T09:51:00Z", "Mars/Base"), "21 Nov 2026, 09:50–09:51 UTC");
}

#[test]
fn an_eased_severity_is_told_with_what_it_was() {
    let kind = EventKind::Updated { what: "verdict went from likely to confirmed".to_owned() };
    let eased = Incident { severity_now: Some(Severity::Medium), ..incident() };
    let message = say(eased.clone(), kind, Notice::Updated, "UTC");
    assert_eq!((message.flag(), message.standing().as_str()), ("HIGH", "updated, now medium, was high"));
    let resolved = EventKind::Resolved { why: "restarted".to_owned() };
    assert_eq!(say(eased, resolved, Notice::Resolved, "UTC").standing(), "was high");
    assert_eq!(opened(incident()).standing(), "open");
}

#[test]
fn blindness_counts_no_anomalies_but_says_what_was_not_seen() {
    let blind =
        Incident { fingerprint: blind::FINGERPRINT.to_owned(), anomaly_count: 0, evidence: vec![], ..incident() };
    let text = plain(&opened(blind));
    assert!(text.contains("No metrics were read") && !text.contains("anomal"), "{text}");
}
