//! Targets: an exporter's address, and which addresses may be used at all.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::TargetId;
use crate::time::UtcMillis;

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

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    Http,
    Https,
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
    pub kind: ExporterKind,
    pub enabled: bool,
    pub created_at: UtcMillis,
    pub updated_at: UtcMillis,
}
