//! Where messages go.

use watchkeeper_common::alert::{EmailSettings, SlackSettings, TestResult};

use super::wire::Method;
use super::{Fault, Session};

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

    pub(crate) async fn slack_settings(&self) -> Result<SlackSettings, Fault> {
        self.get("/alerts/slack").await
    }

    pub(crate) async fn save_slack_settings(&self, settings: &SlackSettings) -> Result<SlackSettings, Fault> {
        self.write(Method::Put, "/alerts/slack", settings).await
    }

    pub(crate) async fn test_slack(&self) -> Result<TestResult, Fault> {
        self.act(Method::Post, "/alerts/slack/test").await
    }
}
