//! The first half of a batch: ask the metrics source, find facts, decide whether anyone is to be asked about them.

use std::sync::Arc;

use watchkeeper_clients::metrics::GatherRequest;
use watchkeeper_domain::baseline::Habits;
use watchkeeper_domain::batch::{Batch, Outcome, Receipt, Trigger};
use watchkeeper_domain::detect::{self, Findings};
use watchkeeper_domain::gate::{self, Gate};
use watchkeeper_domain::id::BatchId;
use watchkeeper_domain::metric::MetricSet;
use watchkeeper_domain::prompt;
use watchkeeper_domain::settings::{AnalysisMode, TenantSettings};
use watchkeeper_domain::time::{MINUTE, SECOND, UtcMillis, Window};

use super::{BatchService, millis};
use crate::auth::TenantScope;
use crate::services::{ServiceError, settings};

/// Distance of two points; Prometheus scrapes at least this often.
const STEP_MS: i64 = 15 * SECOND;
/// How far before the window the baseline reaches.
pub(super) const BASELINE_MS: i64 = 30 * MINUTE;
/// A window shorter than this holds too few scrapes to judge.
const MIN_WINDOW_MS: i64 = MINUTE;
/// Facts that show nothing unusual, given to the model when it is asked about every batch.
const CONTEXT_FACTS: usize = 24;

impl BatchService {
    /// A new batch with what was found, not stored yet.
    pub(super) async fn look(
        &self,
        scope: &TenantScope,
        settings: &TenantSettings,
        id: BatchId,
        trigger: Trigger,
        window_end: UtcMillis,
    ) -> Result<Batch, ServiceError> {
        let started_at = self.clock.now();
        let interval = millis(settings::interval(settings, self.limits.default_interval));
        let window = Window { start: window_end - interval.max(MIN_WINDOW_MS), end: window_end };
        let mut batch = Batch {
            id,
            trigger,
            window,
            started_at,
            finished_at: started_at,
            outcome: Outcome::Quiet,
            receipt: Receipt::default(),
            facts: Vec::new(),
            targets: Vec::new(),
            incident_ids: Vec::new(),
            llm_call_ids: Vec::new(),
            truncated: None,
            complete: false,
            expires_at: self.limits.expires(started_at),
        };
        match self.gather(scope, window).await {
            Ok(set) => {
                self.examine(scope, set, settings.analysis_mode).await?.describe(&mut batch);
            }
            Err(reason) => {
                "the metrics source could not be used".clone_into(&mut batch.receipt.text);
                batch.outcome = Outcome::Failed { reason };
            }
        }
        Ok(batch)
    }

    /// Looks again where something is news beside the last half hour: it may be usual at this time.
    async fn examine(&self, scope: &TenantScope, set: MetricSet, mode: AnalysisMode) -> Result<Seen, ServiceError> {
        let seen = examined(set, mode, Arc::default()).await?;
        if !seen.findings.ask_for_habits() {
            return Ok(seen);
        }
        let habits = self.habits(scope, seen.set.window.end).await;
        if habits.is_empty() {
            return Ok(seen);
        }
        let plain = seen.findings.outside;
        let seen = examined(seen.set, mode, habits).await?;
        Ok(Seen { habitually: plain.saturating_sub(seen.findings.outside), ..seen })
    }

    async fn gather(&self, scope: &TenantScope, window: Window) -> Result<MetricSet, String> {
        let request = GatherRequest {
            user_id: scope.key().to_owned(),
            window,
            baseline_ms: BASELINE_MS,
            step_ms: STEP_MS,
            max_series: self.limits.max_series,
        };
        let deadline = self.limits.gather_deadline;
        match tokio::time::timeout(deadline, self.source.gather(&request)).await {
            Ok(gathered) => gathered.map_err(|error| {
                tracing::warn!(
                    tenant.id = scope.key(),
                    metrics.error = error.for_operator(),
                    "metrics could not be gathered"
                );
                error.to_string()
            }),
            Err(_elapsed) => {
                Err(format!("The metrics source did not answer within {} s. It may be overloaded.", deadline.as_secs()))
            }
        }
    }
}

/// What one look at the metrics gave.
struct Seen {
    set: MetricSet,
    findings: Findings,
    gate: Gate,
    full_text_tokens: u32,
    /// Series that would be outside if they did not do so at this time.
    habitually: u32,
}

/// Bounded by the processor, so it runs beside the reactor.
async fn examined(set: MetricSet, mode: AnalysisMode, habits: Arc<Habits>) -> Result<Seen, ServiceError> {
    let seen = tokio::task::spawn_blocking(move || examine(set, mode, &habits)).await;
    seen.map_err(|error| ServiceError::Internal(error.to_string()))
}

fn examine(set: MetricSet, mode: AnalysisMode, habits: &Habits) -> Seen {
    let mut findings = detect::examine_with(&set, habits);
    let gate = gate::decide(&findings, mode);
    if mode == AnalysisMode::EveryBatch {
        let context = detect::context_facts(&set, &findings, CONTEXT_FACTS);
        findings.facts.extend(context);
    }
    let full_text_tokens = prompt::full_text_tokens(&set);
    Seen { set, findings, gate, full_text_tokens, habitually: 0 }
}

impl Seen {
    fn describe(self, batch: &mut Batch) {
        let Findings { series, outside, targets, targets_down, .. } = self.findings;
        batch.receipt = Receipt {
            series,
            outside,
            targets,
            targets_down,
            text: self.gate.receipt_text(self.habitually),
            model_called: false,
            prompt_tokens: 0,
            full_text_tokens: self.full_text_tokens,
        };
        batch.outcome = if self.gate.is_open() { Outcome::Analysed } else { Outcome::Quiet };
        batch.facts = self.findings.facts;
        batch.targets = self.set.targets;
        batch.truncated = self.set.truncated;
    }
}
