//! Receivers: what is stored, what the test button says, what is refused.

use watchkeeper::services::ServiceError;
use watchkeeper::services::alert::{EmailDraft, ServerDraft, SlackDraft};
use watchkeeper_domain::alert::{CONFIG_ID, DeliveryState, EmailConfig, NotifyOn, SuppressReason};
use watchkeeper_domain::incident::Notice;
use watchkeeper_domain::verdict::Severity;

use super::world::{ALL, World, email_draft};
use crate::support::mail_server::MailServer;

const AUTH: &[&str] = &["--user", "bob", "--password", "hunter2"];

fn with_server(port: u16, change: impl FnOnce(&mut ServerDraft)) -> EmailDraft {
    let mut draft = email_draft(port, &["oncall@example.com"]);
    change(draft.server.as_mut().unwrap());
    draft
}

fn refused_field(error: &ServiceError) -> &str {
    let ServiceError::Validation(errors) = error else { panic!("{error:?}") };
    &errors[0].field
}

#[tokio::test]
async fn the_test_button_says_what_the_transport_said() {
    let Some(mail) = MailServer::start(AUTH) else { return };
    let world = World::new(Some(&mail)).await;
    let test = async |draft: EmailDraft| {
        world.alerts.put_email(&world.scope, draft).await.unwrap();
        world.alerts.test_email(&world.scope).await.unwrap()
    };
    let good = test(with_server(mail.port, |_| {})).await;
    assert!(good.ok, "{}", good.detail);
    assert_eq!(mail.mails().len(), 1);
    assert!(world.alerts.email(&world.scope).await.unwrap().config.tested_at.is_some());

    let wrong = test(with_server(mail.port, |server| server.password = Some("wrong".into()))).await;
    assert!(!wrong.ok && wrong.detail.contains("535"), "{}", wrong.detail);
    let closed = test(with_server(1, |_| {})).await;
    assert!(!closed.ok && closed.detail.contains("refused"), "{}", closed.detail);
    let unknown = test(with_server(mail.port, |server| server.host = "no-such-host.invalid".to_owned())).await;
    assert!(!unknown.ok && unknown.detail.contains("no-such-host.invalid"), "{}", unknown.detail);
    let mismatch = test(with_server(mail.port, |server| server.host = "127.0.0.1".to_owned())).await;
    assert!(!mismatch.ok && mismatch.detail.contains("certificate"), "{}", mismatch.detail);
    assert!(world.alerts.email(&world.scope).await.unwrap().config.tested_at.is_none());
}

#[tokio::test]
async fn a_stored_password_is_sealed_kept_and_bound_to_its_server() {
    let world = World::new(None).await;
    world.alerts.put_email(&world.scope, with_server(587, |_| {})).await.unwrap();
    let stored =
        || async { world.store.tenant(&world.scope).get::<EmailConfig>(CONFIG_ID).await.unwrap().unwrap().doc };
    let sealed = stored().await.server.unwrap().password_sealed.unwrap();
    assert!(sealed.starts_with("v1:") && !sealed.contains("hunter2"));

    let kept = with_server(587, |server| server.password = None);
    world.alerts.put_email(&world.scope, kept).await.unwrap();
    assert_eq!(stored().await.server.unwrap().password_sealed.as_ref(), Some(&sealed));

    let moved = with_server(587, |server| {
        (server.password, server.host) = (None, "127.0.0.1".to_owned());
    });
    let error = world.alerts.put_email(&world.scope, moved).await.unwrap_err();
    assert_eq!(refused_field(&error), "server.password");
    let metadata = with_server(587, |server| server.host = "169.254.169.254".to_owned());
    let error = world.alerts.put_email(&world.scope, metadata).await.unwrap_err();
    assert_eq!(refused_field(&error), "server.host");
}

#[tokio::test]
async fn a_webhook_goes_in_and_only_its_hint_comes_out() {
    let world = World::new(None).await;
    let draft = |webhook: Option<&str>| SlackDraft {
        enabled: true,
        webhook: webhook.map(Into::into),
        min_severity: Severity::Low,
        notify_on: ALL,
    };
    let put = async |webhook: Option<&str>| world.alerts.put_slack(&world.scope, draft(webhook)).await;
    for refused in [None, Some("not a url"), Some("ftp://x.example.com/"), Some("https://169.254.169.254/services")] {
        assert_eq!(refused_field(&put(refused).await.unwrap_err()), "webhook_url", "{refused:?}");
    }
    let state = put(Some("http://127.0.0.1:9/services/T/B/secret-abcd")).await.unwrap();
    assert_eq!(state.hint.as_deref(), Some("127.0.0.1 …abcd"));
    assert_eq!(put(None).await.unwrap().hint, state.hint, "left out, it stays");
    assert!(!state.config.unwrap().webhook_sealed.contains("secret"));
}

#[tokio::test]
async fn what_is_not_sent_says_why() {
    let world = World::new(None).await;
    let mut draft = with_server(9, |_| {});
    draft.min_severity = Severity::Critical;
    draft.notify_on = NotifyOn { update: false, ..ALL };
    world.alerts.put_email(&world.scope, draft).await.unwrap();
    world.happens(Notice::Opened, Severity::High).await;
    world.happens(Notice::Updated, Severity::High).await;
    world.notify().await;
    let mut off = with_server(9, |_| {});
    off.enabled = false;
    world.alerts.put_email(&world.scope, off).await.unwrap();
    world.happens(Notice::Resolved, Severity::High).await;
    world.notify().await;
    let reasons: Vec<_> = world.ledger().await.into_iter().map(|row| row.state).collect();
    let suppressed = |reason| DeliveryState::Suppressed { reason };
    assert_eq!(
        reasons,
        [
            suppressed(SuppressReason::BelowMinimumSeverity),
            suppressed(SuppressReason::NoticeNotWanted),
            suppressed(SuppressReason::ChannelOff)
        ]
    );
}
