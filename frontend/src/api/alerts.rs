//! Where messages go, and what became of them.

use watchkeeper_common::alert::{DeliveryView, EmailPreview, EmailSettings, SlackPreview, SlackSettings, TestResult};
use watchkeeper_common::page::Page;

use super::wire::{Method, segment, with_query};
use super::{Answer, Session, Wanted};

impl Session {
    pub(crate) fn email_settings(&self) -> Answer<EmailSettings> {
        self.get("/alerts/email")
    }

    pub(crate) fn save_email_settings(&self, settings: &EmailSettings) -> Answer<EmailSettings> {
        self.write(Method::Put, "/alerts/email", settings)
    }

    pub(crate) fn test_email(&self) -> Answer<TestResult> {
        self.act(Method::Post, "/alerts/email/test")
    }

    pub(crate) fn preview_email(&self) -> Answer<EmailPreview> {
        self.act(Method::Post, "/alerts/email/preview")
    }

    pub(crate) fn slack_settings(&self) -> Answer<SlackSettings> {
        self.get("/alerts/slack")
    }

    pub(crate) fn save_slack_settings(&self, settings: &SlackSettings) -> Answer<SlackSettings> {
        self.write(Method::Put, "/alerts/slack", settings)
    }

    pub(crate) fn test_slack(&self) -> Answer<TestResult> {
        self.act(Method::Post, "/alerts/slack/test")
    }

    pub(crate) fn preview_slack(&self) -> Answer<SlackPreview> {
        self.act(Method::Post, "/alerts/slack/preview")
    }

    pub(crate) fn deliveries(&self, wanted: Wanted) -> Answer<Page<DeliveryView>> {
        let set: Vec<_> =
            wanted.into_iter().map(|(name, value)| (name, Some(value).filter(|v| !v.is_empty()))).collect();
        self.get(with_query("/deliveries", &set))
    }

    pub(crate) fn send_again(&self, id: &str) -> Answer<DeliveryView> {
        self.act(Method::Post, format!("/deliveries/{}/retry", segment(id)))
    }
}
