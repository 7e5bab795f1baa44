//! Implicit TLS (SMTPS), and a server that speaks another kind of TLS than was chosen.

use watchkeeper_domain::alert::{Delivery, DeliveryState, Phase, SmtpTls};
use watchkeeper_domain::incident::Notice;
use watchkeeper_domain::time::MINUTE;
use watchkeeper_domain::verdict::Severity;

use super::world::World;
use crate::support::mail_server::{MailServer, header};

const IMPLICIT: &[&str] = &["--tls", "implicit", "--user", "bob", "--password", "hunter2"];
const STARTTLS: &[&str] = &["--tls", "starttls", "--user", "bob", "--password", "hunter2"];

/// One message by the chosen kind of TLS, tried once.
async fn tried(world: &World, mail: &MailServer, tls: SmtpTls) -> Delivery {
    world.email_by(mail, tls, &["oncall@example.com"]).await;
    world.happens(Notice::Opened, Severity::High).await;
    world.notify().await;
    world.deliver_step().await;
    world.ledger().await.remove(0)
}

#[tokio::test]
async fn a_message_leaves_by_implicit_tls_and_so_does_the_test_of_the_button() {
    let Some(mail) = MailServer::start(IMPLICIT) else { return };
    let world = World::new(Some(&mail)).await;
    let row = tried(&world, &mail, SmtpTls::Implicit).await;
    assert!(matches!(row.state, DeliveryState::Sent { .. }), "{row:?}");
    assert_eq!(header(&mail.mails()[0], "To"), "oncall@example.com");
    let tested = world.alerts.test_email(&world.scope).await.unwrap();
    assert!(tested.ok, "{}", tested.detail);
    assert_eq!(mail.mails().len(), 2);
}

#[tokio::test]
async fn an_authority_that_nobody_vouches_for_is_no_server_of_ours() {
    let Some(mail) = MailServer::start(IMPLICIT) else { return };
    // Knows the system's authorities only.
    let world = World::new(None).await;
    let row = tried(&world, &mail, SmtpTls::Implicit).await;
    assert_eq!((row.phase, row.attempts.len()), (Phase::Queued, 1));
    let error = row.attempts[0].error.clone().unwrap();
    assert!(error.starts_with("cannot connect to localhost:") && error.contains("certificate"), "{error}");
    assert!(mail.mails().is_empty());
}

#[tokio::test]
async fn implicit_tls_to_a_server_that_wants_starttls_says_so_and_leaves_once_that_is_mended() {
    let Some(mail) = MailServer::start(STARTTLS) else { return };
    let world = World::new(Some(&mail)).await;
    let row = tried(&world, &mail, SmtpTls::Implicit).await;
    assert_eq!((row.phase, row.attempts.len()), (Phase::Queued, 1));
    let error = row.attempts[0].error.clone().unwrap();
    let place = format!("cannot connect to localhost:{}: ", mail.port);
    assert!(error.starts_with(&place), "{error}");
    assert!(mail.mails().is_empty());

    world.email_by(&mail, SmtpTls::Starttls, &["oncall@example.com"]).await;
    world.later(MINUTE).await;
    let row = &world.ledger().await[0];
    assert!(matches!(row.state, DeliveryState::Sent { .. }), "{row:?}");
    assert_eq!((row.attempts.len(), mail.mails().len()), (2, 1));
}
