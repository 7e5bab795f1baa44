//! Batches, facts, anomalies and root causes.

use watchkeeper_common::analysis as wire;
use watchkeeper_domain::anomaly::{Anomaly, Rca};
use watchkeeper_domain::batch::{Batch, Outcome, Receipt, Trigger};
use watchkeeper_domain::fact::{Fact, FactId, FactKind};
use watchkeeper_domain::metric::Unit;
use watchkeeper_domain::time::Window;
use watchkeeper_domain::verdict::{DropReason, DroppedClaim, FixPlan, Hypothesis, Severity, Verdict};

use super::timestamp;

pub(in crate::http) fn severity(severity: Severity) -> wire::Severity {
    match severity {
        Severity::Low => wire::Severity::Low,
        Severity::Medium => wire::Severity::Medium,
        Severity::High => wire::Severity::High,
        Severity::Critical => wire::Severity::Critical,
    }
}

pub(in crate::http) fn verdict(verdict: Verdict) -> wire::Verdict {
    match verdict {
        Verdict::Confirmed => wire::Verdict::Confirmed,
        Verdict::Likely => wire::Verdict::Likely,
        Verdict::Inconclusive => wire::Verdict::Inconclusive,
    }
}

pub(in crate::http) fn window(window: Window) -> wire::TimeWindow {
    wire::TimeWindow { start: timestamp(window.start), end: timestamp(window.end) }
}

pub(in crate::http) fn fix_plan(plan: FixPlan) -> wire::FixPlanView {
    wire::FixPlanView { immediate: plan.immediate, prevention: plan.prevention }
}

pub(in crate::http) fn hypotheses(hypotheses: Vec<Hypothesis>) -> Vec<wire::HypothesisView> {
    let view = |hypothesis: Hypothesis| wire::HypothesisView {
        cause: hypothesis.cause,
        supporting: ids(&hypothesis.supporting),
        against: ids(&hypothesis.against),
    };
    hypotheses.into_iter().map(view).collect()
}

pub(in crate::http) fn dropped(claim: DroppedClaim) -> wire::DroppedClaimView {
    let reason = match claim.reason {
        DropReason::UnknownFact { id } => format!("cites {id}, which is no fact of this batch"),
        DropReason::NoEvidence => "cites no fact".to_owned(),
        DropReason::WrongNumber { claimed, computed } => format!("says {claimed}, computed is {computed}"),
        DropReason::EffectBeforeCause { cause, effect } => format!("{effect} began before its cause {cause}"),
        DropReason::UnknownSeries => "names a series that is not in the facts".to_owned(),
    };
    wire::DroppedClaimView { claim: claim.claim, reason }
}

fn ids(ids: &[FactId]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

fn fact_kind(kind: &FactKind) -> wire::FactKind {
    match kind {
        FactKind::Spike => wire::FactKind::Spike,
        FactKind::LevelShift => wire::FactKind::LevelShift,
        FactKind::Trend { .. } => wire::FactKind::Trend,
        FactKind::Saturation { .. } => wire::FactKind::Saturation,
        FactKind::Flapping { .. } => wire::FactKind::Flapping,
        FactKind::Missing => wire::FactKind::Missing,
        FactKind::Stale => wire::FactKind::Stale,
        FactKind::TargetDown => wire::FactKind::TargetDown,
        FactKind::BadState => wire::FactKind::BadState,
        FactKind::Context => wire::FactKind::Context,
    }
}

pub(super) fn unit(unit: Unit) -> wire::Unit {
    match unit {
        Unit::Bytes => wire::Unit::Bytes,
        Unit::BytesPerSecond => wire::Unit::BytesPerSecond,
        Unit::Seconds => wire::Unit::Seconds,
        Unit::Ratio => wire::Unit::Ratio,
        Unit::Percent => wire::Unit::Percent,
        Unit::PerSecond => wire::Unit::PerSecond,
        Unit::Celsius => wire::Unit::Celsius,
        Unit::Count => wire::Unit::Count,
    }
}

pub(in crate::http) fn fact(fact: Fact) -> wire::FactView {
    let instance = fact.series.instance().to_owned();
    let number =
        |n: watchkeeper_domain::fact::Number| wire::FactNumber { name: n.name, value: n.value, unit: unit(n.unit) };
    wire::FactView {
        id: fact.id.to_string(),
        kind: fact_kind(&fact.kind),
        metric: fact.series.metric,
        instance,
        target_name: fact.target_name,
        labels: fact.series.labels,
        window: window(fact.window),
        since: timestamp(fact.since),
        observed: fact.observed,
        expected: fact.expected.map(|range| wire::ExpectedRange { low: range.low, high: range.high }),
        unit: unit(fact.unit),
        numbers: fact.numbers.into_iter().map(number).collect(),
        score: fact.score,
        text: fact.text,
        points: fact.points.iter().map(|p| wire::FactPoint { at: timestamp(p.at), value: p.value }).collect(),
    }
}

fn receipt(receipt: Receipt) -> wire::ReceiptView {
    wire::ReceiptView {
        series: receipt.series,
        outside: receipt.outside,
        targets: receipt.targets,
        targets_down: receipt.targets_down,
        text: receipt.text,
        model_called: receipt.model_called,
        prompt_tokens: receipt.prompt_tokens,
        full_text_tokens: receipt.full_text_tokens,
    }
}

pub(in crate::http) fn batch(batch: Batch) -> wire::BatchView {
    let (outcome, error) = match batch.outcome {
        _ if !batch.complete => (wire::BatchOutcome::Running, None),
        Outcome::Quiet => (wire::BatchOutcome::Quiet, None),
        Outcome::Analysed => (wire::BatchOutcome::Analysed, None),
        Outcome::Failed { reason } => (wire::BatchOutcome::Failed, Some(reason)),
    };
    wire::BatchView {
        id: batch.id.to_string(),
        trigger: match batch.trigger {
            Trigger::Schedule => wire::Trigger::Schedule,
            Trigger::Manual => wire::Trigger::Manual,
        },
        window: window(batch.window),
        started_at: timestamp(batch.started_at),
        finished_at: timestamp(batch.finished_at),
        outcome,
        error,
        receipt: receipt(batch.receipt),
        fact_count: u32::try_from(batch.facts.len()).unwrap_or(u32::MAX),
        incident_ids: batch.incident_ids.iter().map(ToString::to_string).collect(),
        llm_call_ids: batch.llm_call_ids.iter().map(ToString::to_string).collect(),
        truncated: batch.truncated,
    }
}

pub(in crate::http) fn batch_detail(mut found: Batch) -> wire::BatchDetail {
    let facts = std::mem::take(&mut found.facts);
    let fact_count = u32::try_from(facts.len()).unwrap_or(u32::MAX);
    let batch = wire::BatchView { fact_count, ..batch(found) };
    wire::BatchDetail { batch, facts: facts.into_iter().map(fact).collect() }
}

pub(in crate::http) fn anomaly(anomaly: Anomaly) -> wire::AnomalyView {
    wire::AnomalyView {
        id: anomaly.id.to_string(),
        batch_id: anomaly.batch_id.to_string(),
        incident_id: anomaly.incident_id.map(String::from),
        at: timestamp(anomaly.at),
        metric: anomaly.metric,
        instance: anomaly.instance,
        observed: anomaly.observed,
        expected: anomaly.expected,
        symptom: anomaly.symptom,
        severity: severity(anomaly.severity),
        fact_ids: ids(&anomaly.fact_ids),
        fact: anomaly.fact.map(fact),
    }
}

pub(in crate::http) fn cause(rca: Rca) -> wire::RcaView {
    wire::RcaView {
        id: rca.id.to_string(),
        batch_id: rca.batch_id.to_string(),
        incident_id: rca.incident_id.to_string(),
        at: timestamp(rca.at),
        title: rca.title,
        summary: rca.summary,
        root_cause: rca.root_cause,
        fix_plan: fix_plan(rca.fix_plan),
        severity: severity(rca.severity),
        verdict: verdict(rca.verdict),
        confidence: rca.confidence,
        verdict_reason: rca.verdict_reason,
        hypotheses: hypotheses(rca.hypotheses),
        evidence: ids(&rca.evidence),
        dropped: rca.dropped.into_iter().map(dropped).collect(),
        provider: rca.author.provider,
        model: rca.author.model,
        llm_call_id: rca.llm_call_id.map(String::from),
    }
}
