//! Services: failed units, stopped Windows services, and databases whose exporter gets no answer.

use super::case::{Case, is_windows, label};
use super::reading::Reading;
use crate::detect::Family;
use crate::fact::{Fact, FactKind};
use crate::verdict::Severity;

pub(crate) fn recognise(case: &Case<'_>) -> Option<Reading> {
    let fact = case.find(|fact| {
        crate::detect::family(fact) == Family::Service
            && matches!(fact.kind, FactKind::BadState | FactKind::Flapping { .. })
    })?;
    let name = &fact.target_name;
    let flapping = matches!(fact.kind, FactKind::Flapping { .. });
    let advice = advice(fact);
    let what = if flapping { "comes and goes" } else { advice.what };
    let elsewhere = case.all(|other| other.id != fact.id);
    let after = if elsewhere.is_empty() { "" } else { " Other things failed with it; see the evidence." };
    Some(
        Reading::new(83, Severity::High, &format!("{name}: {} {what}", advice.service))
            .summary(format!(
                "{} on {name} {what}, {}.{after} High, because what depends on it fails with it.",
                advice.service,
                case.lasting(fact)
            ))
            .cause(advice.cause.to_owned())
            .first(advice.first)
            .filling("<unit>", advice.service)
            .filling("<name>", advice.service)
            .prevent(&[
                "Let it restart by itself (`Restart=on-failure`, service recovery), and watch what it depends on.",
            ])
            .proof([fact].into_iter().chain(elsewhere.iter().copied()))
            .rival(advice.rival, &[fact], &[]),
    )
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
            service: label(fact, &["name"], "a unit"),
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
            service: label(fact, &["name", "service"], "a service"),
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
            service: fact.series.metric.strip_suffix("_up").unwrap_or(&fact.series.metric),
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
