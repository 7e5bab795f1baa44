//! Puts together what asks language models, and what traces it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use tokio::sync::Mutex;
use watchkeeper_clients::egress::{EgressError, Guard, Policy};
use watchkeeper_clients::langfuse::Langfuse;
use watchkeeper_common::system::CheckState;

use crate::clock::Clock;
use crate::config::Settings;
use crate::http::ReadinessCheck;
use crate::jobs::traces::{PERIOD, Traces};
use crate::jobs::{Nudge, Runner};
use crate::services::analyst::{Analyst, Chain, Limits, Readiness};
use crate::store::Store;

/// Deadline of one delivery of traces.
const TRACES_WITHIN: Duration = Duration::from_secs(10);
/// How long an answer about readiness is repeated: probes come often, and hosted models are somebody else's server.
const READINESS_FOR: Duration = Duration::from_secs(30);

/// The analyst, and the job that sends its traces where Langfuse is configured.
pub(super) fn analyst(
    settings: &Settings,
    store: &Store,
    clock: &Clock,
    jobs: &mut Runner,
) -> Result<Arc<Analyst>, EgressError> {
    let chain = Chain::open(&settings.llm, settings.http.frontend_url.as_ref())?;
    let tracer = langfuse(settings)?;
    if let Some(tracer) = &tracer {
        jobs.spawn(PERIOD, Nudge::default(), Arc::new(Traces::new(Arc::clone(tracer))));
    }
    let limits = Limits {
        prompt_tokens: settings.llm.prompt_tokens.0,
        timeout: settings.llm.timeout.0,
        retention: settings.scheduler.retention.0,
    };
    Ok(Arc::new(Analyst::new(store.clone(), clock.clone(), chain, tracer, limits)))
}

/// Present when both keys are set. The address is the operator's own.
fn langfuse(settings: &Settings) -> Result<Option<Arc<Langfuse>>, EgressError> {
    let (Some(public), Some(secret)) = (&settings.langfuse.public_key, &settings.langfuse.secret_key) else {
        return Ok(None);
    };
    let client = Guard::new(Policy { allow_private: true }).client(TRACES_WITHIN)?;
    Ok(Some(Arc::new(Langfuse::new(client, settings.langfuse.host.as_url(), public, secret)?)))
}

/// Whether a model could be asked. Never required: the built-in analyst judges without one.
#[derive(Debug)]
pub(super) struct ModelCheck {
    analyst: Arc<Analyst>,
    seen: Mutex<Option<(Instant, (CheckState, String))>>,
}

impl ModelCheck {
    pub(super) fn new(analyst: Arc<Analyst>) -> Self {
        Self { analyst, seen: Mutex::new(None) }
    }
}

#[async_trait]
impl ReadinessCheck for ModelCheck {
    fn name(&self) -> &'static str {
        "model"
    }

    fn required(&self) -> bool {
        false
    }

    async fn check(&self) -> (CheckState, String) {
        let mut seen = self.seen.lock().await;
        match &*seen {
            Some((at, known)) if at.elapsed() < READINESS_FOR => known.clone(),
            _ => seen.insert((Instant::now(), judged(&self.analyst.asked().await))).1.clone(),
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
