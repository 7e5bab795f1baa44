//! Targets: an exporter's address, its name and tags, and the form in which Prometheus learns of it.
//!
//! What a person typed becomes an [`Address`], a name and [`Tags`] by parsing; an error names what to type instead.

mod address;
mod failure;
mod file_sd;
mod health;
pub mod search;
mod tags;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::TargetId;
use crate::time::UtcMillis;

pub use address::{Address, InvalidAddress};
pub use failure::ScrapeFailure;
pub use file_sd::{JOB, discovered, file_sd};
pub use health::{HealthState, TargetHealth};
pub use tags::{InvalidTag, MAX_TAGS, Tags};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExporterKind {
    Node,
    Windows,
    Postgres,
    Redis,
    Mongodb,
    Blackbox,
    Custom,
}

impl ExporterKind {
    /// As stored; filters compare with it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Windows => "windows",
            Self::Postgres => "postgres",
            Self::Redis => "redis",
            Self::Mongodb => "mongodb",
            Self::Blackbox => "blackbox",
            Self::Custom => "custom",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    Http,
    Https,
}

impl Scheme {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    pub id: TargetId,
    /// `host:port` or `[v6]:port`; unique per tenant together with scheme and path. Prometheus calls it `instance`.
    pub address: String,
    pub scheme: Scheme,
    pub metrics_path: String,
    pub name: String,
    pub tags: BTreeMap<String, String>,
    /// What it is found by; see [`search`].
    pub terms: Vec<String>,
    pub kind: ExporterKind,
    pub enabled: bool,
    pub created_at: UtcMillis,
    pub updated_at: UtcMillis,
}

/// Longest display name, in characters.
pub const MAX_NAME: usize = 100;

/// Why a display name is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    #[error("use at most {MAX_NAME} characters")]
    TooLong,
    #[error("leave out line breaks and other control characters")]
    Control,
}

/// A display name as typed, trimmed; the address stands in for an empty one.
///
/// # Errors
/// [`InvalidName`] when it is too long or holds control characters.
pub fn parse_name(typed: &str, address: &Address) -> Result<String, InvalidName> {
    let name = typed.trim();
    if name.is_empty() {
        return Ok(address.authority());
    }
    if name.chars().any(char::is_control) {
        return Err(InvalidName::Control);
    }
    if name.chars().count() > MAX_NAME {
        return Err(InvalidName::TooLong);
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_trimmed_capped_and_never_empty() {
        let address = Address::parse("db:9187").unwrap();
        assert_eq!(parse_name("  ", &address), Ok("db:9187".to_owned()));
        assert_eq!(parse_name(" Datenbank Köln ", &address), Ok("Datenbank Köln".to_owned()));
        assert_eq!(parse_name("a\nb", &address), Err(InvalidName::Control));
        assert_eq!(parse_name(&"ü".repeat(100), &address), Ok("ü".repeat(100)));
        assert_eq!(parse_name(&"ü".repeat(101), &address), Err(InvalidName::TooLong));
    }
}
