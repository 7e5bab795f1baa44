//! Rows of the delivery ledger.

use watchkeeper_common::alert as wire;
use watchkeeper_domain::alert::{Attempt, Channel, Delivery, DeliveryState, SuppressReason};
use watchkeeper_domain::incident::Notice;

use super::analysis::severity;
use super::timestamp;
use crate::services::delivery::StateWord;

pub(in crate::http) fn view(row: Delivery) -> wire::DeliveryView {
    let (state, detail, sent_at) = match row.state {
        DeliveryState::Queued => (wire::DeliveryState::Queued, row.attempts.last().and_then(|a| a.error.clone()), None),
        DeliveryState::Sent { at } => (wire::DeliveryState::Sent, None, Some(timestamp(at))),
        DeliveryState::Failed { error } => (wire::DeliveryState::Failed, Some(error), None),
        DeliveryState::Suppressed { reason } => (wire::DeliveryState::Suppressed, Some(why(reason).to_owned()), None),
    };
    wire::DeliveryView {
        id: row.id.into(),
        incident_id: row.incident_id.into(),
        incident_title: row.incident_title,
        severity: severity(row.severity),
        notice: notice(row.notice),
        channel: match row.channel {
            Channel::Email => wire::Channel::Email,
            Channel::Slack => wire::Channel::Slack,
            Channel::Outbox => wire::Channel::Outbox,
        },
        receiver: row.receiver,
        state,
        detail,
        attempts: row.attempts.into_iter().map(attempt).collect(),
        created_at: timestamp(row.created_at),
        sent_at,
        next_attempt_at: (state == wire::DeliveryState::Queued).then(|| timestamp(row.next_attempt_at)),
    }
}

pub(in crate::http) fn notice(notice: Notice) -> wire::Notice {
    match notice {
        Notice::Opened => wire::Notice::Opened,
        Notice::Updated => wire::Notice::Updated,
        Notice::Resolved => wire::Notice::Resolved,
    }
}

fn attempt(attempt: Attempt) -> wire::AttemptView {
    wire::AttemptView { at: timestamp(attempt.at), error: attempt.error }
}

fn why(reason: SuppressReason) -> &'static str {
    match reason {
        SuppressReason::ChannelOff => "the channel is switched off",
        SuppressReason::BelowMinimumSeverity => "the incident is below the receiver's minimum severity",
        SuppressReason::NoticeNotWanted => "the receiver does not want this kind of notice",
        SuppressReason::Superseded => "a newer message about the incident was already queued",
        SuppressReason::ReceiverRemoved => "the address left the list of recipients",
    }
}

pub(in crate::http) fn state_word(state: wire::DeliveryState) -> StateWord {
    match state {
        wire::DeliveryState::Queued => StateWord::Queued,
        wire::DeliveryState::Sent => StateWord::Sent,
        wire::DeliveryState::Failed => StateWord::Failed,
        wire::DeliveryState::Suppressed => StateWord::Suppressed,
    }
}

pub(in crate::http) fn domain_channel(channel: wire::Channel) -> Channel {
    match channel {
        wire::Channel::Email => Channel::Email,
        wire::Channel::Slack => Channel::Slack,
        wire::Channel::Outbox => Channel::Outbox,
    }
}
