//! Silence: metrics that stopped, and scrapes that grew old.

use super::case::{Case, observed};
use super::reading::Reading;
use crate::fact::FactKind;
use crate::verdict::Severity;

pub(crate) fn missing(case: &Case<'_>) -> Option<Reading> {
    let gone = case.all(|fact| fact.kind == FactKind::Missing);
    let first = gone.first().copied()?;
    let name = &first.target_name;
    let metric = &first.series.metric;
    let more = if gone.len() > 1 { " and others" } else { "" };
    Some(
        Reading::new(50, Severity::Medium, &format!("{name}: {metric}{more} stopped reporting"))
            .summary(format!(
                "{name} still answers its scrapes, but {metric}{more} is no longer among what it says, {}. Medium, because that part is not watched.",
                case.lasting(first)
            ))
            .cause("A collector of the exporter fails, or the part of the application behind this metric stopped.".to_owned())
            .first(&[
                "Look at `node_scrape_collector_success` (or `windows_exporter_collector_success`) and the exporter's log.",
                "For an application's own metric: was it deployed, reconfigured, or did a worker stop?",
            ])
            .prevent(&["Alert on `absent()` of the metrics that must be there."])
            .proof(gone.iter().copied().take(10))
            .rival("The metric was removed or renamed on purpose by an update.", &[first], &[]),
    )
}

pub(crate) fn stale(case: &Case<'_>) -> Option<Reading> {
    let fact = case.find(|fact| fact.kind == FactKind::Stale)?;
    let name = &fact.target_name;
    Some(
        Reading::new(66, Severity::High, &format!("{name}: last scraped {} ago", observed(fact)))
            .summary(format!("The last scrape of {name} is {} old. High, because nothing newer is known about it.", observed(fact)))
            .cause("The scraper itself has fallen behind or stopped: overloaded, restarted, or its configuration no longer holds the target.".to_owned())
            .first(&["Open the scraper's own status page (`/targets`) and its log.", "Reload its configuration, or restart it."])
            .prevent(&["Watch the scraper from outside, and its `prometheus_target_interval_length_seconds`."])
            .proof([fact])
            .rival("The clocks of scraper and server differ.", &[fact], &[]),
    )
}
