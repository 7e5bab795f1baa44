//! Requests that end in server errors.

use super::case::{Case, observed, said};
use super::reading::Reading;
use crate::detect::{Family, family};
use crate::fact::Fact;
use crate::verdict::Severity;

/// From this share on a service is as good as down.
const MOST: f64 = 0.5;

/// Most requests to an instance end in a server error.
pub(super) fn hit_most(fact: &Fact) -> bool {
    is_error_share(fact) && fact.observed >= MOST
}

fn is_error_share(fact: &Fact) -> bool {
    fact.series.labels.get("code").is_some_and(|code| code == "5xx")
}

pub(crate) fn recognise(case: &Case<'_>) -> Option<Reading> {
    let fact = case.find(is_error_share)?;
    let name = &fact.target_name;
    let (severity, because) = if hit_most(fact) {
        (Severity::Critical, "Critical, because most users are hit.")
    } else {
        (Severity::High, "High, because users are hit.")
    };
    // Other counts of the same requests are the failure itself, not what it depends on.
    let before =
        case.all(|other| family(other) != Family::Requests && other.score >= 20.0 && other.since <= fact.since);
    let cause = match before.first() {
        Some(fact) => format!("What it depends on failed first: {}.", fact.text),
        None => "Not visible in metrics: a dependency, a deployment, or bad input. The service's own log of errors tells which.".to_owned(),
    };
    Some(
        Reading::new(69, severity, &format!("{name}: {} of requests fail", observed(fact)))
            .summary(format!(
                "{} of the requests to {name} end in a server error ({} in all), usually {}; {}. {because}",
                observed(fact),
                said(fact, "requests"),
                said(fact, "usual"),
                case.lasting(fact)
            ))
            .cause(cause)
            .first(&[
                "Read the service's error log from the moment it began; the first stack trace counts.",
                "Was something deployed or changed just then? Roll it back.",
                "Check its dependencies: database, cache, upstream services, credentials.",
            ])
            .prevent(&["Roll out in steps and stop by error share; set timeouts and fall-backs for each dependency."])
            .proof([fact].into_iter().chain(before.iter().copied()))
            .rival("A single client sends requests that always fail.", &[fact], &before),
    )
}
