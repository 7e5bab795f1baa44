//! Servers that refuse, delay and hang.

use std::time::Instant;

use watchkeeper_domain::alert::{DeliveryState, Phase};
use watchkeeper_domain::incident::Notice;
use watchkeeper_domain::time::{DAY, MINUTE, SECOND};
use watchkeeper_domain::verdict::Severity;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::world::World;
use crate::support::mail_server::MailServer;

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
