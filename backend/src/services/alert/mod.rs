//! Receivers: where a tenant wants to hear of incidents, and whether that works.
//!
//! Secrets go in and never come out. A stored password stays only while everything that decides where it is sent stays the
//! same, so that nobody who may write settings can have it sent to a server of their own.

mod email;
mod preview;
mod slack;

use secrecy::SecretString;
use watchkeeper_clients::send::SendError;
use watchkeeper_domain::alert::{CONFIG_ID, EmailConfig, NotifyOn, SlackConfig, SmtpTls};
use watchkeeper_domain::time::UtcMillis;
use watchkeeper_domain::verdict::Severity;

use std::sync::Arc;

use serde::Serialize;

pub use preview::{Mail, SlackPost};

use super::ServiceError;
use super::post::Post;
use crate::auth::{TenantScope, Throttle};
use crate::clock::Clock;
use crate::store::{Document, Filter, Store};

/// More test messages than this in a minute would make the button a mail cannon.
const TESTS_PER_MINUTE: u32 = 6;

/// What somebody typed into the email form.
#[derive(Debug)]
pub struct EmailDraft {
    pub enabled: bool,
    pub recipients: Vec<String>,
    pub min_severity: Severity,
    pub notify_on: NotifyOn,
    pub server: Option<ServerDraft>,
}

#[derive(Debug)]
pub struct ServerDraft {
    pub host: String,
    pub port: u16,
    pub user: Option<String>,
    /// `None` keeps the stored one.
    pub password: Option<SecretString>,
    pub from: String,
    pub tls: SmtpTls,
}

/// What somebody typed into the Slack form.
#[derive(Debug)]
pub struct SlackDraft {
    pub enabled: bool,
    /// `None` keeps the stored one.
    pub webhook: Option<SecretString>,
    pub min_severity: Severity,
    pub notify_on: NotifyOn,
}

/// As stored, and whether the operator has a mail server for everyone.
#[derive(Debug)]
pub struct EmailState {
    pub config: EmailConfig,
    pub server_wide_available: bool,
}

/// As stored, and enough of the webhook to recognise it.
#[derive(Debug)]
pub struct SlackState {
    pub config: Option<SlackConfig>,
    pub hint: Option<String>,
}

/// What a receiver is until somebody chooses.
pub const DEFAULT_SEVERITY: Severity = Severity::Medium;
pub const DEFAULT_NOTIFY_ON: NotifyOn = NotifyOn { open: true, update: true, resolve: true };

/// How a test ended: the transport's own words either way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tested {
    pub ok: bool,
    pub detail: String,
}

#[derive(Debug)]
pub struct Alerts {
    store: Store,
    post: Arc<Post>,
    clock: Clock,
    tests: Throttle,
    /// Address of the dashboard, without a trailing slash.
    site: String,
}

impl Alerts {
    #[must_use]
    pub fn new(store: Store, post: Arc<Post>, clock: Clock, site: String) -> Self {
        Self { store, post, clock, tests: Throttle::per_minute(TESTS_PER_MINUTE), site }
    }

    /// Sends a real message to every recipient now.
    ///
    /// # Errors
    /// [`ServiceError::InvalidState`] when there is nobody to send to; a transport's failure is an answer.
    pub async fn test_email(&self, scope: &TenantScope) -> Result<Tested, ServiceError> {
        self.tests.check((scope.key(), "email"))?;
        let config = self.store.tenant(scope).get::<EmailConfig>(CONFIG_ID).await?.map(|found| found.doc);
        let config = config.filter(|config| !config.recipients.is_empty());
        let config = config.ok_or_else(|| nothing_saved("Save at least one recipient first."))?;
        let id = uuid::Uuid::now_v7().simple().to_string();
        let outcome = self.post.mail_test(scope, &config, &id).await;
        self.tested::<EmailConfig>(scope, config.updated_at, outcome).await
    }

    /// Posts a real message now.
    ///
    /// # Errors
    /// [`ServiceError::InvalidState`] without a webhook; a transport's failure is an answer.
    pub async fn test_slack(&self, scope: &TenantScope) -> Result<Tested, ServiceError> {
        self.tests.check((scope.key(), "slack"))?;
        let config = self.store.tenant(scope).get::<SlackConfig>(CONFIG_ID).await?.map(|found| found.doc);
        let config = config.ok_or_else(|| nothing_saved("Save a webhook first."))?;
        let outcome = self.post.slack_test(scope, &config).await;
        self.tested::<SlackConfig>(scope, config.updated_at, outcome).await
    }

    /// Remembers a success, unless the configuration was changed while the test ran.
    async fn tested<D: Document>(
        &self,
        scope: &TenantScope,
        of: UtcMillis,
        outcome: Result<String, SendError>,
    ) -> Result<Tested, ServiceError> {
        let detail = match outcome {
            Ok(detail) => detail,
            Err(error) => return Ok(Tested { ok: false, detail: error.text().to_owned() }),
        };
        let unchanged = Filter::eq("id", CONFIG_ID).and(Filter::eq("updated_at", of.0));
        self.store.tenant(scope).update::<D>(&unchanged, &TestedAt { tested_at: self.clock.now() }).await?;
        Ok(Tested { ok: true, detail })
    }
}

#[derive(Serialize)]
struct TestedAt {
    tested_at: UtcMillis,
}

fn nothing_saved(hint: &str) -> ServiceError {
    ServiceError::InvalidState(hint.to_owned())
}
