//! Receivers and deliveries on the wire.

use crate::time::Timestamp;

use crate::analysis::Severity;
use crate::{wire, words};

words! {
    SmtpTls { Starttls = "starttls", Implicit = "implicit", None = "none" }
    Channel {
        Email = "email",
        Slack = "slack",
        /// The outbox of a demo.
        Outbox = "outbox",
    }
    Notice { Opened = "opened", Updated = "updated", Resolved = "resolved" }
    DeliveryState { Queued = "queued", Sent = "sent", Failed = "failed", Suppressed = "suppressed" }
}

wire! {
    #[serde(deny_unknown_fields)]
    pub struct NotifyOn { pub open: bool, pub update: bool, pub resolve: bool }

    /// A tenant's own mail server. `password` is write-only: absent on read, absent or null on write keeps the stored one.
    #[serde(deny_unknown_fields)]
    pub struct SmtpServer {
        pub host: String,
        pub port: u16,
        #[serde(default)]
        pub user: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub password: Option<String>,
        #[serde(default)]
        pub password_set: bool,
        pub from: String,
        pub tls: SmtpTls,
    }

    /// `GET|PUT /alerts/email`
    #[serde(deny_unknown_fields)]
    pub struct EmailSettings {
        pub enabled: bool,
        pub recipients: Vec<String>,
        pub min_severity: Severity,
        pub notify_on: NotifyOn,
        /// Absent: the server-wide SMTP.
        #[serde(default)]
        pub server: Option<SmtpServer>,
        /// Read only: whether the operator configured a server-wide SMTP.
        #[serde(default)]
        pub server_wide_available: bool,
    }

    /// `GET|PUT /alerts/slack`. `webhook_url` is write-only; absent or null on write keeps the stored one.
    #[serde(deny_unknown_fields)]
    pub struct SlackSettings {
        pub enabled: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub webhook_url: Option<String>,
        /// Read only.
        #[serde(default)]
        pub webhook_set: bool,
        /// Read only: host and last four characters.
        #[serde(default)]
        pub webhook_hint: Option<String>,
        pub min_severity: Severity,
        pub notify_on: NotifyOn,
    }

    /// Answer of `POST /alerts/{email,slack}/test`: 200 with `ok: false` and the transport's own words when it failed.
    pub struct TestResult { pub ok: bool, pub detail: String }

    /// A message as it would be mailed: of the newest incident, or of a made-up one while there is none.
    pub struct EmailPreview { pub subject: String, pub text: String, pub html: String, pub example: bool }

    /// One block of a Slack message: `header`, `section` or `context`, its text in Slack's own markup.
    pub struct SlackBlock { pub kind: String, pub text: String }

    /// A message as it would be posted. `text` is what a notification shows.
    pub struct SlackPreview { pub text: String, pub blocks: Vec<SlackBlock>, pub example: bool }

    pub struct AttemptView { pub at: Timestamp, pub error: Option<String> }

    pub struct DeliveryView {
        pub id: String,
        pub incident_id: String,
        pub incident_title: String,
        pub severity: Severity,
        pub notice: Notice,
        pub channel: Channel,
        pub receiver: String,
        pub state: DeliveryState,
        /// The error, or why it was suppressed.
        pub detail: Option<String>,
        pub attempts: Vec<AttemptView>,
        pub created_at: Timestamp,
        pub sent_at: Option<Timestamp>,
        pub next_attempt_at: Option<Timestamp>,
    }
}
