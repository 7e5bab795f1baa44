//! The demo on the wire: scripted outages, the run of one, and the messages it sent.

use crate::time::Timestamp;

use crate::alert::{Notice, SlackBlock};
use crate::analysis::{Severity, Unit};
use crate::{wire, words};

words! {
    DemoState {
        Playing = "playing",
        Finished = "finished",
        /// The server that played it stopped. What it left can be looked at, and removed.
        Interrupted = "interrupted",
    }
    /// Who says a caption.
    Narrator {
        /// What happens in the scripted world.
        World = "world",
        /// What Watchkeeper makes of it.
        Watchkeeper = "watchkeeper",
    }
}

wire! {
    /// `POST /demo`
    #[serde(deny_unknown_fields)]
    pub struct StartDemo { pub scenario: String }

    pub struct DemoScenario { pub id: String, pub title: String, pub description: String }

    pub struct DemoCaption {
        /// On the demo's own clock.
        pub at: Timestamp,
        pub by: Narrator,
        pub text: String,
    }

    /// A telling series so far: one value a quarter of a minute from `start` on.
    pub struct DemoChart {
        pub title: String,
        pub unit: Unit,
        pub start: Timestamp,
        pub step_seconds: f64,
        pub values: Vec<Option<f64>>,
    }

    /// A run of a scenario. Its times are on its own clock, which lies a little in the past, except where said otherwise.
    pub struct DemoRun {
        pub scenario: String,
        pub title: String,
        pub state: DemoState,
        /// Wall clock.
        pub started_at: Timestamp,
        pub elapsed_seconds: f64,
        /// Scripted minutes played, of how many.
        pub minute: u32,
        pub minutes: u32,
        pub scripted_from: Timestamp,
        pub scripted_now: Timestamp,
        pub scripted_until: Timestamp,
        /// Oldest first.
        pub captions: Vec<DemoCaption>,
        pub charts: Vec<DemoChart>,
        /// The incident the outage is about, once there is one.
        pub incident_id: Option<String>,
        /// Wall-clock seconds from the start to the first message, once there is one.
        pub told_after_seconds: Option<f64>,
        /// Wall clock: when everything of it is removed by itself.
        pub removed_at: Timestamp,
    }

    /// `GET /demo`
    pub struct DemoView {
        pub scenarios: Vec<DemoScenario>,
        /// The one that plays or was played last; absent once it is removed.
        pub run: Option<DemoRun>,
    }

    /// A message of the demo as it went out.
    pub struct OutboxMessage {
        pub id: String,
        pub incident_id: String,
        pub notice: Notice,
        pub severity: Severity,
        /// Wall clock.
        pub at: Timestamp,
        pub subject: String,
        pub text: String,
        pub html: String,
        /// What Slack would have been sent, as JSON.
        pub slack: String,
        /// The same, block by block.
        pub blocks: Vec<SlackBlock>,
    }
}
