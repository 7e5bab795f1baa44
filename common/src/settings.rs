//! A tenant's analysis settings on the wire.

use crate::analysis::ProviderName;
use crate::{wire, words};

words! {
    AnalysisMode { Gated = "gated", EveryBatch = "every_batch" }
}

wire! {
    /// `GET|PUT /settings/analysis`
    #[serde(deny_unknown_fields)]
    pub struct AnalysisSettings {
        pub analysis_mode: AnalysisMode,
        /// Absent: the server's default.
        #[serde(default)]
        pub batch_interval_seconds: Option<u32>,
        pub resolve_after_batches: u32,
        /// Absent: the server's default provider.
        #[serde(default)]
        pub provider: Option<ProviderName>,
        pub daily_token_budget: u32,
        /// Read only.
        #[serde(default)]
        pub tokens_spent_today: u32,
        /// Read only: US dollars, of those calls whose price is known.
        #[serde(default)]
        pub cost_usd_today: f64,
    }

    /// `GET|PUT /settings/retention`: days that each kind is kept; absent: as long as the server keeps it.
    #[serde(deny_unknown_fields)]
    pub struct RetentionSettings {
        #[serde(default)]
        pub batches_days: Option<u32>,
        #[serde(default)]
        pub anomalies_days: Option<u32>,
        #[serde(default)]
        pub root_causes_days: Option<u32>,
        /// Of resolved incidents; open ones stay.
        #[serde(default)]
        pub incidents_days: Option<u32>,
        /// Read only: the most that batches, anomalies and root causes can be kept here.
        #[serde(default)]
        pub longest_days: u32,
    }
}
