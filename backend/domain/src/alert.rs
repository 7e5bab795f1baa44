//! Alerts: where a tenant wants to hear of incidents, and the ledger of what was sent.

use serde::{Deserialize, Serialize};

use crate::id::{DeliveryId, IncidentId};
use crate::incident::Notice;
use crate::message::Message;
use crate::time::UtcMillis;
use crate::verdict::Severity;

/// When a receiver wants to hear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotifyOn {
    pub open: bool,
    pub update: bool,
    pub resolve: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmtpTls {
    /// STARTTLS required.
    Starttls,
    /// TLS from the first byte.
    Implicit,
    /// Plain text; loopback relays only unless the operator allows it.
    None,
}

/// A tenant's own mail server; the password is sealed at rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmtpServer {
    pub host: String,
    pub port: u16,
    pub user: Option<String>,
    /// Sealed (XChaCha20-Poly1305); never shown.
    pub password_sealed: Option<String>,
    pub from: String,
    pub tls: SmtpTls,
}

/// The id of the one document that [`EmailConfig`] and [`SlackConfig`] each are to a tenant.
pub const CONFIG_ID: &str = "config";

/// Collection `email_config`; one per tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailConfig {
    pub id: String,
    pub enabled: bool,
    pub recipients: Vec<String>,
    pub min_severity: Severity,
    pub notify_on: NotifyOn,
    /// `None`: the server-wide SMTP from the environment.
    pub server: Option<SmtpServer>,
    pub updated_at: UtcMillis,
    /// When a test message was last accepted; forgotten when the server changes.
    #[serde(default)]
    pub tested_at: Option<UtcMillis>,
}

/// Collection `slack_config`; one per tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlackConfig {
    pub id: String,
    pub enabled: bool,
    /// Sealed incoming-webhook URL; it is a credential.
    pub webhook_sealed: String,
    pub min_severity: Severity,
    pub notify_on: NotifyOn,
    pub updated_at: UtcMillis,
    /// When a test message was last accepted; forgotten when the webhook changes.
    #[serde(default)]
    pub tested_at: Option<UtcMillis>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Email,
    Slack,
    /// The outbox of a demo: rendered as for the others, and kept instead of sent.
    Outbox,
}

impl Channel {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Slack => "slack",
            Self::Outbox => "outbox",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum DeliveryState {
    Queued,
    Sent {
        at: UtcMillis,
    },
    /// Dead-lettered; no more attempts.
    Failed {
        error: String,
    },
    Suppressed {
        reason: SuppressReason,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuppressReason {
    ChannelOff,
    BelowMinimumSeverity,
    NoticeNotWanted,
    /// The incident already has a newer message queued for this receiver.
    Superseded,
    /// The address left the list of recipients before the message was sent.
    ReceiverRemoved,
}

/// Whether the delivery job still has work with a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    Queued,
    Done,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    pub at: UtcMillis,
    /// `None` when it was accepted.
    pub error: Option<String>,
}

/// One message to one receiver. `id` derives from incident, event, channel and receiver, so a reason is sent once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    pub id: DeliveryId,
    pub incident_id: IncidentId,
    pub incident_title: String,
    pub severity: Severity,
    pub seq: u32,
    pub notice: Notice,
    pub channel: Channel,
    /// Mail address, or `webhook` for Slack.
    pub receiver: String,
    pub state: DeliveryState,
    /// What the delivery job filters by.
    pub phase: Phase,
    /// Where it leaves through (`email:mail.example.com:587`): what the delivery job bounds concurrency by.
    pub lane: String,
    /// What is sent, as it was when the notice was given: a retry says the same as the first attempt.
    pub message: Message,
    /// Attempts begun. One more than `attempts` while one is under way, or when the server died during it.
    pub started: u32,
    pub attempts: Vec<Attempt>,
    pub created_at: UtcMillis,
    /// When its state or its attempts last changed.
    #[serde(default)]
    pub updated_at: UtcMillis,
    pub next_attempt_at: UtcMillis,
    pub lease_until: UtcMillis,
    pub expires_at: UtcMillis,
}
