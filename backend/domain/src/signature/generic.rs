//! No signature fits: the strongest fact speaks for itself, and what is not known is said.

use super::case::{Case, observed};
use super::reading::Reading;
use crate::fact::FactKind;
use crate::verdict::Severity;

/// Below every real signature.
pub(crate) const FIT: u8 = 1;

pub(crate) fn recognise(case: &Case<'_>) -> Option<Reading> {
    let strongest = case.facts.first()?;
    let name = &strongest.target_name;
    let metric = &strongest.series.metric;
    let (severity, what) = match strongest.kind {
        FactKind::Spike => (Severity::Low, "left its usual range"),
        FactKind::LevelShift => (Severity::Low, "moved to a new level"),
        FactKind::Trend { .. } => (Severity::Medium, "is running into its limit"),
        FactKind::Saturation { .. } => (Severity::Medium, "is near its limit"),
        FactKind::Flapping { .. } => (Severity::Medium, "keeps changing state"),
        FactKind::Missing => (Severity::Medium, "stopped reporting"),
        FactKind::Stale => (Severity::High, "is stale"),
        FactKind::TargetDown => (Severity::High, "is down"),
        FactKind::BadState => (Severity::Medium, "is in a bad state"),
        FactKind::Context => return None,
    };
    let others = case.facts.len() - 1;
    let beside = match others {
        0 => String::new(),
        _ => " Other metrics of the same place changed with it; see the evidence.".to_owned(),
    };
    Some(
        Reading::new(FIT, severity, &format!("{name}: {metric} {what}"))
            .summary(format!("{}.{beside}", strongest.text))
            .cause(format!(
                "Not known: no coded signature fits. {metric} on {name} {what} ({}) and this is the strongest deviation.",
                observed(strongest)
            ))
            .first(&[
                "Look at what changed when it began: deployments, cron jobs, configuration, traffic.",
                "Read the logs of the service behind this metric from just before the onset.",
            ])
            .prevent(&["If this is expected behaviour, say so in the service's runbook; if not, alert on its cause."])
            .proof(case.facts.iter().take(5)),
    )
}
