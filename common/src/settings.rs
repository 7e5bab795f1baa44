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
    }
}
