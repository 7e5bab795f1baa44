//! What a tenant may choose about its analysis; one document per tenant.

use serde::{Deserialize, Serialize};

use crate::llm::Provider;
use crate::time::UtcMillis;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnalysisMode {
    Gated,
    EveryBatch,
}

/// Collection `settings`; one per tenant; the default stands where nothing was saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantSettings {
    pub id: String,
    pub analysis_mode: AnalysisMode,
    /// `None`: the server's `BATCH_INTERVAL_MINUTES`.
    pub batch_interval_seconds: Option<u32>,
    /// Quiet batches before an incident resolves by itself.
    pub resolve_after_batches: u32,
    /// `None`: the server's default provider.
    pub provider: Option<Provider>,
    pub daily_token_budget: u32,
    #[serde(default)]
    pub retention: Retention,
    pub updated_at: UtcMillis,
}

/// How many days of each kind are kept; `None`: as long as the operator keeps them. Open incidents are kept in any case.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    pub batches: Option<u32>,
    pub anomalies: Option<u32>,
    pub root_causes: Option<u32>,
    pub incidents: Option<u32>,
    /// Whether any is set: what the sweep looks for.
    pub shortened: bool,
}

impl Retention {
    #[must_use]
    pub fn new(batches: Option<u32>, anomalies: Option<u32>, root_causes: Option<u32>, incidents: Option<u32>) -> Self {
        let shortened = [batches, anomalies, root_causes, incidents].iter().any(Option::is_some);
        Self { batches, anomalies, root_causes, incidents, shortened }
    }
}

impl Default for TenantSettings {
    fn default() -> Self {
        Self {
            id: "settings".to_owned(),
            analysis_mode: AnalysisMode::Gated,
            batch_interval_seconds: None,
            resolve_after_batches: 2,
            provider: None,
            daily_token_budget: 200_000,
            retention: Retention::default(),
            updated_at: UtcMillis::default(),
        }
    }
}
