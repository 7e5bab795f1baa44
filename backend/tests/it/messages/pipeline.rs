//! The straight way, its order, and the crashes between its steps.

use watchkeeper_domain::alert::{Delivery, DeliveryState, Phase, SuppressReason};
use watchkeeper_domain::id::Id;
use watchkeeper_domain::incident::{Incident, Notice};
use watchkeeper_domain::time::{MINUTE, UtcMillis};
use watchkeeper_domain::verdict::Severity;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::world::World;
use crate::support::mail_server::{MailServer, header};

const AUTH: &[&str] = &["--user", "bob", "--password", "hunter2"];

async fn slack() -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(200).set_body_string("ok")).mount(&server).await;
    server
}

#[tokio::test]
async fn an_incident_reaches_mailbox_and_slack_and_its_end_the_same_thread() {
    let Some(mail) = MailServer::start(AUTH) else { return };
    let (world, slack) = (World::new(Some(&mail)).await, slack().await);
    world.email(&mail, &["oncall@example.com"]).await;
    world.slack(&format!("{}/services/T/B/secret", slack.uri())).await;

    world.happens(Notice::Opened, Severity::High).await;
    world.notify().await;
    world.deliver_step().await;
    world.happens(Notice::Resolved, Severity::High).await;
    world.notify().await;
    world.later(MINUTE).await;

    let mails = mail.mails();
    assert_eq!(mails.len(), 2);
    assert_eq!(header(&mails[0], "Subject"), "[HIGH] Memory leak in api-1 <fills> swap");
    assert_eq!(header(&mails[1], "Subject"), "Re: [RESOLVED] Memory leak in api-1 <fills> swap");
    assert_eq!(header(&mails[0], "In-Reply-To"), "");
    assert!(header(&mails[0], "Message-ID").ends_with("@example.com>"));
    assert_eq!(header(&mails[1], "In-Reply-To"), header(&mails[0], "Message-ID"));
    assert_eq!(header(&mails[1], "References"), header(&mails[0], "Message-ID"));
    assert!(mails[0].contains("text/plain") && mails[0].contains("&lt;fills&gt;"), "text, and escaped HTML");

    let posts = slack.received_requests().await.unwrap();
    let bodies: Vec<serde_json::Value> = posts.iter().map(|post| post.body_json().unwrap()).collect();
    assert_eq!(bodies.len(), 2);
    assert_eq!(bodies[0]["text"], "[HIGH] Memory leak in api-1 &lt;fills&gt; swap");
    assert_eq!(bodies[0]["blocks"][1]["type"], "header");
    assert_eq!(bodies[1]["text"], "[RESOLVED] Memory leak in api-1 &lt;fills&gt; swap");

    let ledger = world.ledger().await;
    assert!(ledger.iter().all(|row| matches!(row.state, DeliveryState::Sent { .. }) && row.phase == Phase::Done));
    let incident = &ledger[0].incident_id;
    let stored = world.store.tenant(&world.scope).get::<Incident>(incident.as_str()).await.unwrap().unwrap();
    assert!(!stored.doc.has_pending && stored.doc.pending_notices.is_empty());
}

#[tokio::test]
async fn repeating_any_step_sends_nothing_twice() {
    let Some(mail) = MailServer::start(AUTH) else { return };
    let world = World::new(Some(&mail)).await;
    world.email(&mail, &["a@example.com", "b@example.com"]).await;
    world.happens(Notice::Opened, Severity::High).await;
    let before = world.store.tenant(&world.scope);
    let id = watchkeeper_domain::id::IncidentId::derive(&["incident"]);
    let pending = before.get::<Incident>(id.as_str()).await.unwrap().unwrap().doc;
    world.notify().await;
    world.deliver_step().await;

    // Killed after the rows stood and before the notice was cleared: the notice is there again.
    let rev = before.get::<Incident>(id.as_str()).await.unwrap().unwrap().rev;
    before.replace(&pending, rev).await.unwrap();
    world.notify().await;
    world.later(MINUTE).await;
    world.later(MINUTE).await;
    assert_eq!(mail.mails().len(), 2);
    assert_eq!(world.ledger().await.len(), 2);
}

#[tokio::test]
async fn an_attempt_that_a_kill_cut_off_is_made_again_under_the_same_message_id() {
    let Some(mail) = MailServer::start(AUTH) else { return };
    let world = World::new(Some(&mail)).await;
    world.email(&mail, &["oncall@example.com"]).await;
    world.happens(Notice::Opened, Severity::High).await;
    world.notify().await;
    world.deliver_step().await;

    // Killed between the server's acceptance and our record: the row is as the lease left it.
    let tenant = world.store.tenant(&world.scope);
    let id = world.ledger().await[0].id.clone();
    let mut row = tenant.get::<Delivery>(id.as_str()).await.unwrap().unwrap();
    let lease_until = world.clock.now() + 90_000;
    (row.doc.state, row.doc.phase, row.doc.lease_until) = (DeliveryState::Queued, Phase::Queued, lease_until);
    row.doc.attempts.clear();
    tenant.replace(&row.doc, row.rev).await.unwrap();

    world.later(60_000).await;
    assert_eq!(mail.mails().len(), 1, "the lease still holds");
    world.later(60_000).await;
    world.later(60_000).await;
    let mails = mail.mails();
    assert_eq!(mails.len(), 2, "one duplicate at most");
    assert_eq!(header(&mails[0], "Message-ID"), header(&mails[1], "Message-ID"));
    let row = &world.ledger().await[0];
    let errors: Vec<bool> = row.attempts.iter().map(|attempt| attempt.error.is_some()).collect();
    assert_eq!((errors, row.started), (vec![true, false], 2));
    assert_eq!(row.lease_until, UtcMillis(0));
}

#[tokio::test]
async fn an_overtaken_update_is_suppressed_and_the_rest_keeps_its_order() {
    let Some(mail) = MailServer::start(AUTH) else { return };
    let world = World::new(Some(&mail)).await;
    world.email(&mail, &["oncall@example.com"]).await;
    for notice in [Notice::Opened, Notice::Updated, Notice::Resolved] {
        world.happens(notice, Severity::High).await;
    }
    world.notify().await;
    world.deliver_step().await;
    world.later(MINUTE).await;
    let states: Vec<_> = world.ledger().await.into_iter().map(|row| row.state).collect();
    assert!(matches!(states[0], DeliveryState::Sent { .. }));
    assert_eq!(states[1], DeliveryState::Suppressed { reason: SuppressReason::Superseded });
    assert!(matches!(states[2], DeliveryState::Sent { .. }));
    let subjects: Vec<_> = mail.mails().iter().map(|mail| header(mail, "Subject")).collect();
    assert!(subjects[0].starts_with("[HIGH]") && subjects[1].starts_with("Re: [RESOLVED]"), "{subjects:?}");
}
