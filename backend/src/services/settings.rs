//! A tenant's analysis settings: read with defaults, checked when changed.

use std::time::Duration;

use serde_json::json;
use watchkeeper_domain::llm::{LlmUsage, Provider};
use watchkeeper_domain::settings::{AnalysisMode, TenantSettings};
use watchkeeper_domain::time::{DAY, UtcMillis};

use super::ServiceError;
use crate::auth::TenantScope;
use crate::clock::Clock;
use crate::store::{Filter, Schedule, Store};

const ID: &str = "settings";
/// What a tenant may choose as interval, seconds.
const INTERVAL: std::ops::RangeInclusive<u32> = 10..=86_400;
const RESOLVE_AFTER: std::ops::RangeInclusive<u32> = 1..=60;
const MAX_BUDGET: u32 = 100_000_000;

/// What a tenant may change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub analysis_mode: AnalysisMode,
    pub batch_interval_seconds: Option<u32>,
    pub resolve_after_batches: u32,
    pub provider: Option<Provider>,
    pub daily_token_budget: u32,
}

/// The tenant's settings, or the defaults.
///
/// # Errors
/// When the store fails.
pub async fn of(store: &Store, scope: &TenantScope) -> Result<TenantSettings, ServiceError> {
    Ok(store.tenant(scope).get::<TenantSettings>(ID).await?.map(|found| found.doc).unwrap_or_default())
}

/// The tenant's interval, or the server's.
#[must_use]
pub fn interval(settings: &TenantSettings, default: Duration) -> Duration {
    settings.batch_interval_seconds.map_or(default, |seconds| Duration::from_secs(seconds.into()))
}

/// Reads and changes settings. Cheap to clone.
#[derive(Debug, Clone)]
pub struct SettingsService {
    store: Store,
    clock: Clock,
}

impl SettingsService {
    #[must_use]
    pub fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock }
    }

    /// The settings and the tokens spent since midnight UTC.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn get(&self, scope: &TenantScope) -> Result<(TenantSettings, u32), ServiceError> {
        let settings = of(&self.store, scope).await?;
        let (spent, _usd) = used_today(&self.store, scope, self.clock.now()).await?;
        Ok((settings, spent))
    }

    /// # Errors
    /// [`ServiceError::Validation`] naming each refused field.
    pub async fn put(&self, scope: &TenantScope, change: Change) -> Result<(TenantSettings, u32), ServiceError> {
        check(&change)?;
        let now = self.clock.now();
        let settings = TenantSettings {
            id: ID.to_owned(),
            analysis_mode: change.analysis_mode,
            batch_interval_seconds: change.batch_interval_seconds,
            resolve_after_batches: change.resolve_after_batches,
            provider: change.provider,
            daily_token_budget: change.daily_token_budget,
            updated_at: now,
        };
        let store = self.store.tenant(scope);
        store.upsert(&settings).await?;
        if let Some(seconds) = settings.batch_interval_seconds {
            let soon = now + i64::from(seconds) * 1000;
            let later = Filter::range("next_run_at", Some(soon.0), None);
            store.update::<Schedule>(&later, &json!({ "next_run_at": soon })).await?;
        }
        Ok((settings, used_today(&self.store, scope, now).await?.0))
    }
}

fn check(change: &Change) -> Result<(), ServiceError> {
    let mut errors = Vec::new();
    let mut refuse = |field: &str, message: String| {
        errors.push(watchkeeper_common::problem::FieldError { field: field.to_owned(), message });
    };
    if change.batch_interval_seconds.is_some_and(|seconds| !INTERVAL.contains(&seconds)) {
        refuse("batch_interval_seconds", format!("from {} to {} seconds", INTERVAL.start(), INTERVAL.end()));
    }
    if !RESOLVE_AFTER.contains(&change.resolve_after_batches) {
        let (least, most) = RESOLVE_AFTER.into_inner();
        refuse("resolve_after_batches", format!("from {least} to {most} batches"));
    }
    if change.daily_token_budget > MAX_BUDGET {
        refuse("daily_token_budget", format!("at most {MAX_BUDGET} tokens"));
    }
    if errors.is_empty() { Ok(()) } else { Err(ServiceError::Validation(errors)) }
}

/// What the tenant's calls took since midnight UTC, and the money as far as prices are known. Calls under way count in full.
///
/// # Errors
/// When the store fails.
pub async fn used_today(store: &Store, scope: &TenantScope, now: UtcMillis) -> Result<(u32, f64), ServiceError> {
    let day = now.0.div_euclid(DAY).to_string();
    let usage = store.tenant(scope).get::<LlmUsage>(&day).await?;
    Ok(usage.map_or((0, 0.0), |usage| (usage.doc.tokens, usage.doc.usd())))
}
