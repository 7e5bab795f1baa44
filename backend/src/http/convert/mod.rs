//! Where stored nouns and wire types meet, and nowhere else. One file per noun.

pub(super) mod alert;
pub(super) mod analysis;
pub(super) mod auth;
pub(super) mod delivery;
pub(super) mod demo;
pub(super) mod incident;
pub(super) mod llm;
pub(super) mod metric;
pub(super) mod settings;
pub(super) mod stats;
pub(super) mod target;

use jiff::Timestamp;
use watchkeeper_domain::time::UtcMillis;

/// The wire form of an instant; beyond the years a timestamp can name, the nearest one it can.
pub(super) fn timestamp(at: UtcMillis) -> Timestamp {
    at.to_jiff().unwrap_or(if at.0 < 0 { Timestamp::MIN } else { Timestamp::MAX })
}
