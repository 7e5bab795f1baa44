//! Puts together what asks language models, and what traces it.

use std::sync::Arc;
use std::time::Duration;

use watchkeeper_clients::egress::{EgressError, Guard, Policy};
use watchkeeper_clients::langfuse::Langfuse;

use crate::clock::Clock;
use crate::config::Settings;
use crate::jobs::traces::{PERIOD, Traces};
use crate::jobs::{Nudge, Runner};
use crate::services::analyst::{Analyst, Chain, Limits};
use crate::store::Store;
use crate::telemetry::Telemetry;

/// Deadline of one delivery of traces.
const TRACES_WITHIN: Duration = Duration::from_secs(10);

/// The analyst, and the job that sends its traces where Langfuse is configured.
pub(super) fn analyst(
    settings: &Settings,
    store: &Store,
    clock: &Clock,
    telemetry: &Telemetry,
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
    let analyst = Analyst::new(store.clone(), clock.clone(), chain, tracer, limits);
    Ok(Arc::new(analyst.counted(telemetry.clone())))
}

/// Present when both keys are set. The address is the operator's own.
fn langfuse(settings: &Settings) -> Result<Option<Arc<Langfuse>>, EgressError> {
    let (Some(public), Some(secret)) = (&settings.langfuse.public_key, &settings.langfuse.secret_key) else {
        return Ok(None);
    };
    let client = Guard::new(Policy { allow_private: true }).client(TRACES_WITHIN)?;
    Ok(Some(Arc::new(Langfuse::new(client, settings.langfuse.host.as_url(), public, secret)?)))
}
