//! What `/health/ready` looks at. Only the store is required: without any other part the server still answers, and says so.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use tokio::sync::Mutex;
use watchkeeper_clients::metrics::MetricsSource;
use watchkeeper_common::system::CheckState;
use watchkeeper_domain::time::{MINUTE, SECOND};

use super::analysis::Analysis;
use crate::auth::SystemScope;
use crate::clock::Clock;
use crate::config::Settings;
use crate::http::{ReadinessCheck, ReadinessChecks};
use crate::services::analyst::{Analyst, Readiness};
use crate::services::batch::BatchService;
use crate::store::Store;

/// How long an answer about readiness is repeated: probes come often, and hosted models are somebody else's server.
const READINESS_FOR: Duration = Duration::from_secs(30);

pub(super) fn checks(
    settings: &Settings,
    store: &Store,
    clock: &Clock,
    metrics: Arc<dyn MetricsSource>,
    analysis: &Analysis,
) -> ReadinessChecks {
    ReadinessChecks(vec![
        Box::new(StoreCheck(store.clone())),
        Box::new(MetricsCheck(metrics)),
        cached(ModelCheck(Arc::clone(&analysis.analyst))),
        #[cfg(feature = "langfuse-scores")]
        cached(KeyCheck(Arc::clone(&analysis.analyst))),
        Box::new(SchedulerCheck::new(settings, &analysis.batches, clock)),
    ])
}

#[derive(Debug)]
struct StoreCheck(Store);

#[async_trait]
impl ReadinessCheck for StoreCheck {
    fn name(&self) -> &'static str {
        "store"
    }
    fn required(&self) -> bool {
        true
    }
    async fn check(&self) -> (CheckState, String) {
        match self.0.ping().await {
            Ok(()) => (CheckState::Ok, "answers".to_owned()),
            Err(error) => (CheckState::Down, error.to_string()),
        }
    }
}

#[derive(Debug)]
struct MetricsCheck(Arc<dyn MetricsSource>);

#[async_trait]
impl ReadinessCheck for MetricsCheck {
    fn name(&self) -> &'static str {
        "metrics"
    }

    fn required(&self) -> bool {
        false
    }

    async fn check(&self) -> (CheckState, String) {
        match self.0.ready().await {
            Ok(version) => (CheckState::Ok, format!("{version} answers")),
            Err(error) => (CheckState::Down, error.for_operator()),
        }
    }
}

/// A check whose answer is repeated for a while. Whoever asks meanwhile waits for the one under way.
#[derive(Debug)]
struct Cached<C> {
    check: C,
    seen: Mutex<Option<(Instant, (CheckState, String))>>,
}

fn cached(check: impl ReadinessCheck + 'static) -> Box<dyn ReadinessCheck> {
    Box::new(Cached { check, seen: Mutex::new(None) })
}

#[async_trait]
impl<C: ReadinessCheck> ReadinessCheck for Cached<C> {
    fn name(&self) -> &'static str {
        self.check.name()
    }

    fn required(&self) -> bool {
        self.check.required()
    }

    async fn check(&self) -> (CheckState, String) {
        let mut seen = self.seen.lock().await;
        match &*seen {
            Some((at, known)) if at.elapsed() < READINESS_FOR => known.clone(),
            _ => seen.insert((Instant::now(), self.check.check().await)).1.clone(),
        }
    }
}

/// Whether a model could be asked. Never required: the built-in analyst judges without one.
#[derive(Debug)]
struct ModelCheck(Arc<Analyst>);

#[async_trait]
impl ReadinessCheck for ModelCheck {
    fn name(&self) -> &'static str {
        "model"
    }

    fn required(&self) -> bool {
        false
    }

    async fn check(&self) -> (CheckState, String) {
        judged(&self.0.asked().await)
    }
}

/// Whether Langfuse knows the keys.
#[cfg(feature = "langfuse-scores")]
#[derive(Debug)]
struct KeyCheck(Arc<Analyst>);

#[cfg(feature = "langfuse-scores")]
#[async_trait]
impl ReadinessCheck for KeyCheck {
    fn name(&self) -> &'static str {
        "langfuse"
    }

    fn required(&self) -> bool {
        false
    }

    async fn check(&self) -> (CheckState, String) {
        match self.0.traced_projects().await {
            None => (CheckState::Off, "no traces are sent (LANGFUSE_PUBLIC_KEY is not set)".to_owned()),
            Some(Ok(projects)) => (CheckState::Ok, format!("traces go to {}", projects.join(", "))),
            Some(Err(error)) => (CheckState::Degraded, error.to_string()),
        }
    }
}

/// The first provider should be ready; a later one, or none, is worse and still works.
fn judged(asked: &[Readiness]) -> (CheckState, String) {
    let Some(first) = asked.first() else {
        return (CheckState::Off, "no model is asked (LLM_PROVIDER=builtin); the built-in analyst judges".to_owned());
    };
    let told = |one: &Readiness| {
        let (Ok(words) | Err(words)) = &one.state;
        format!("{}: {words}", one.provider.as_str())
    };
    let all = asked.iter().map(told).collect::<Vec<_>>().join("; ");
    match asked.iter().any(|one| one.state.is_ok()) {
        true if first.state.is_ok() => (CheckState::Ok, told(first)),
        true => (CheckState::Degraded, all),
        false => (CheckState::Degraded, format!("{all}; the built-in analyst judges")),
    }
}

/// How far the scheduler is behind the tenants that are due.
#[derive(Debug)]
struct SchedulerCheck {
    batches: BatchService,
    system: SystemScope,
    clock: Clock,
    enabled: bool,
}

/// A lag worth looking at, and one that means that nobody runs batches.
const LATE_MS: i64 = 5 * SECOND;
const DEAD_MS: i64 = 2 * MINUTE;

impl SchedulerCheck {
    fn new(settings: &Settings, batches: &BatchService, clock: &Clock) -> Self {
        let system = SystemScope::for_job("tell how late batches are");
        Self { batches: batches.clone(), system, clock: clock.clone(), enabled: settings.scheduler.enabled }
    }
}

#[async_trait]
impl ReadinessCheck for SchedulerCheck {
    fn name(&self) -> &'static str {
        "scheduler"
    }

    fn required(&self) -> bool {
        false
    }

    async fn check(&self) -> (CheckState, String) {
        if !self.enabled {
            return (CheckState::Off, "this server runs no batches (SCHEDULER_ENABLED=false)".to_owned());
        }
        let now = self.clock.now();
        match self.batches.next_due(&self.system, now).await {
            Ok(None) => (CheckState::Ok, "no tenant has an enabled target".to_owned()),
            Ok(Some(due)) if due > now => (CheckState::Ok, format!("next batch in {} s", due.since(now) / SECOND)),
            Ok(Some(due)) => {
                let lag = now.since(due);
                let state = match lag {
                    ..LATE_MS => CheckState::Ok,
                    LATE_MS..DEAD_MS => CheckState::Degraded,
                    _ => CheckState::Down,
                };
                (state, format!("the oldest due batch waits for {} s", lag / SECOND))
            }
            Err(error) => (CheckState::Down, error.to_string()),
        }
    }
}
