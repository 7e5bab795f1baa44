//! Scripted outages: what a demo's hosts export, minute by minute, and what is said about it.
//!
//! A script is data: hosts, a curve for every series, captions. Minute 0 is where the play begins; before it everything is
//! healthy for as long as anyone looks back. Nothing here knows what the analysis will make of it: the numbers are those that
//! node_exporter, an application and postgres_exporter would give.
//!
//! To add one: a file with a `const SCENARIO`, a line in [`SCENARIOS`], and its story in `tests`.

mod curve;
mod dependency;
mod disk;
mod host;
mod leak;
mod play;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use host::Host;
pub use play::{Drawn, Play};

use crate::id::{DeliveryId, IncidentId};
use crate::incident::Notice;
use crate::time::{MINUTE, UtcMillis};
use crate::verdict::Severity;

/// Every outage there is a script for, the one to begin with first.
pub const SCENARIOS: &[Scenario] = &[leak::SCENARIO, disk::SCENARIO, dependency::SCENARIO];

/// A scripted outage.
#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    pub id: &'static str,
    pub title: &'static str,
    /// What happens, in a sentence.
    pub description: &'static str,
    /// Scripted minutes from the first batch to the last.
    pub minutes: u32,
    pub captions: &'static [Caption],
    /// The series worth watching while it plays.
    pub telling: &'static [Telling],
    hosts: fn() -> Vec<Host>,
}

/// Something that happens in the scripted world.
#[derive(Debug, Clone, Copy)]
pub struct Caption {
    pub minute: u32,
    pub text: &'static str,
}

/// A series that shows the outage.
#[derive(Debug, Clone, Copy)]
pub struct Telling {
    pub title: &'static str,
    pub instance: &'static str,
    pub metric: &'static str,
    /// Labels the series bears, among others.
    pub labels: &'static [(&'static str, &'static str)],
}

impl Scenario {
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        SCENARIOS.iter().find(|scenario| scenario.id == id)
    }

    #[must_use]
    pub fn hosts(&self) -> Vec<Host> {
        (self.hosts)()
    }
}

/// How a run of a demo stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    Playing,
    Finished,
    /// The server that played it stopped.
    Interrupted,
}

/// The id of the one [`Run`] of a demo tenant.
pub const RUN_ID: &str = "demo";

/// Collection `demos`: the one run of a person's demo. It belongs to the demo's own tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    pub id: String,
    pub scenario: String,
    pub state: RunState,
    /// When somebody asked for it, on the wall clock.
    pub started_at: UtcMillis,
    /// Scripted minute 0 on the demo's own clock; all of it lies in the past when it is shown.
    pub origin: UtcMillis,
    /// The scripted minute that was played last.
    pub minute: u32,
    pub finished_at: Option<UtcMillis>,
    /// When it last went on or ended, on the wall clock.
    #[serde(default)]
    pub updated_at: UtcMillis,
    /// The incident the outage is about, once there is one.
    pub incident_id: Option<IncidentId>,
    /// The server that plays it, and until when it has promised to.
    pub lease_owner: String,
    pub lease_until: UtcMillis,
    /// When all of the demo's data is removed.
    pub remove_at: UtcMillis,
}

impl Run {
    /// How far the demo's own clock has come.
    #[must_use]
    pub fn reached(&self) -> UtcMillis {
        self.origin + i64::from(self.minute) * MINUTE
    }

    /// As it stands at `now`: a lease that ran out means that nobody plays it any more.
    #[must_use]
    pub fn state_at(&self, now: UtcMillis) -> RunState {
        if self.state == RunState::Playing && self.lease_until < now { RunState::Interrupted } else { self.state }
    }
}

/// Collection `demo_outbox`: a message of a demo as the channels would have sent it. The id is its delivery's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    pub id: DeliveryId,
    pub incident_id: IncidentId,
    /// The timeline event it tells of.
    pub seq: u32,
    pub notice: Notice,
    pub severity: Severity,
    /// When it was rendered, on the wall clock.
    pub at: UtcMillis,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// The body that Slack would have been sent, as JSON.
    pub slack: String,
    pub expires_at: UtcMillis,
}
