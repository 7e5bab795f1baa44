//! The overview: counts and the last batches. It reads the store only, so it answers at once whatever is away.

use watchkeeper_domain::alert::{CONFIG_ID, EmailConfig, SlackConfig};
use watchkeeper_domain::anomaly::Anomaly;
use watchkeeper_domain::batch::{Batch, Outcome};
use watchkeeper_domain::incident::{Incident, blind};
use watchkeeper_domain::llm::LlmCall;
use watchkeeper_domain::metric::ScrapeState;
use watchkeeper_domain::target::Target;
use watchkeeper_domain::time::{DAY, MINUTE, UtcMillis};

use super::ServiceError;
use super::settings::{self, Spent};
use crate::auth::TenantScope;
use crate::clock::Clock;
use crate::store::{Document, Filter, Order, Query, Schedule, Store, TenantStore};

const BAR_MS: i64 = 30 * MINUTE;
const BARS: i64 = DAY / BAR_MS;
const MAX_TARGETS: u32 = 1000;
/// A batch this long overdue has nobody to run it; models and sources may hold one up for less.
const STALE_AFTER: i64 = 6 * MINUTE;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Targets {
    pub total: u32,
    pub up: u32,
    pub down: u32,
    pub pending: u32,
    pub paused: u32,
    pub unknown: u32,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Incidents {
    pub open: u32,
    /// Of the open ones, those that say we see nothing: one or none.
    pub blind: u32,
    pub acknowledged: u32,
    pub resolved_24h: u32,
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Model {
    pub calls_24h: u32,
    /// Batches that needed no call.
    pub avoided_24h: u32,
    pub tokens_today: u32,
    pub token_budget: u32,
    pub cost_today_usd: f64,
}

/// Half an hour of batches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar {
    pub at: UtcMillis,
    pub batches: u32,
    /// Batches with something outside its baseline.
    pub outside: u32,
    pub failed: u32,
}

/// Which of a new user's first steps are done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FirstSteps {
    pub has_target: bool,
    pub has_scrape: bool,
    pub has_analyst: bool,
    pub has_receiver: bool,
    pub has_tested_receiver: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    pub targets: Targets,
    pub incidents: Incidents,
    pub anomalies_24h: u32,
    /// Of the last batch that could look.
    pub series: u32,
    pub last_batch_at: Option<UtcMillis>,
    pub next_batch_at: Option<UtcMillis>,
    /// Why the last batch failed; absent when it did not.
    pub last_batch_error: Option<String>,
    /// The next batch is overdue by far: nobody looks.
    pub stale: bool,
    pub model: Model,
    /// Oldest first.
    pub strip: Vec<Bar>,
    pub first_steps: FirstSteps,
}

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct StatsService {
    store: Store,
    clock: Clock,
    /// Whether the server has a model for accounts that chose none.
    has_model: bool,
}

impl StatsService {
    #[must_use]
    pub fn new(store: Store, clock: Clock, has_model: bool) -> Self {
        Self { store, clock, has_model }
    }

    /// # Errors
    /// When the store fails.
    pub async fn overview(&self, scope: &TenantScope) -> Result<Overview, ServiceError> {
        let now = self.clock.now();
        let day = Filter::range("at", Some((now - DAY).0), None);
        let store = self.store.tenant(scope);
        let done = Filter::eq("complete", true);
        let last = newest(&store, done.clone()).await?;
        let good = newest(&store, done.and(Filter::Ne("outcome.type", "failed".into()))).await?;
        let last_batch_error = last.as_ref().and_then(|batch| match &batch.outcome {
            Outcome::Failed { reason } => Some(reason.clone()),
            Outcome::Quiet | Outcome::Analysed => None,
        });
        let targets = targets(&store, good.as_ref(), last_batch_error.is_some()).await?;
        let schedule = store.get::<Schedule>("schedule").await?.filter(|found| found.doc.active);
        Ok(Overview {
            targets,
            incidents: incidents(&store, now).await?,
            anomalies_24h: count::<Anomaly>(&store, &day).await?,
            series: good.as_ref().map_or(0, |batch| batch.receipt.series),
            last_batch_at: last.map(|batch| batch.finished_at),
            stale: schedule.as_ref().is_some_and(|found| now.since(found.doc.next_run_at) > STALE_AFTER),
            next_batch_at: schedule.map(|found| found.doc.next_run_at),
            last_batch_error,
            model: self.model(scope, now).await?,
            strip: strip(&store, now).await?,
            first_steps: self.first_steps(scope, targets, good.as_ref()).await?,
        })
    }

    async fn model(&self, scope: &TenantScope, now: UtcMillis) -> Result<Model, ServiceError> {
        let store = self.store.tenant(scope);
        // What was refused before it was sent, and what the built-in analyst noted, are no calls.
        let calls = Filter::range("at", Some((now - DAY).0), None).and(Filter::range("attempts", Some(1), None));
        let uncalled = Filter::range("started_at", Some((now - DAY).0), None)
            .and(Filter::eq("receipt.model_called", false))
            .and(Filter::Ne("outcome.type", "failed".into()));
        let Spent { tokens: tokens_today, cost_usd: cost_today_usd } =
            settings::used_today(&self.store, scope, now).await?;
        Ok(Model {
            calls_24h: count::<LlmCall>(&store, &calls).await?,
            avoided_24h: count::<Batch>(&store, &uncalled).await?,
            tokens_today,
            cost_today_usd,
            token_budget: settings::of(&self.store, scope).await?.daily_token_budget,
        })
    }

    async fn first_steps(
        &self,
        scope: &TenantScope,
        targets: Targets,
        seen: Option<&Batch>,
    ) -> Result<FirstSteps, ServiceError> {
        let store = self.store.tenant(scope);
        let email = store.get::<EmailConfig>(CONFIG_ID).await?.map(|found| found.doc);
        let slack = store.get::<SlackConfig>(CONFIG_ID).await?.map(|found| found.doc);
        let mail_ready = email.as_ref().is_some_and(|email| email.enabled && !email.recipients.is_empty());
        Ok(FirstSteps {
            has_target: targets.total > 0,
            has_scrape: seen.is_some_and(|batch| batch.targets.iter().any(|target| target.state == ScrapeState::Up)),
            has_analyst: self.has_model || settings::of(&self.store, scope).await?.provider.is_some(),
            has_receiver: mail_ready || slack.as_ref().is_some_and(|slack| slack.enabled),
            has_tested_receiver: email.is_some_and(|email| email.tested_at.is_some())
                || slack.is_some_and(|slack| slack.tested_at.is_some()),
        })
    }
}

async fn newest(store: &TenantStore<'_>, filter: Filter) -> Result<Option<Batch>, ServiceError> {
    let query = Query::new(filter, Order::newest("started_at"), 1);
    Ok(store.find::<Batch>(&query).await?.items.into_iter().next())
}

async fn count<D: Document>(store: &TenantStore<'_>, filter: &Filter) -> Result<u32, ServiceError> {
    Ok(u32::try_from(store.count::<D>(filter).await?).unwrap_or(u32::MAX))
}

async fn targets(store: &TenantStore<'_>, seen: Option<&Batch>, blind: bool) -> Result<Targets, ServiceError> {
    let query = Query::new(Filter::All, Order::oldest("created_at"), MAX_TARGETS);
    let mut counts = Targets::default();
    for target in store.find::<Target>(&query).await?.items {
        counts.total += 1;
        let health = seen.and_then(|batch| batch.targets.iter().find(|health| health.instance == target.address));
        let slot = match health.map(|health| health.state) {
            _ if !target.enabled => &mut counts.paused,
            _ if blind => &mut counts.unknown,
            Some(ScrapeState::Up) => &mut counts.up,
            Some(ScrapeState::Down) => &mut counts.down,
            Some(ScrapeState::Pending) | None => &mut counts.pending,
        };
        *slot += 1;
    }
    Ok(counts)
}

async fn incidents(store: &TenantStore<'_>, now: UtcMillis) -> Result<Incidents, ServiceError> {
    let lately = Filter::eq("state", "resolved").and(Filter::range("resolved_at", Some((now - DAY).0), None));
    let open = Filter::eq("state", "open");
    Ok(Incidents {
        open: count::<Incident>(store, &open).await?,
        blind: count::<Incident>(store, &open.and(Filter::eq("open_key", blind::FINGERPRINT))).await?,
        acknowledged: count::<Incident>(store, &Filter::eq("state", "acknowledged")).await?,
        resolved_24h: count::<Incident>(store, &lately).await?,
    })
}

/// One bar for each half hour of the last day, empty ones included.
async fn strip(store: &TenantStore<'_>, now: UtcMillis) -> Result<Vec<Bar>, ServiceError> {
    let newest = now.0 - now.0.rem_euclid(BAR_MS);
    let oldest = newest - (BARS - 1) * BAR_MS;
    let day = Filter::range("started_at", Some(oldest), None);
    let outcome = |word: &str| day.clone().and(Filter::eq("outcome.type", word));
    let batches = store.histogram::<Batch>("started_at", &day, BAR_MS).await?;
    let outside = store.histogram::<Batch>("started_at", &outcome("analysed"), BAR_MS).await?;
    let failed = store.histogram::<Batch>("started_at", &outcome("failed"), BAR_MS).await?;
    let at = |buckets: &[crate::store::Bucket], start: i64| {
        let found = buckets.iter().find(|bucket| bucket.start == start);
        found.map_or(0, |bucket| u32::try_from(bucket.count).unwrap_or(u32::MAX))
    };
    let bar = |start| Bar {
        at: UtcMillis(start),
        batches: at(&batches, start),
        outside: at(&outside, start),
        failed: at(&failed, start),
    };
    Ok((0..BARS).map(|index| bar(oldest + index * BAR_MS)).collect())
}
