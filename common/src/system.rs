//! Statistics, health and readiness on the wire.

use crate::time::Timestamp;
use crate::{wire, words};

words! {
    CheckState { Ok = "ok", Degraded = "degraded", Down = "down", Off = "off" }
    /// How the tenant stands, most urgent first.
    Standing {
        Burning = "burning",
        /// The metrics source cannot be used.
        Blind = "blind",
        /// Nothing has been checked for longer than it should be.
        Stale = "stale",
        Quiet = "quiet", New = "new",
    }
}

wire! {
    pub struct TargetCounts { pub total: u32, pub up: u32, pub down: u32, pub pending: u32, pub paused: u32, pub unknown: u32 }

    pub struct IncidentCounts { pub open: u32, pub acknowledged: u32, pub resolved_24h: u32 }

    pub struct ModelCounts {
        pub calls_24h: u32,
        /// Batches that needed no call.
        pub avoided_24h: u32,
        pub tokens_today: u32,
        pub token_budget: u32,
        /// What today's calls cost, as far as prices are known.
        pub cost_today_usd: f64,
    }

    /// One bar of the overview's strip.
    pub struct BatchBar { pub at: Timestamp, pub batches: u32, pub outside: u32, pub failed: u32 }

    /// `GET /stats`: everything the overview says.
    pub struct Stats {
        pub standing: Standing,
        pub targets: TargetCounts,
        pub incidents: IncidentCounts,
        pub anomalies_24h: u32,
        pub series: u32,
        pub last_batch_at: Option<Timestamp>,
        pub next_batch_at: Option<Timestamp>,
        pub last_batch_error: Option<String>,
        pub model: ModelCounts,
        /// Last 24 hours, oldest first, one bar per 30 minutes.
        pub strip: Vec<BatchBar>,
        /// The checklist of a new user.
        pub has_target: bool,
        pub has_scrape: bool,
        /// A model is there, or the account chose to go on without.
        pub has_analyst: bool,
        pub has_receiver: bool,
        pub has_tested_receiver: bool,
    }

    pub struct Check { pub name: String, pub state: CheckState, pub detail: String }

    /// `GET /health/ready`: 200 when every required check is ok, 503 otherwise.
    pub struct Readiness { pub ready: bool, pub checks: Vec<Check> }

    /// `GET /health`
    pub struct Health { pub status: String, pub version: String }
}
