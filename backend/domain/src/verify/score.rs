//! Verdict and confidence, from what survived. No model has a say in either.
//!
//! `confidence = 35·agreement + 25·kept + 30·corroboration + 10·telling`, at most 95, where
//!
//! * agreement: share of the case's unusual facts that the surviving claims cite,
//! * kept: share of the claims made that survived,
//! * corroboration: different metrics among those facts beyond the first, of three that make it full,
//! * telling: 1 when a cited fact shows a limit or a silence (saturation, time to full, missing, stale).
//!
//! **Confirmed**: the incident cites a fact that *is* the failure (a target down, a state that is bad in itself, a resource at 95 % of its limit) and at
//! least half of the claims survived; confidence is then at least 90. That fact is the **proof**; where no cited fact is of that kind,
//! it is the first that the incident cites. **Likely**: confidence 65 or more. **Inconclusive**: otherwise, and
//! always when no cause survived.

use std::collections::BTreeSet;

use super::claims::Tally;
use super::ledger::Ledger;
use crate::fact::{Fact, FactId, FactKind};
use crate::verdict::{Answer, Verdict};

const LIKELY: u8 = 65;
const DIRECT_FLOOR: u8 = 90;
const MOST: f64 = 95.0;
/// Use of a limit from which the limit itself is the failure.
const AT_LIMIT: f64 = 0.95;
const CORROBORATING: f64 = 3.0;

pub(super) struct Score {
    pub(super) verdict: Verdict,
    pub(super) confidence: u8,
    pub(super) reason: String,
    pub(super) proof: Option<FactId>,
}

pub(super) fn score(answer: &Answer, ledger: &Ledger<'_>, tally: &Tally) -> Score {
    let Some(incident) = &answer.incident else { return without_cause(tally) };
    let cited = cited(answer);
    let relevant: Vec<&Fact> =
        ledger.facts.iter().filter(|f| f.kind != FactKind::Context || cited.contains(&f.id)).collect();
    let agreeing: Vec<&Fact> = relevant.iter().copied().filter(|f| cited.contains(&f.id)).collect();
    let metrics: BTreeSet<&str> = agreeing.iter().map(|f| f.series.metric.as_str()).collect();
    let kept = share(count(tally.kept), count(tally.made));
    let corroboration = (length(metrics.len()) - 1.0).clamp(0.0, CORROBORATING) / CORROBORATING;
    let telling = f64::from(u8::from(agreeing.iter().any(|f| is_telling(&f.kind))));
    let agreement = share(length(agreeing.len()), length(relevant.len()));
    let sum = (35.0 * agreement + 25.0 * kept + 30.0 * corroboration + 10.0 * telling).clamp(0.0, MOST);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0–95")]
    let sum = sum.round() as u8;
    let behind = ledger.cited(&incident.evidence);
    let direct = behind.iter().find(|f| is_direct(&f.kind)).filter(|_| kept >= 0.5);
    let (verdict, confidence) = match direct {
        Some(_) => (Verdict::Confirmed, sum.max(DIRECT_FLOOR)),
        None if sum >= LIKELY => (Verdict::Likely, sum),
        None => (Verdict::Inconclusive, sum),
    };
    let shown = direct.map(|f| format!("{} shows the failure itself; ", f.id)).unwrap_or_default();
    let reason = format!(
        "{}: {shown}{} of {} {} {}{}{}.",
        word(verdict),
        agreeing.len(),
        relevant.len(),
        if relevant.len() == 1 { "fact" } else { "facts" },
        if agreeing.len() == 1 { "agrees" } else { "agree" },
        if agreeing.iter().any(|f| f.id.0.starts_with('L')) { "" } else { "; no log evidence" },
        dropped_words(tally),
    );
    Score { verdict, confidence, reason, proof: direct.or(behind.first()).map(|f| f.id.clone()) }
}

fn without_cause(tally: &Tally) -> Score {
    let reason = if tally.made == 0 {
        "Inconclusive: no cause was claimed.".to_owned()
    } else if tally.dropped.is_empty() {
        "Inconclusive: anomalies were named, but no cause.".to_owned()
    } else {
        format!("Inconclusive: no cause survived verification{}.", dropped_words(tally))
    };
    Score { verdict: Verdict::Inconclusive, confidence: 0, reason, proof: None }
}

/// Facts behind what survived: the incident, its anomalies, and the leading hypothesis.
fn cited(answer: &Answer) -> BTreeSet<&FactId> {
    let incident = answer.incident.iter().flat_map(|incident| &incident.evidence);
    let anomalies = answer.anomalies.iter().flat_map(|anomaly| &anomaly.evidence);
    let leading = answer.hypotheses.iter().take(1).flat_map(|hypothesis| &hypothesis.supporting);
    incident.chain(anomalies).chain(leading).collect()
}

fn is_direct(kind: &FactKind) -> bool {
    match kind {
        FactKind::TargetDown | FactKind::BadState => true,
        FactKind::Saturation { used } => *used >= AT_LIMIT,
        _ => false,
    }
}

fn is_telling(kind: &FactKind) -> bool {
    match kind {
        FactKind::Saturation { .. }
        | FactKind::Missing
        | FactKind::Stale
        | FactKind::TargetDown
        | FactKind::BadState => true,
        FactKind::Trend { seconds_to_limit, .. } => seconds_to_limit.is_some(),
        FactKind::Spike | FactKind::LevelShift | FactKind::Flapping { .. } | FactKind::Context => false,
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Confirmed => "Confirmed",
        Verdict::Likely => "Likely",
        Verdict::Inconclusive => "Inconclusive",
    }
}

fn dropped_words(tally: &Tally) -> String {
    match tally.made - tally.kept {
        0 => String::new(),
        1 => "; 1 claim dropped".to_owned(),
        n => format!("; {n} claims dropped"),
    }
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

fn count(n: u32) -> f64 {
    f64::from(n)
}

fn length(n: usize) -> f64 {
    count(u32::try_from(n).unwrap_or(u32::MAX))
}
