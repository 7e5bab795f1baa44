//! Analysis settings.

use watchkeeper_common::analysis::ProviderName;
use watchkeeper_common::settings as wire;
use watchkeeper_domain::llm::Provider;
use watchkeeper_domain::settings::{AnalysisMode, Retention, TenantSettings};

use crate::services::settings::{Change, Spent};

pub(in crate::http) fn view((settings, spent): (TenantSettings, Spent)) -> wire::AnalysisSettings {
    wire::AnalysisSettings {
        analysis_mode: match settings.analysis_mode {
            AnalysisMode::Gated => wire::AnalysisMode::Gated,
            AnalysisMode::EveryBatch => wire::AnalysisMode::EveryBatch,
        },
        batch_interval_seconds: settings.batch_interval_seconds,
        resolve_after_batches: settings.resolve_after_batches,
        provider: settings.provider.map(|provider| match provider {
            Provider::Openai => ProviderName::Openai,
            Provider::Openrouter => ProviderName::Openrouter,
            Provider::Ollama => ProviderName::Ollama,
            Provider::Builtin => ProviderName::Builtin,
        }),
        daily_token_budget: settings.daily_token_budget,
        tokens_spent_today: spent.tokens,
        cost_usd_today: spent.cost_usd,
    }
}

pub(in crate::http) fn retention(kept: Retention, longest_days: u32) -> wire::RetentionSettings {
    wire::RetentionSettings {
        batches_days: kept.batches,
        anomalies_days: kept.anomalies,
        root_causes_days: kept.root_causes,
        incidents_days: kept.incidents,
        longest_days,
    }
}

pub(in crate::http) fn wanted_retention(wanted: &wire::RetentionSettings) -> Retention {
    Retention::new(wanted.batches_days, wanted.anomalies_days, wanted.root_causes_days, wanted.incidents_days)
}

pub(in crate::http) fn change(wanted: &wire::AnalysisSettings) -> Change {
    Change {
        analysis_mode: match wanted.analysis_mode {
            wire::AnalysisMode::Gated => AnalysisMode::Gated,
            wire::AnalysisMode::EveryBatch => AnalysisMode::EveryBatch,
        },
        batch_interval_seconds: wanted.batch_interval_seconds,
        resolve_after_batches: wanted.resolve_after_batches,
        provider: wanted.provider.map(|provider| match provider {
            ProviderName::Openai => Provider::Openai,
            ProviderName::Openrouter => Provider::Openrouter,
            ProviderName::Ollama => Provider::Ollama,
            ProviderName::Builtin => Provider::Builtin,
        }),
        daily_token_budget: wanted.daily_token_budget,
    }
}
