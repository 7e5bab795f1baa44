//! Servers that refuse, delay and hang.

use std::time::Instant;

use watchkeeper_domain::alert::{DeliveryState, Phase, SmtpTls};
use watchkeeper_domain::incident::Notice;
use watchkeeper_domain::time::{DAY, MINUTE, SECOND};
use watchkeeper_domain::verdict::Severity;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::world::World;
use crate::support::mail_server::{MailServer, header};

#[tokio::test]
async fn a_greylisted_message_is_tried_again_and_arrives() {
    let arguments = ["--user", "bob", "--password", "hunter2", "--fault", "greylist:1"];
    let Some(mail) = MailServer::start(&arguments) else { return };
    let world = World::new(Some(&mail)).await;
    world.email(&mail, &["oncall@example.com"]).await;
    world.happens(Notice::Opened, Severity::High).await;
    world.notify().await;
    world.deliver_step().await;
    let row = &world.ledger().await[0];
    assert_eq!((row.phase, row.attempts.len()), (Phase::Queued, 1));
    let error = row.attempts[0].error.clone().unwrap();
    assert!(error.contains("451") && error.contains("greylisted"), "{error}");
    assert!(mail.mails().is_empty());
    world.later(MINUTE).await;
    assert_eq!(mail.mails().len(), 1);
    assert!(matches!(world.ledger().await[0].state, DeliveryState::Sent { .. }));
}

/// What the ledger says of a message to a server that breaks off once, and after the next attempt.
async fn broken_off(fault: &str, tls: &str) -> Option<(MailServer, String)> {
    let arguments = ["--tls", tls, "--user", "bob", "--password", "hunter2", "--fault", fault];
    let mail = MailServer::start(&arguments)?;
    let world = World::new(Some(&mail)).await;
    let tls = if tls == "implicit" { SmtpTls::Implicit } else { SmtpTls::Starttls };
    world.email_by(&mail, tls, &["oncall@example.com"]).await;
    world.happens(Notice::Opened, Severity::High).await;
    world.notify().await;
    world.deliver_step().await;
    let row = world.ledger().await.remove(0);
    assert_eq!((row.phase, row.attempts.len()), (Phase::Queued, 1), "{row:?}");
    world.later(MINUTE).await;
    let sent = world.ledger().await.remove(0);
    assert!(matches!(sent.state, DeliveryState::Sent { .. }), "{sent:?}");
    assert_eq!((sent.attempts.len(), sent.attempts[1].error.as_deref()), (2, None));
    row.attempts[0].error.clone().map(|error| (mail, error))
}

#[tokio::test]
async fn a_server_that_hangs_up_in_mid_dialogue_is_named_and_asked_again() {
    for tls in ["starttls", "implicit"] {
        let Some((mail, error)) = broken_off("hangup:1", tls).await else { return };
        assert!(error.starts_with(&format!("localhost:{} broke off without a proper answer: ", mail.port)), "{error}");
        assert_eq!(mail.mails().len(), 1);
    }
}

#[tokio::test]
async fn a_message_that_was_kept_without_an_answer_comes_again_under_the_same_id() {
    let Some((mail, error)) = broken_off("drop:1", "starttls").await else { return };
    assert!(error.contains("broke off without a proper answer"), "{error}");
    let ids: Vec<String> = mail.mails().iter().map(|mail| header(mail, "Message-ID")).collect();
    assert_eq!(ids.len(), 2, "the server kept the first one");
    assert!(ids[0] == ids[1] && !ids[0].is_empty(), "{ids:?}");
}

#[tokio::test]
async fn a_refused_message_fails_at_once_with_the_servers_words() {
    let arguments = ["--user", "bob", "--password", "hunter2", "--fault", "reject"];
    let Some(mail) = MailServer::start(&arguments) else { return };
    let world = World::new(Some(&mail)).await;
    world.email(&mail, &["oncall@example.com"]).await;
    world.happens(Notice::Opened, Severity::High).await;
    world.notify().await;
    world.deliver_step().await;
    let row = &world.ledger().await[0];
    let DeliveryState::Failed { error } = &row.state else { panic!("{row:?}") };
    assert!(error.contains("554") && error.contains("spam"), "{error}");
}

#[tokio::test]
async fn slacks_retry_after_is_kept_and_a_day_of_failures_ends_in_the_dead_letters() {
    let slack = MockServer::start().await;
    let busy = ResponseTemplate::new(429).insert_header("Retry-After", "1800");
    Mock::given(method("POST")).respond_with(busy).mount(&slack).await;
    let world = World::new(None).await;
    world.slack(&slack.uri()).await;
    world.happens(Notice::Opened, Severity::High).await;
    world.notify().await;
    world.deliver_step().await;
    let row = &world.ledger().await[0];
    assert_eq!(row.next_attempt_at.since(world.clock.now()), 1_800 * SECOND);
    world.later(MINUTE).await;
    assert_eq!(slack.received_requests().await.unwrap().len(), 1, "not before Slack said");
    world.later(DAY).await;
    let row = &world.ledger().await[0];
    assert!(matches!(&row.state, DeliveryState::Failed { error } if error.contains("429")), "{:?}", row.state);
    world.later(DAY).await;
    assert_eq!(slack.received_requests().await.unwrap().len(), 2, "dead letters are left alone");
}

#[tokio::test]
async fn a_server_that_hangs_holds_up_nobody_else() {
    let arguments = ["--user", "bob", "--password", "hunter2", "--fault", "hang"];
    let Some(mail) = MailServer::start(&arguments) else { return };
    let slack = MockServer::start().await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(200)).mount(&slack).await;
    let world = World::new(Some(&mail)).await;
    let many: Vec<String> = (0..20).map(|n| format!("r{n}@example.com")).collect();
    world.email(&mail, &many.iter().map(String::as_str).collect::<Vec<_>>()).await;
    world.slack(&slack.uri()).await;
    world.happens(Notice::Opened, Severity::High).await;
    world.notify().await;
    let started = Instant::now();
    world.deliver_step().await;
    assert!(started.elapsed().as_secs() < 20, "the step waited for the server that hangs");
    assert_eq!(slack.received_requests().await.unwrap().len(), 1);
}
