//! A target that does not answer, by the scraper's reason: refused, silent, unknown, denied, or not speaking metrics.

use super::case::{Case, label};
use super::reading::Reading;
use crate::detect::REASON;
use crate::fact::{Fact, FactKind};
use crate::target::ScrapeFailure;
use crate::verdict::Severity;

/// So many deaths at once are one failure outside of them.
const MANY: usize = 3;

pub(crate) fn recognise(case: &Case<'_>) -> Option<Reading> {
    let dead = case.all(|fact| fact.kind == FactKind::TargetDown);
    let first = dead.first().copied()?;
    if dead.len() >= MANY {
        return Some(many(case, &dead));
    }
    let name = &first.target_name;
    let failure = ScrapeFailure::named(label(first, &[REASON], ""));
    let advice = advice(failure);
    let aftermath = case.all(|fact| fact.series.instance() != first.series.instance());
    let elsewhere = match aftermath.first() {
        Some(fact) => format!(" Since then, on {}: {}.", fact.target_name, fact.text),
        None => String::new(),
    };
    let reading = Reading::new(90, Severity::High, &format!("{name} is down: {}", failure.as_str()))
        .summary(format!(
            "{} has not answered its scrapes {}: {}. High, because nothing about it is watched until it answers.{elsewhere}",
            named(first),
            case.lasting(first),
            failure.as_str(),
        ))
        .cause(advice.cause.to_owned())
        .first(advice.first)
        .prevent(advice.prevent)
        .proof([first].into_iter().chain(aftermath.iter().copied()));
    let before = case.all(|fact| {
        fact.series.instance() == first.series.instance()
            && fact.kind != FactKind::TargetDown
            && fact.since < first.since
    });
    Some(match before.as_slice() {
        [] => reading.rival(advice.rival, &[first], &[]),
        facts => reading.proof(facts.iter().copied()).rival(
            "The host was already in trouble before it went silent.",
            facts,
            &[],
        ),
    })
}

/// `web (10.0.0.5:9100)`, or the address alone where nobody gave it a name.
fn named(fact: &Fact) -> String {
    let (name, instance) = (fact.target_name.as_str(), fact.series.instance());
    if name == instance { name.to_owned() } else { format!("{name} ({instance})") }
}

fn many(case: &Case<'_>, dead: &[&Fact]) -> Reading {
    let names: Vec<&str> = dead.iter().take(4).map(|fact| fact.target_name.as_str()).collect();
    let more = if dead.len() > names.len() { " and others" } else { "" };
    let first = dead.iter().min_by_key(|fact| fact.since).copied();
    let lasting = first.map_or_else(String::new, |fact| case.lasting(fact));
    Reading::new(95, Severity::Critical, &format!("Several targets went down together: {}", names.join(", ")))
        .summary(format!(
            "{}{more} stopped answering within minutes of each other, {lasting}. Critical, because one failure took several systems away.",
            names.join(", ")
        ))
        .cause("Something they share failed: the network between them and the scraper, power, a hypervisor, or a change rolled out to all.".to_owned())
        .first(&[
            "From the Prometheus host, `ping` and `tracepath` one of them: is the way there broken?",
            "If none answers, look at the shared part: switch, VPN, firewall change, hypervisor, cloud status page.",
            "If they answer, look for a change rolled out to all of them (exporter update, firewall rule, certificate).",
        ])
        .prevent(&["Watch the shared part itself, and scrape from a second place so that a broken path is told from a dead host."])
        .proof(dead.iter().copied())
        .rival("Each failed for a reason of its own at the same time.", dead, &[])
}

struct Advice {
    cause: &'static str,
    first: &'static [&'static str],
    prevent: &'static [&'static str],
    rival: &'static str,
}

fn advice(failure: ScrapeFailure) -> Advice {
    let prevent: &[&str] = &[
        "Run the exporter as a service that restarts by itself (systemd `Restart=always`, Windows service recovery).",
    ];
    match failure {
        ScrapeFailure::Refused => Advice {
            cause: "The host answers but nothing listens on the port: the exporter is stopped, crashed, or bound to another address.",
            first: &[
                "On Linux: `systemctl status prometheus-node-exporter` (or your exporter's unit), then `journalctl -u` it for why it stopped.",
                "On Windows: `Get-Service windows_exporter`, then `Start-Service windows_exporter`.",
                "If it runs, check the address it listens on: `ss -ltnp` (Linux), `netstat -ano` (Windows).",
            ],
            prevent,
            rival: "A firewall rejects the connection instead of the host.",
        },
        ScrapeFailure::TimedOut | ScrapeFailure::Unreachable => Advice {
            cause: "No answer from the host in time: it is off, hung or overloaded, or a firewall or route drops the packets on the way.",
            first: &[
                "`ping` the host and open its console: is it on, and does it respond?",
                "If it is alive, try the port from the Prometheus host: `curl -m 5 http://<address>/metrics`.",
                "If only that fails, look for a changed firewall rule, security group or route.",
            ],
            prevent: &[
                "Keep the scrape path in the firewall's own configuration management, and scrape from a second place.",
            ],
            rival: "The exporter answers too slowly: a collector hangs, on a dead network mount for example.",
        },
        ScrapeFailure::UnknownHost => Advice {
            cause: "The host name of the target does not resolve: the record is gone, misspelt, or the resolver is broken.",
            first: &[
                "On the Prometheus host: `getent hosts <name>` (or `nslookup <name>`).",
                "Restore the DNS record, or correct the target's address.",
            ],
            prevent: &["Watch the resolver itself, or use addresses that do not depend on it for monitoring."],
            rival: "The resolver of the Prometheus host is down, and other names fail as well.",
        },
        ScrapeFailure::Tls => Advice {
            cause: "The encrypted connection is refused: the certificate is expired or not trusted, or one side speaks plain HTTP.",
            first: &[
                "`openssl s_client -connect <address> -servername <name>` and read dates and issuer.",
                "Renew the certificate, or correct the target's scheme (http or https).",
            ],
            prevent: &["Renew certificates automatically and watch their expiry with a probe."],
            rival: "A clock is wrong on one side, so that a valid certificate looks expired.",
        },
        ScrapeFailure::Unauthorised => Advice {
            cause: "The exporter answers but denies access: credentials or an allow-list changed.",
            first: &[
                "`curl -i` the metrics address from the Prometheus host and read the answer.",
                "Restore the credentials or the allow-list entry.",
            ],
            prevent: &["Change credentials at the exporter and the scraper in one step."],
            rival: "Another service took over the port.",
        },
        ScrapeFailure::NotFound | ScrapeFailure::NotMetrics => Advice {
            cause: "Something answers on the port, but not with metrics at this path: the path changed, or another service has the port.",
            first: &[
                "`curl -i` the metrics address and look at what answers.",
                "Correct the target's path, or free the port for the exporter.",
            ],
            prevent: &["Give each exporter a port of its own and keep the list of them."],
            rival: "The exporter was updated and moved its metrics.",
        },
        ScrapeFailure::ServerError => Advice {
            cause: "The exporter answers with a server error: one of its collectors, or the system it reads from, fails.",
            first: &[
                "`curl -i` the metrics address and read the error.",
                "Read the exporter's log; restart it if a collector is stuck.",
            ],
            prevent,
            rival: "A proxy in front of the exporter lost it.",
        },
        ScrapeFailure::Reset | ScrapeFailure::Other => Advice {
            cause: "The scrape fails and the error does not say why plainly; the exporter may be crashing while it answers.",
            first: &[
                "`curl -v` the metrics address from the Prometheus host.",
                "Read the exporter's log from the moment it began.",
            ],
            prevent,
            rival: "A device between scraper and target cuts the connection.",
        },
    }
}
