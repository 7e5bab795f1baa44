//! Where messages go, and what became of them.

use watchkeeper_common::alert::{DeliveryView, EmailPreview, EmailSettings, SlackPreview, SlackSettings, TestResult};
use watchkeeper_common::page::Page;

use super::wire::{Method, segment, with_query};
use super::{Fault, Session, Wanted};

impl Session {
    pub(crate) async fn email_settings(&self) -> Result<EmailSettings, Fault> {
        self.get("/alerts/email").await
    }

    pub(crate) async fn save_email_settings(&self, settings: &EmailSettings) -> Result<EmailSettings, Fault> {
        self.write(Method::Put, "/alerts/email", settings).await
    }

    pub(crate) async fn test_email(&self) -> Result<TestResult, Fault> {
        self.act(Method::Post, "/alerts/email/test").await
    }

    pub(crate) async fn preview_email(&self) -> Result<EmailPreview, Fault> {
        self.act(Method::Post, "/alerts/email/preview").await
    }

    pub(crate) async fn slack_settings(&self) -> Result<SlackSettings, Fault> {
        self.get("/alerts/slack").await
    }

    pub(crate) async fn save_slack_settings(&self, settings: &SlackSettings) -> Result<SlackSettings, Fault> {
        self.write(Method::Put, "/alerts/slack", settings).await
    }

    pub(crate) async fn test_slack(&self) -> Result<TestResult, Fault> {
        self.act(Method::Post, "/alerts/slack/test").await
    }

    pub(crate) async fn preview_slack(&self) -> Result<SlackPreview, Fault> {
        self.act(Method::Post, "/alerts/slack/preview").await
    }

    pub(crate) async fn deliveries(&self, wanted: Wanted) -> Result<Page<DeliveryView>, Fault> {
        let set: Vec<_> =
            wanted.into_iter().map(|(name, value)| (name, Some(value).filter(|v| !v.is_empty()))).collect();
        self.get(with_query("/deliveries", &set)).await
    }

    pub(crate) async fn send_again(&self, id: &str) -> Result<DeliveryView, Fault> {
        self.act(Method::Post, format!("/deliveries/{}/retry", segment(id))).await
    }
}
