//! Facts: numbered, ranked statements with numbers that code computed. Everything anyone claims cites them.

use serde::{Deserialize, Serialize};

use crate::metric::{SeriesId, Unit};
use crate::time::{UtcMillis, Window};

/// `M12` (a series), `L3` (a log template), `E7` (an event such as a failed scrape).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FactId(pub String);

impl std::fmt::Display for FactId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a detector saw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FactKind {
    Spike,
    LevelShift,
    /// A steady slope; `seconds_to_limit` when it runs into a known limit.
    Trend {
        per_second: f64,
        seconds_to_limit: Option<f64>,
    },
    /// Close to a known limit: `used` of 0–1.
    Saturation {
        used: f64,
    },
    Flapping {
        changes: u32,
    },
    /// The series stopped while its target still answers.
    Missing,
    /// The target's last successful scrape is older than it should be.
    Stale,
    TargetDown,
    /// A state that is bad in itself, without any baseline: a failed unit, an expiring certificate, a skewed clock.
    BadState,
    /// Nothing unusual; given to the model in `every_batch` mode.
    Context,
}

/// The range the baseline expects, in the fact's unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Expected {
    pub low: f64,
    pub high: f64,
}

/// A named number a claim may cite besides `observed` (peak, before, after, slope, …).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Number {
    pub name: String,
    pub value: f64,
    pub unit: Unit,
}

/// One point of a fact's chart; `value` is absent in a gap.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    pub at: UtcMillis,
    pub value: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    pub id: FactId,
    pub kind: FactKind,
    pub series: SeriesId,
    /// The target's display name.
    pub target_name: String,
    pub window: Window,
    /// When the deviation began.
    pub since: UtcMillis,
    pub observed: f64,
    pub expected: Option<Expected>,
    pub unit: Unit,
    pub numbers: Vec<Number>,
    /// Rank: how far outside, weighted by what the metric means; larger first.
    pub score: f64,
    /// One sentence written by code, numbers with units.
    pub text: String,
    /// At most 120 points over baseline and window, for the chart.
    pub points: Vec<Point>,
}
