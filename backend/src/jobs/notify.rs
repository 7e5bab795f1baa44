//! From a pending notice to rows in the delivery ledger.
//!
//! A notice lives in its incident, written together with the change it tells of. This job turns it into one row per receiver
//! and then clears it by compare-and-set. Killed anywhere it loses nothing and doubles nothing: a row's id derives from
//! incident, event, channel and receiver, so repeating the work finds the rows that are there; and the notice goes only
//! after all its rows stand. Two servers may do the same incident at once for the same reason.

use std::sync::Arc;

use async_trait::async_trait;
use watchkeeper_domain::alert::{
    CONFIG_ID, Channel, Delivery, DeliveryState, EmailConfig, NotifyOn, Phase, SlackConfig,
};
use watchkeeper_domain::id::UserId;
use watchkeeper_domain::incident::{Incident, PendingNotice};
use watchkeeper_domain::message::Message;
use watchkeeper_domain::notify::{Decision, Wish, decide, delivery_id};
use watchkeeper_domain::tenant::Account;
use watchkeeper_domain::time::{DAY, UtcMillis};
use watchkeeper_domain::verdict::Severity;

use super::{Job, JobError, Nudge, Progress};
use crate::auth::{SystemScope, TenantScope};
use crate::services::delivery;
use crate::services::post::Post;
use crate::store::{Error as StoreError, Filter, Order, Query, Store, Versioned};

/// Incidents looked at in one step; more wait for the next, which follows at once.
const INCIDENTS: u32 = 200;
/// How long the ledger remembers.
const KEPT: i64 = 90 * DAY;
/// A demo's messages are gone with it, at the latest after this long.
const DEMO_KEPT: i64 = DAY;
/// Slack's only receiver: the webhook is the address, and a secret.
pub const WEBHOOK: &str = "webhook";

/// Somebody who may hear of an incident.
struct Receiver {
    channel: Channel,
    address: String,
    wish: Wish,
    lane: String,
}

#[derive(Debug)]
pub struct Notify {
    pub store: Store,
    pub system: SystemScope,
    pub post: Arc<Post>,
    /// Address of the dashboard, without a trailing slash.
    pub site: String,
    /// Wakes the delivery job.
    pub deliver: Nudge,
}

#[async_trait]
impl Job for Notify {
    fn name(&self) -> &'static str {
        "notify"
    }

    async fn step(&self, now: UtcMillis) -> Result<Progress, JobError> {
        let waiting = Query::new(Filter::eq("has_pending", true), Order::oldest("updated_at"), INCIDENTS);
        let page = self.store.system(&self.system).find::<Incident>(&waiting).await?;
        let mut failed = None;
        let mut left = page.next.is_some();
        for (owner, incident) in page.items {
            let Some(owner) = owner else { continue };
            let id = incident.doc.id.clone();
            match self.tell(owner, incident, now).await {
                Ok(()) => {}
                // Somebody changed the incident meanwhile; the rows stand, and the next step clears the notice.
                Err(StoreError::Conflict) => left = true,
                Err(error) => {
                    tracing::error!(incident.id = %id, error = %error, "notices could not be turned into deliveries");
                    failed = Some(error);
                }
            }
        }
        match failed {
            Some(error) => Err(error.into()),
            None if left => Ok(Progress::More),
            None => Ok(Progress::Idle),
        }
    }
}

impl Notify {
    async fn tell(&self, owner: UserId, incident: Versioned<Incident>, now: UtcMillis) -> Result<(), StoreError> {
        let scope = TenantScope::for_job(owner, &self.system, "turn notices into deliveries");
        let Versioned { doc: mut incident, rev } = incident;
        let receivers = self.receivers(&scope).await?;
        let mut ledger = delivery::of_incident(&self.store, &scope, &incident.id).await?;
        let zone = self.zone(&scope).await?;
        let mut notices = std::mem::take(&mut incident.pending_notices);
        notices.sort_by_key(|notice| notice.seq);
        for notice in &notices {
            let message = Message::of(&incident, notice, &zone, &self.site);
            let message = if scope.is_demo() { message.of_a_demo() } else { message };
            for receiver in &receivers {
                let mut row = row(&incident, notice, receiver, &message, &ledger, now);
                if scope.is_demo() {
                    row.expires_at = now + DEMO_KEPT;
                }
                match self.store.tenant(&scope).insert(&row).await {
                    Ok(()) => ledger.push(row),
                    Err(StoreError::Duplicate { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        self.deliver.nudge();
        incident.has_pending = false;
        self.store.tenant(&scope).replace(&incident, rev).await.map(|_rev| ())
    }

    /// A demo tells its outbox and, as any failure, those whom the person has set up.
    async fn receivers(&self, scope: &TenantScope) -> Result<Vec<Receiver>, StoreError> {
        let mut receivers: Vec<Receiver> = scope.is_demo().then(outbox).into_iter().collect();
        let scope = &scope.account();
        if let Some(Versioned { doc: email, .. }) = self.store.tenant(scope).get::<EmailConfig>(CONFIG_ID).await? {
            let lane = self.post.mail_lane(&email);
            let wish = Wish { enabled: email.enabled, min_severity: email.min_severity, notify_on: email.notify_on };
            receivers.extend(email.recipients.into_iter().map(|address| Receiver {
                channel: Channel::Email,
                address,
                wish,
                lane: lane.clone(),
            }));
        }
        if let Some(Versioned { doc: slack, .. }) = self.store.tenant(scope).get::<SlackConfig>(CONFIG_ID).await? {
            let lane = self.post.slack_lane(scope, &slack);
            let wish = Wish { enabled: slack.enabled, min_severity: slack.min_severity, notify_on: slack.notify_on };
            receivers.push(Receiver { channel: Channel::Slack, address: WEBHOOK.to_owned(), wish, lane });
        }
        Ok(receivers)
    }

    async fn zone(&self, scope: &TenantScope) -> Result<String, StoreError> {
        let account = self.store.system(&self.system).get::<Account>(scope.account().key()).await?;
        Ok(account.map_or_else(|| "UTC".to_owned(), |account| account.doc.time_zone))
    }
}

fn outbox() -> Receiver {
    let wish = Wish {
        enabled: true,
        min_severity: Severity::Low,
        notify_on: NotifyOn { open: true, update: true, resolve: true },
    };
    let name = Channel::Outbox.as_str();
    Receiver { channel: Channel::Outbox, address: name.to_owned(), wish, lane: name.to_owned() }
}

fn row(
    incident: &Incident,
    notice: &PendingNotice,
    receiver: &Receiver,
    message: &Message,
    ledger: &[Delivery],
    now: UtcMillis,
) -> Delivery {
    let told: Vec<Delivery> = ledger
        .iter()
        .filter(|d| d.channel == receiver.channel && d.receiver == receiver.address && d.seq < notice.seq)
        .cloned()
        .collect();
    let (state, phase) = match decide(notice.notice, incident.severity, &receiver.wish, &told) {
        Decision::Send => (DeliveryState::Queued, Phase::Queued),
        Decision::Suppressed(reason) => (DeliveryState::Suppressed { reason }, Phase::Done),
    };
    Delivery {
        id: delivery_id(&incident.id, notice.seq, receiver.channel, &receiver.address),
        incident_id: incident.id.clone(),
        incident_title: message.title.clone(),
        severity: incident.severity,
        seq: notice.seq,
        notice: notice.notice,
        channel: receiver.channel,
        receiver: receiver.address.clone(),
        state,
        phase,
        lane: receiver.lane.clone(),
        message: message.clone(),
        started: 0,
        attempts: Vec::new(),
        created_at: now,
        updated_at: now,
        next_attempt_at: now,
        lease_until: UtcMillis::default(),
        expires_at: now + KEPT,
    }
}
