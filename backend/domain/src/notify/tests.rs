//! Who hears of what, and why not.

use proptest::prelude::*;

use super::*;
use crate::incident::IncidentState;
use crate::message::Message;
use crate::verdict::Verdict;

const T0: UtcMillis = UtcMillis(1_000_000_000);
const ALL: NotifyOn = NotifyOn { open: true, update: true, resolve: true };
const WISH: Wish = Wish { enabled: true, min_severity: Severity::Medium, notify_on: ALL };

fn row(seq: u32, notice: Notice, state: DeliveryState) -> Delivery {
    let incident_id = IncidentId::derive(&["i"]);
    let message = Message {
        notice,
        state: IncidentState::Open,
        severity: Severity::High,
        title: format!("title {seq}"),
        at: String::new(),
        window: String::new(),
        what: None,
        summary: String::new(),
        verdict: Verdict::Likely,
        confidence: 50,
        cause: String::new(),
        actions: vec![],
        proof: None,
        blind: false,
        eased_to: None,
        anomaly_count: 0,
        link: String::new(),
    };
    Delivery {
        id: delivery_id(&incident_id, seq, Channel::Email, "a@example.com"),
        incident_id,
        incident_title: message.title.clone(),
        severity: Severity::High,
        seq,
        notice,
        channel: Channel::Email,
        receiver: "a@example.com".to_owned(),
        phase: if state == DeliveryState::Queued { Phase::Queued } else { Phase::Done },
        state,
        lane: "email:mail.example.com:587".to_owned(),
        message,
        started: 0,
        attempts: vec![],
        created_at: T0,
        updated_at: T0,
        next_attempt_at: T0,
        lease_until: UtcMillis(0),
        expires_at: T0 + DAY,
    }
}

const SENT: DeliveryState = DeliveryState::Sent { at: T0 };

#[test]
fn a_wish_is_granted_or_refused_with_its_reason() {
    use SuppressReason::{BelowMinimumSeverity, ChannelOff, NoticeNotWanted};
    let no_updates = Wish { notify_on: NotifyOn { update: false, ..ALL }, ..WISH };
    assert_eq!(decide(Notice::Opened, Severity::High, &WISH, &[]), Decision::Send);
    assert_eq!(decide(Notice::Opened, Severity::Medium, &WISH, &[]), Decision::Send, "the minimum is included");
    assert_eq!(
        decide(Notice::Opened, Severity::High, &Wish { enabled: false, ..WISH }, &[]),
        Decision::Suppressed(ChannelOff)
    );
    assert_eq!(decide(Notice::Opened, Severity::Low, &WISH, &[]), Decision::Suppressed(BelowMinimumSeverity));
    assert_eq!(decide(Notice::Updated, Severity::High, &no_updates, &[]), Decision::Suppressed(NoticeNotWanted));
}

#[test]
fn who_heard_the_beginning_hears_the_end_though_the_severity_fell() {
    let told = [row(1, Notice::Opened, SENT)];
    let suppressed = DeliveryState::Suppressed { reason: SuppressReason::BelowMinimumSeverity };
    let untold = [row(1, Notice::Opened, suppressed)];
    assert_eq!(decide(Notice::Resolved, Severity::Low, &WISH, &told), Decision::Send);
    assert_eq!(
        decide(Notice::Resolved, Severity::Low, &WISH, &untold),
        Decision::Suppressed(SuppressReason::BelowMinimumSeverity)
    );
}

#[test]
fn messages_of_a_thread_leave_in_order_and_refer_to_the_first_sent() {
    let first = row(1, Notice::Opened, DeliveryState::Queued);
    let last = row(3, Notice::Resolved, DeliveryState::Queued);
    let ledger = [first.clone(), last.clone()];
    assert_eq!(turn(&first, &ledger), Turn::Send { root: None });
    assert_eq!(turn(&last, &ledger), Turn::Wait { until: T0 });

    let sent = row(1, Notice::Opened, SENT);
    let root = Root { id: sent.id.clone(), title: "title 1".to_owned() };
    assert_eq!(turn(&last, &[sent, last.clone()]), Turn::Send { root: Some(root) });
}

#[test]
fn waiting_lasts_until_the_earlier_message_is_tried_again() {
    let mut first = row(1, Notice::Opened, DeliveryState::Queued);
    first.next_attempt_at = T0 + 90 * SECOND;
    let last = row(2, Notice::Resolved, DeliveryState::Queued);
    assert_eq!(turn(&last, &[first, last.clone()]), Turn::Wait { until: T0 + 90 * SECOND });
}

#[test]
fn an_attempt_is_recorded_with_what_follows_from_it() {
    let mut delivery = row(1, Notice::Opened, DeliveryState::Queued);
    (delivery.started, delivery.lease_until) = (1, T0 + 90 * SECOND);
    record(&mut delivery, Outcome::Retry { error: "451 later".to_owned(), after_ms: None }, T0);
    assert_eq!((delivery.phase, delivery.lease_until), (Phase::Queued, UtcMillis(0)));
    assert!(delivery.next_attempt_at > T0);

    delivery.started = 2;
    record(&mut delivery, Outcome::Accepted, T0 + HOUR);
    assert_eq!((delivery.phase, &delivery.state), (Phase::Done, &DeliveryState::Sent { at: T0 + HOUR }));
    let errors: Vec<_> = delivery.attempts.iter().map(|a| a.error.as_deref()).collect();
    assert_eq!(errors, [Some("451 later"), None]);
}

#[test]
fn a_refusal_and_a_day_of_failures_end_it() {
    let retry = || Outcome::Retry { error: "no route".to_owned(), after_ms: None };
    for (outcome, at) in [(Outcome::Permanent { error: "no route".to_owned() }, T0), (retry(), T0 + DAY)] {
        let mut delivery = row(1, Notice::Opened, DeliveryState::Queued);
        delivery.started = 1;
        record(&mut delivery, outcome, at);
        assert_eq!((delivery.phase, delivery.attempts.len()), (Phase::Done, 1));
        assert_eq!(delivery.state, DeliveryState::Failed { error: "no route".to_owned() });
    }
}

#[test]
fn an_attempt_that_a_crash_cut_off_stays_in_the_ledger() {
    let mut delivery = row(1, Notice::Opened, DeliveryState::Queued);
    delivery.started = 2;
    record(&mut delivery, Outcome::Accepted, T0);
    let errors: Vec<_> = delivery.attempts.iter().map(|a| a.error.as_deref()).collect();
    assert_eq!(errors, [Some(INTERRUPTED), None]);
}

#[test]
fn an_update_that_was_overtaken_is_not_sent_but_an_opening_is() {
    let update = row(2, Notice::Updated, DeliveryState::Queued);
    let last = row(3, Notice::Resolved, DeliveryState::Queued);
    assert_eq!(turn(&update, &[update.clone(), last.clone()]), Turn::Superseded);
    let opening = row(1, Notice::Opened, DeliveryState::Queued);
    assert_eq!(turn(&opening, &[opening.clone(), last]), Turn::Send { root: None });
}

#[test]
fn other_receivers_of_the_incident_do_not_hold_a_message_up() {
    let mut other = row(1, Notice::Opened, DeliveryState::Queued);
    other.receiver = "b@example.com".to_owned();
    other.id = delivery_id(&other.incident_id, 1, Channel::Email, "b@example.com");
    let mine = row(2, Notice::Resolved, DeliveryState::Queued);
    assert_eq!(turn(&mine, &[other, mine.clone()]), Turn::Send { root: None });
}

#[test]
fn a_reason_has_one_id() {
    let incident = IncidentId::derive(&["i"]);
    let id = |seq, channel, receiver| delivery_id(&incident, seq, channel, receiver);
    assert_eq!(id(1, Channel::Email, "a@b.c"), id(1, Channel::Email, "a@b.c"));
    assert_ne!(id(1, Channel::Email, "a@b.c"), id(2, Channel::Email, "a@b.c"));
    assert_ne!(id(1, Channel::Email, "webhook"), id(1, Channel::Slack, "webhook"));
}

#[test]
fn backoff_doubles_honours_retry_after_and_ends_after_a_day() {
    let delivery = row(1, Notice::Opened, DeliveryState::Queued);
    let wait = |attempts, after, now| match retry(&delivery, attempts, after, now) {
        Retry::At(at) => at.since(now),
        Retry::GiveUp => -1,
    };
    assert!((12 * SECOND..=18 * SECOND).contains(&wait(1, None, T0)));
    assert!((24 * SECOND..=36 * SECOND).contains(&wait(2, None, T0)));
    assert!((HOUR * 4 / 5..=HOUR * 6 / 5).contains(&wait(40, None, T0)));
    assert_eq!(wait(1, Some(120 * SECOND), T0), 120 * SECOND);
    assert_eq!(wait(1, Some(i64::MAX), T0), DAY, "an absurd Retry-After keeps the last attempt of the day");
    assert_eq!(retry(&delivery, 30, None, T0 + DAY), Retry::GiveUp);
}

proptest! {
    #[test]
    fn a_retry_is_always_later_and_never_past_the_day(
        attempts in 0_u32..10_000, after in proptest::option::of(0..i64::MAX), age in 0..DAY,
    ) {
        let delivery = row(1, Notice::Opened, DeliveryState::Queued);
        let now = T0 + age;
        match retry(&delivery, attempts, after, now) {
            Retry::At(at) => prop_assert!(at > now && at <= T0 + DAY),
            Retry::GiveUp => prop_assert!(false, "the day is not over"),
        }
    }

    #[test]
    fn some_message_of_a_thread_may_always_leave(seqs in proptest::collection::btree_set(1_u32..20, 1..6)) {
        let ledger: Vec<_> = seqs.iter().map(|s| row(*s, Notice::Updated, DeliveryState::Queued)).collect();
        let stuck = ledger.iter().all(|d| matches!(turn(d, &ledger), Turn::Wait { .. }));
        prop_assert!(!stuck);
    }
}

#[test]
fn only_what_did_not_leave_is_sent_again() {
    let failed = row(1, Notice::Opened, DeliveryState::Failed { error: "554 spam".to_owned() });
    let again_now = again(Delivery { phase: Phase::Done, ..failed }, T0 + DAY).unwrap();
    assert_eq!((again_now.phase, again_now.next_attempt_at), (Phase::Queued, T0 + DAY));
    assert_eq!(again_now.state, DeliveryState::Queued);
    let waiting = Delivery { next_attempt_at: T0 + HOUR, ..row(1, Notice::Opened, DeliveryState::Queued) };
    assert_eq!(again(waiting.clone(), T0).unwrap().next_attempt_at, T0);
    let under_way = Delivery { lease_until: T0 + SECOND, ..waiting };
    assert_eq!(again(under_way, T0), Err(NotAgain::UnderWay));
    assert_eq!(again(row(1, Notice::Opened, DeliveryState::Sent { at: T0 }), T0), Err(NotAgain::Sent));
    let held = DeliveryState::Suppressed { reason: SuppressReason::ChannelOff };
    assert_eq!(again(row(1, Notice::Opened, held), T0), Err(NotAgain::Suppressed));
}
