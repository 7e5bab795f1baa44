//! Who hears of what, and when: pure decisions that say why.
//!
//! Two moments. When a notice is given, [`decide`] says for each receiver whether it becomes a message at all. When a queued
//! message comes up, [`turn`] says whether it may leave now: an incident's messages reach a receiver in order, and an update
//! that a newer message has overtaken is dropped. Both look only at the ledger, so both can be repeated after a crash.

#[cfg(test)]
mod tests;

use sha2::{Digest, Sha256};

use crate::alert::{Attempt, Channel, Delivery, DeliveryState, NotifyOn, Phase, SuppressReason};
use crate::id::{DeliveryId, Id, IncidentId};
use crate::incident::Notice;
use crate::time::{DAY, HOUR, SECOND, UtcMillis};
use crate::verdict::Severity;

/// What a receiver asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    pub enabled: bool,
    pub min_severity: Severity,
    pub notify_on: NotifyOn,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    Send,
    Suppressed(SuppressReason),
}

/// Whether a notice becomes a message. `ledger` holds the receiver's earlier deliveries of this incident: who was told of
/// the beginning is told of the rest, even when the severity has fallen below their minimum since.
#[must_use]
pub fn decide(notice: Notice, severity: Severity, wish: &Wish, ledger: &[Delivery]) -> Decision {
    if !wish.enabled {
        return Decision::Suppressed(SuppressReason::ChannelOff);
    }
    let wanted = match notice {
        Notice::Opened => wish.notify_on.open,
        Notice::Updated => wish.notify_on.update,
        Notice::Resolved => wish.notify_on.resolve,
    };
    if !wanted {
        return Decision::Suppressed(SuppressReason::NoticeNotWanted);
    }
    let told = ledger.iter().any(|d| matches!(d.state, DeliveryState::Queued | DeliveryState::Sent { .. }));
    if severity < wish.min_severity && !told {
        return Decision::Suppressed(SuppressReason::BelowMinimumSeverity);
    }
    Decision::Send
}

/// What to do with a queued delivery that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// `root` is the first message of the thread that was sent; absent for the first itself.
    Send { root: Option<Root> },
    /// An earlier message of the thread is still on its way: its next attempt, which is past while it is being sent.
    Wait { until: UtcMillis },
    /// A newer message says all that this one would.
    Superseded,
}

/// The message that the later ones of a thread refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    pub id: DeliveryId,
    pub title: String,
}

/// Whether a due delivery may leave. `ledger` holds all deliveries of its incident; others' receivers are skipped.
#[must_use]
pub fn turn(due: &Delivery, ledger: &[Delivery]) -> Turn {
    let thread = || ledger.iter().filter(|d| d.channel == due.channel && d.receiver == due.receiver && d.id != due.id);
    let queued = |d: &&Delivery| d.phase == Phase::Queued;
    if due.notice == Notice::Updated && thread().filter(queued).any(|d| d.seq > due.seq) {
        return Turn::Superseded;
    }
    if let Some(earlier) = thread().filter(queued).filter(|d| d.seq < due.seq).min_by_key(|d| d.seq) {
        return Turn::Wait { until: earlier.next_attempt_at };
    }
    let sent = thread().filter(|d| matches!(d.state, DeliveryState::Sent { .. }) && d.seq < due.seq);
    Turn::Send { root: sent.min_by_key(|d| d.seq).map(|d| Root { id: d.id.clone(), title: d.message.title.clone() }) }
}

/// One id for one reason to write to one receiver: a repeated notice finds the row that is already there.
#[must_use]
pub fn delivery_id(incident: &IncidentId, seq: u32, channel: Channel, receiver: &str) -> DeliveryId {
    DeliveryId::derive(&[incident.as_str(), &seq.to_string(), channel.as_str(), receiver])
}

/// How a failed attempt left things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    At(UtcMillis),
    /// A day has passed since the message was queued.
    GiveUp,
}

const FIRST_RETRY: i64 = 15 * SECOND;
const LONGEST_RETRY: i64 = HOUR;

/// When to try again after `attempts` failures: 15 s doubling up to an hour, spread by a fifth either way so that a thousand
/// messages do not come back together, and never before the other side's `Retry-After` (which may ask for at most the
/// rest of the day). The spread comes from the id, so that the same question has the same answer.
#[must_use]
pub fn retry(delivery: &Delivery, attempts: u32, after_ms: Option<i64>, now: UtcMillis) -> Retry {
    let dead_at = delivery.created_at + DAY;
    if now >= dead_at {
        return Retry::GiveUp;
    }
    let doubled = FIRST_RETRY.saturating_mul(1_i64.checked_shl(attempts.saturating_sub(1).min(16)).unwrap_or(i64::MAX));
    let base = doubled.min(LONGEST_RETRY);
    let spread = base * 2 / 5 * i64::from(lot(&delivery.id, attempts)) / i64::from(u8::MAX);
    let wait = (base - base / 5 + spread).max(after_ms.unwrap_or(0));
    Retry::At((now + wait).min(dead_at))
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Accepted,
    /// It may be accepted later.
    Retry {
        error: String,
        after_ms: Option<i64>,
    },
    Permanent {
        error: String,
    },
    /// It was not tried: the receiver does not want it any more.
    Withdrawn(SuppressReason),
}

const INTERRUPTED: &str = "the server stopped during this attempt; the message may have arrived";

/// Writes an attempt that began `delivery.started`-th and ended `at` into the ledger row, and ends its lease. Attempts that
/// began and never ended (the server was killed) are listed as such.
pub fn record(delivery: &mut Delivery, outcome: Outcome, at: UtcMillis) {
    delivery.lease_until = UtcMillis::default();
    delivery.updated_at = at;
    while delivery.attempts.len() + 1 < usize::try_from(delivery.started).unwrap_or(usize::MAX) {
        delivery.attempts.push(Attempt { at, error: Some(INTERRUPTED.to_owned()) });
    }
    let (error, state) = match outcome {
        Outcome::Withdrawn(reason) => return settle(delivery, DeliveryState::Suppressed { reason }),
        Outcome::Accepted => (None, Some(DeliveryState::Sent { at })),
        Outcome::Permanent { error } => (Some(error.clone()), Some(DeliveryState::Failed { error })),
        Outcome::Retry { error, after_ms } => match retry(delivery, delivery.started, after_ms, at) {
            Retry::GiveUp => (Some(error.clone()), Some(DeliveryState::Failed { error })),
            Retry::At(next) => {
                delivery.next_attempt_at = next;
                (Some(error), None)
            }
        },
    };
    delivery.attempts.push(Attempt { at, error });
    if let Some(state) = state {
        settle(delivery, state);
    }
}

/// Why a message is not sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAgain {
    #[error("the message was sent already")]
    Sent,
    #[error("the message was held back on purpose; change the receiver's settings for the next one")]
    Suppressed,
    #[error("the message is being sent right now")]
    UnderWay,
}

/// Puts a message that failed, or waits for its next try, at the head of the queue.
///
/// # Errors
/// Unless it failed or waits.
pub fn again(mut delivery: Delivery, now: UtcMillis) -> Result<Delivery, NotAgain> {
    match delivery.state {
        DeliveryState::Sent { .. } => return Err(NotAgain::Sent),
        DeliveryState::Suppressed { .. } => return Err(NotAgain::Suppressed),
        DeliveryState::Queued if delivery.lease_until > now => return Err(NotAgain::UnderWay),
        DeliveryState::Queued | DeliveryState::Failed { .. } => {}
    }
    delivery.state = DeliveryState::Queued;
    delivery.phase = Phase::Queued;
    delivery.next_attempt_at = now;
    delivery.updated_at = now;
    Ok(delivery)
}

/// Ends the delivery job's work with a row.
pub fn settle(delivery: &mut Delivery, state: DeliveryState) {
    delivery.state = state;
    delivery.phase = Phase::Done;
}

fn lot(id: &DeliveryId, attempts: u32) -> u8 {
    let digest = Sha256::new().chain_update(id.as_str()).chain_update(attempts.to_be_bytes()).finalize();
    digest.first().copied().unwrap_or_default()
}
