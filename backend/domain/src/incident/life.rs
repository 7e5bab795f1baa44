//! The transitions a person (or an API key) asks for. Pure; what is not allowed says why.

use super::{Actor, EventKind, Incident, IncidentState, Notice};
use crate::time::UtcMillis;

/// Why a transition was refused; the text is for the person who asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTransition {
    #[error("the incident is already acknowledged")]
    AlreadyAcknowledged,
    #[error("the incident is resolved; reopen it first")]
    Resolved,
    #[error("the incident is already resolved")]
    AlreadyResolved,
    #[error("the incident is not resolved")]
    NotResolved,
}

/// Somebody looks after it. No notice: whoever is told knows already.
///
/// # Errors
/// Unless the incident is open.
pub fn acknowledge(mut incident: Incident, by: Actor, at: UtcMillis) -> Result<Incident, InvalidTransition> {
    match incident.state {
        IncidentState::Open => {
            incident.state = IncidentState::Acknowledged;
            incident.record(at, by, EventKind::Acknowledged);
            Ok(incident)
        }
        IncidentState::Acknowledged => Err(InvalidTransition::AlreadyAcknowledged),
        IncidentState::Resolved => Err(InvalidTransition::Resolved),
    }
}

/// Done. While the failure lasts, the next batch reopens it.
///
/// # Errors
/// When it is resolved already.
pub fn resolve(mut incident: Incident, by: Actor, why: String, at: UtcMillis) -> Result<Incident, InvalidTransition> {
    match incident.state {
        IncidentState::Open | IncidentState::Acknowledged => {
            incident.close(by, why, at);
            Ok(incident)
        }
        IncidentState::Resolved => Err(InvalidTransition::AlreadyResolved),
    }
}

/// It was not done after all.
///
/// # Errors
/// Unless the incident is resolved.
pub fn reopen(mut incident: Incident, by: Actor, at: UtcMillis) -> Result<Incident, InvalidTransition> {
    match incident.state {
        IncidentState::Resolved => {
            incident.open_again(by, at);
            Ok(incident)
        }
        IncidentState::Open | IncidentState::Acknowledged => Err(InvalidTransition::NotResolved),
    }
}

impl Incident {
    pub(super) fn close(&mut self, by: Actor, why: String, at: UtcMillis) {
        self.state = IncidentState::Resolved;
        self.open_key = None;
        self.resolved_at = Some(at);
        self.announce(at, by, EventKind::Resolved { why }, Notice::Resolved);
    }

    pub(super) fn open_again(&mut self, by: Actor, at: UtcMillis) {
        self.state = IncidentState::Open;
        self.open_key = Some(self.fingerprint.clone());
        self.resolved_at = None;
        self.quiet_batches = 0;
        self.announce(at, by, EventKind::Reopened, Notice::Opened);
    }
}
