//! Services: failed units, stopped Windows services, and databases whose exporter gets no answer.

use super::case::{Case, is_windows, label};
use super::reading::Reading;
use crate::detect::{Family, family};
use crate::fact::{Fact, FactKind};
use crate::verdict::Severity;

/// Effects from this score on are symptoms and limits, not mere changes.
const TELLING_FROM: f64 = 45.0;
/// Effects named in the summary; all are evidence.
const MOST_EFFECTS: usize = 2;

/// What a `…_up` metric speaks of, where its first word does not say it.
const PRODUCTS: [(&str, &str); 6] = [
    ("pg", "PostgreSQL"),
    ("mysql", "MySQL"),
    ("redis", "Redis"),
    ("rabbitmq", "RabbitMQ"),
    ("memcached", "Memcached"),
    ("haproxy", "HAProxy"),
];

pub(crate) fn recognise(case: &Case<'_>) -> Option<Reading> {
    let fact = case.find(|fact| {
        family(fact) == Family::Service && matches!(fact.kind, FactKind::BadState | FactKind::Flapping { .. })
    })?;
    let name = &fact.target_name;
    let flapping = matches!(fact.kind, FactKind::Flapping { .. });
    let advice = advice(fact);
    let what = if flapping { "comes and goes" } else { advice.what };
    let elsewhere = case.all(|other| other.id != fact.id);
    let failing = case.find(super::requests::hit_most);
    let (severity, because) = match failing {
        Some(_) => (Severity::Critical, "Critical, because most requests to what depends on it fail."),
        None => (Severity::High, "High, because what depends on it fails with it."),
    };
    let after = elsewhere.iter().filter(|other| other.score >= TELLING_FROM).take(MOST_EFFECTS);
    let after: String = after.map(|other| format!(" Since then: {}.", other.text)).collect();
    let reading = Reading::new(83, severity, &format!("{name}: {} {what}", advice.service))
        .summary(format!("{} on {name} {what}, {}.{after} {because}", advice.service, case.lasting(fact)))
        .cause(advice.cause.to_owned())
        .first(advice.first)
        .filling("<unit>", advice.service)
        .filling("<name>", advice.service)
        .prevent(&["Let it restart by itself (`Restart=on-failure`, service recovery), and watch what it depends on."])
        .proof([fact].into_iter().chain(elsewhere.iter().copied()))
        .rival(advice.rival, &[fact], &[]);
    let busy = case.find(|other| {
        family(other) == Family::Cpu && other.score >= TELLING_FROM && other.series.instance() != fact.series.instance()
    });
    Some(match busy {
        Some(busy) => reading.rival(
            &format!("{} ran out of processor time first, and lost its connections.", busy.target_name),
            &[busy],
            &[fact],
        ),
        None => reading,
    })
}

fn product(metric: &str) -> &str {
    let stem = metric.strip_suffix("_up").unwrap_or(metric);
    PRODUCTS.iter().find(|(prefix, _)| *prefix == stem).map_or(stem, |(_, product)| product)
}

struct Advice<'a> {
    service: &'a str,
    what: &'static str,
    cause: &'static str,
    first: &'static [&'static str],
    rival: &'static str,
}

fn advice(fact: &Fact) -> Advice<'_> {
    if fact.series.metric == "node_systemd_unit_state" {
        Advice {
            service: label(fact, &["exported_name", "name"], "a unit"),
            what: "has failed",
            cause: "The unit ended with an error, or gave up after too many restarts; its log says which.",
            first: &[
                "`systemctl status <unit>` and `journalctl -u <unit> -e`.",
                "Mend what the log names, then `systemctl reset-failed` and `systemctl restart <unit>`.",
            ],
            rival: "A one-shot job failed and nothing that runs is affected.",
        }
    } else if is_windows(fact) {
        Advice {
            service: label(fact, &["exported_name", "name", "service"], "a service"),
            what: "has stopped",
            cause: "The service was stopped or crashed; the Windows event log says which.",
            first: &[
                "`Get-WinEvent -LogName System -MaxEvents 50 | Where-Object ProviderName -eq 'Service Control Manager'`.",
                "`Start-Service <name>`.",
            ],
            rival: "An administrator or an update stopped it on purpose.",
        }
    } else {
        Advice {
            service: product(&fact.series.metric),
            what: "does not answer its exporter",
            cause: "The exporter runs but cannot reach the service behind it: stopped, overloaded, out of connections, or changed credentials.",
            first: &[
                "Check the service itself: `systemctl status`, its log, and its port with `ss -ltnp`.",
                "If it is up, try to log in with the exporter's own credentials.",
            ],
            rival: "Only the exporter's access broke: password, certificate or network between the two.",
        }
    }
}
