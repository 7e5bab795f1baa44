//! One attempt at one leased delivery, and writing down how it ended.

use std::sync::Arc;
use std::time::Duration;

use watchkeeper_clients::send::SendError;
use watchkeeper_domain::alert::{
    CONFIG_ID, Channel, Delivery, DeliveryState, EmailConfig, Phase, SlackConfig, SuppressReason,
};
use watchkeeper_domain::demo::{RUN_ID, Run};
use watchkeeper_domain::id::Id;
use watchkeeper_domain::notify::{Outcome, Root, record};

use crate::auth::TenantScope;
use crate::clock::Clock;
use crate::services::post::Post;
use crate::store::{Error as StoreError, Store, Versioned};
use crate::telemetry::Telemetry;

/// Pauses between tries to write an outcome. Together shorter than the lease: until it ends nobody else sends the message.
const RECORDING: [Duration; 5] = [
    Duration::ZERO,
    Duration::from_millis(200),
    Duration::from_secs(1),
    Duration::from_secs(4),
    Duration::from_secs(15),
];

#[derive(Debug)]
pub(super) struct Attempts {
    pub(super) store: Store,
    pub(super) post: Arc<Post>,
    pub(super) clock: Clock,
    pub(super) telemetry: Telemetry,
}

impl Attempts {
    /// Sends and records.
    pub(super) async fn make(&self, scope: &TenantScope, claimed: Versioned<Delivery>, root: Option<&Root>) {
        match self.send(scope, &claimed.doc, root).await {
            Ok(outcome) => self.record(scope, claimed, &outcome).await,
            Err(error) => {
                tracing::error!(delivery.id = %claimed.doc.id, error = %error, "a delivery could not be begun; its lease runs out");
            }
        }
    }

    /// By the configuration as it is now: somebody who has switched a channel off since wants no more of it.
    async fn send(&self, scope: &TenantScope, delivery: &Delivery, root: Option<&Root>) -> Result<Outcome, StoreError> {
        // What a removed demo had queued is nobody's any more.
        if scope.is_demo() && self.store.tenant(scope).get::<Run>(RUN_ID).await?.is_none() {
            return Ok(Outcome::Withdrawn(SuppressReason::ChannelOff));
        }
        let account = scope.account();
        let tenant = self.store.tenant(&account);
        let sent = match delivery.channel {
            Channel::Email => match tenant.get::<EmailConfig>(CONFIG_ID).await? {
                Some(config) if !config.doc.enabled => return Ok(Outcome::Withdrawn(SuppressReason::ChannelOff)),
                Some(config) if !config.doc.recipients.contains(&delivery.receiver) => {
                    return Ok(Outcome::Withdrawn(SuppressReason::ReceiverRemoved));
                }
                Some(config) => self.post.mail(&account, &config.doc, delivery, root).await,
                None => return Ok(Outcome::Withdrawn(SuppressReason::ChannelOff)),
            },
            Channel::Slack => match tenant.get::<SlackConfig>(CONFIG_ID).await? {
                Some(config) if config.doc.enabled => self.post.slack(&account, &config.doc, delivery).await,
                Some(_) | None => return Ok(Outcome::Withdrawn(SuppressReason::ChannelOff)),
            },
            Channel::Outbox => self.keep(scope, delivery, root).await?,
        };
        Ok(outcome(sent))
    }

    /// A letter that lies there already was put there before a crash, and is the same.
    async fn keep(
        &self,
        scope: &TenantScope,
        delivery: &Delivery,
        root: Option<&Root>,
    ) -> Result<Result<(), SendError>, StoreError> {
        let letter = match Post::outbox(delivery, root, self.clock.now()) {
            Ok(letter) => letter,
            Err(error) => return Ok(Err(error)),
        };
        match self.store.tenant(scope).insert(&letter).await {
            Ok(()) | Err(StoreError::Duplicate { .. }) => Ok(Ok(())),
            Err(error) => Err(error),
        }
    }

    /// Whoever holds the lease by now, what was sent is written as sent: only the record keeps it from being sent again.
    async fn record(&self, scope: &TenantScope, claimed: Versioned<Delivery>, outcome: &Outcome) {
        let id = claimed.doc.id.clone();
        let mut row = claimed;
        for pause in RECORDING {
            tokio::time::sleep(pause).await;
            match self.write(scope, &row, outcome).await {
                Ok(()) => return,
                Err(StoreError::Conflict) => match self.store.tenant(scope).get::<Delivery>(id.as_str()).await {
                    Ok(Some(fresh)) if fresh.doc.phase == Phase::Queued => row = fresh,
                    Ok(_settled) => return,
                    Err(error) => {
                        tracing::warn!(delivery.id = %id, error = %error, "a delivery could not be read again");
                    }
                },
                Err(error) => {
                    tracing::warn!(delivery.id = %id, error = %error, "a delivery's outcome is not written yet");
                }
            }
        }
        tracing::error!(delivery.id = %id, "a delivery's outcome could not be written; it may be sent twice");
    }

    async fn write(&self, scope: &TenantScope, row: &Versioned<Delivery>, outcome: &Outcome) -> Result<(), StoreError> {
        let mut doc = row.doc.clone();
        record(&mut doc, outcome.clone(), self.clock.now());
        self.store.tenant(scope).replace(&doc, row.rev).await?;
        self.telemetry.delivery(word(&doc.state));
        Ok(())
    }
}

fn outcome(sent: Result<(), SendError>) -> Outcome {
    match sent {
        Ok(()) => Outcome::Accepted,
        Err(SendError::Permanent { text }) => Outcome::Permanent { error: text },
        Err(SendError::Retry { text, after }) => {
            let after_ms = after.map(|after| i64::try_from(after.as_millis()).unwrap_or(i64::MAX));
            Outcome::Retry { error: text, after_ms }
        }
    }
}

/// For the metrics; a row that stays queued is an attempt to be repeated.
fn word(state: &DeliveryState) -> &'static str {
    match state {
        DeliveryState::Queued => "retried",
        DeliveryState::Sent { .. } => "sent",
        DeliveryState::Failed { .. } => "failed",
        DeliveryState::Suppressed { .. } => "suppressed",
    }
}
