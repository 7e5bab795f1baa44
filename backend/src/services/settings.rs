//! A tenant's analysis settings: read with defaults, checked when changed.

use std::time::Duration;

use serde_json::json;
use watchkeeper_common::problem::FieldError;
use watchkeeper_domain::llm::{LlmUsage, Provider};
use watchkeeper_domain::settings::{AnalysisMode, Retention, TenantSettings};
use watchkeeper_domain::time::{DAY, UtcMillis};

use super::ServiceError;
use crate::auth::TenantScope;
use crate::clock::Clock;
use crate::store::{Error as StoreError, Filter, Schedule, Store};

const ID: &str = "settings";
/// What a tenant may choose as interval, seconds.
const INTERVAL: std::ops::RangeInclusive<u32> = 10..=86_400;
const RESOLVE_AFTER: std::ops::RangeInclusive<u32> = 1..=60;
const MAX_BUDGET: u32 = 100_000_000;
/// The longest that incidents can be told to be kept, days; untold, they are kept for good.
const LONGEST_INCIDENTS: u32 = 3650;
/// Changes at the same time that may get in each other's way.
const TRIES: u32 = 8;

/// What a tenant may change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub analysis_mode: AnalysisMode,
    pub batch_interval_seconds: Option<u32>,
    pub resolve_after_batches: u32,
    pub provider: Option<Provider>,
    pub daily_token_budget: u32,
}

/// What model calls took since midnight UTC.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Spent {
    /// Of prompts and answers.
    pub tokens: u32,
    /// US dollars, of those calls whose price is known.
    pub cost_usd: f64,
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
    /// How many days the operator keeps batches, anomalies and root causes.
    longest_days: u32,
}

impl SettingsService {
    /// `kept` is how long the operator keeps what batches leave behind.
    #[must_use]
    pub fn new(store: Store, clock: Clock, kept: Duration) -> Self {
        let days = kept.as_secs().div_ceil(DAY_SECONDS).max(1);
        Self { store, clock, longest_days: u32::try_from(days).unwrap_or(u32::MAX) }
    }

    /// The settings and what was spent since midnight UTC.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn get(&self, scope: &TenantScope) -> Result<(TenantSettings, Spent), ServiceError> {
        let settings = of(&self.store, scope).await?;
        let spent = used_today(&self.store, scope, self.clock.now()).await?;
        Ok((settings, spent))
    }

    /// How many days the operator keeps batches, anomalies and root causes: the most a tenant may choose.
    #[must_use]
    pub fn longest_days(&self) -> u32 {
        self.longest_days
    }

    /// # Errors
    /// When the store fails.
    pub async fn retention(&self, scope: &TenantScope) -> Result<Retention, ServiceError> {
        Ok(of(&self.store, scope).await?.retention)
    }

    /// What is older is deleted by the next sweep.
    ///
    /// # Errors
    /// [`ServiceError::Validation`] naming each refused field.
    pub async fn put_retention(&self, scope: &TenantScope, wanted: Retention) -> Result<Retention, ServiceError> {
        let limits = [
            ("batches_days", wanted.batches, self.longest_days),
            ("anomalies_days", wanted.anomalies, self.longest_days),
            ("root_causes_days", wanted.root_causes, self.longest_days),
            ("incidents_days", wanted.incidents, LONGEST_INCIDENTS),
        ];
        let wrong = limits.into_iter().filter(|(_, days, most)| days.is_some_and(|days| !(1..=*most).contains(&days)));
        let wrong: Vec<_> = wrong.map(|(field, _, most)| refusal(field, format!("from 1 to {most} days"))).collect();
        if !wrong.is_empty() {
            return Err(ServiceError::Validation(wrong));
        }
        self.change(scope, |settings| settings.retention = wanted).await.map(|settings| settings.retention)
    }

    /// Applies one change to the settings as they stand; what it does not name stays.
    async fn change(
        &self,
        scope: &TenantScope,
        change: impl Fn(&mut TenantSettings),
    ) -> Result<TenantSettings, ServiceError> {
        let store = self.store.tenant(scope);
        for _ in 0..TRIES {
            let found = store.get::<TenantSettings>(ID).await?;
            let mut settings = found.as_ref().map(|found| found.doc.clone()).unwrap_or_default();
            change(&mut settings);
            settings.updated_at = self.clock.now();
            let written = match found {
                Some(found) => store.replace(&settings, found.rev).await.map(drop),
                None => store.insert(&settings).await,
            };
            match written {
                Ok(()) => return Ok(settings),
                Err(StoreError::Conflict | StoreError::Duplicate { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(ServiceError::Conflict("The settings are being changed elsewhere; load them again.".to_owned()))
    }

    /// # Errors
    /// [`ServiceError::Validation`] naming each refused field.
    pub async fn put(&self, scope: &TenantScope, wanted: Change) -> Result<(TenantSettings, Spent), ServiceError> {
        check(&wanted)?;
        let apply = |settings: &mut TenantSettings| {
            settings.analysis_mode = wanted.analysis_mode;
            settings.batch_interval_seconds = wanted.batch_interval_seconds;
            settings.resolve_after_batches = wanted.resolve_after_batches;
            settings.provider = wanted.provider;
            settings.daily_token_budget = wanted.daily_token_budget;
        };
        let settings = self.change(scope, apply).await?;
        let (store, now) = (self.store.tenant(scope), self.clock.now());
        if let Some(seconds) = settings.batch_interval_seconds {
            let soon = now + i64::from(seconds) * 1000;
            let later = Filter::range("next_run_at", Some(soon.0), None);
            store.update::<Schedule>(&later, &json!({ "next_run_at": soon })).await?;
        }
        Ok((settings, used_today(&self.store, scope, now).await?))
    }
}

const DAY_SECONDS: u64 = 86_400;

fn refusal(field: &str, message: String) -> FieldError {
    FieldError { field: field.to_owned(), message }
}

fn check(change: &Change) -> Result<(), ServiceError> {
    let mut errors = Vec::new();
    let mut refuse = |field: &str, message: String| errors.push(refusal(field, message));
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
pub async fn used_today(store: &Store, scope: &TenantScope, now: UtcMillis) -> Result<Spent, ServiceError> {
    let day = now.0.div_euclid(DAY).to_string();
    let usage = store.tenant(scope).get::<LlmUsage>(&day).await?;
    let spent = |usage: LlmUsage| Spent { tokens: usage.tokens, cost_usd: usage.usd() };
    Ok(usage.map(|usage| spent(usage.doc)).unwrap_or_default())
}
