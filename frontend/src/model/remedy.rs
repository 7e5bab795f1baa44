//! What to do about a scrape that fails, by its coded reason.

use watchkeeper_common::target::{ExporterKind, ScrapeFailure, TargetView};

/// What is the matter, what to do, and a command that shows more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Remedy {
    pub(crate) what: &'static str,
    pub(crate) act: String,
    pub(crate) command: Option<String>,
}

pub(crate) fn of(target: &TargetView) -> Option<Remedy> {
    let failure = target.health.failure?;
    let address = &target.address;
    let (host, port) = address.rsplit_once(':').unwrap_or((address, ""));
    let url = format!("{}://{address}{}", target.scheme, target.metrics_path);
    let ask = || Some(format!("curl -sv --max-time 5 -o /dev/null {url}"));
    let (what, act, command) = match failure {
        ScrapeFailure::Refused => (
            "Nothing listens there",
            start(host),
            service(target.kind).map(|service| format!("sudo systemctl restart {service}")).or_else(ask),
        ),
        ScrapeFailure::TimedOut => {
            ("No answer in time", format!("A firewall may drop the connection: let port {port} in on {host}."), ask())
        }
        ScrapeFailure::UnknownHost => (
            "The name is not known",
            format!("Correct “{host}”, or use its IP address."),
            Some(format!("getent hosts {host}")),
        ),
        ScrapeFailure::Unreachable => (
            "There is no way to it",
            format!("Check that {host} is up and in a network that is reached from here."),
            ask(),
        ),
        ScrapeFailure::Tls => (
            "The secure connection failed",
            format!("Use http:// if the exporter speaks no TLS; else give it a certificate that names {host}."),
            ask(),
        ),
        ScrapeFailure::Unauthorised => (
            "Access is denied",
            "Let the exporter answer without a password to the machine that scrapes.".to_owned(),
            ask(),
        ),
        ScrapeFailure::NotFound => (
            "The path is not there",
            format!(
                "Most exporters answer at /metrics; this one was asked for {}. Edit the address.",
                target.metrics_path
            ),
            ask(),
        ),
        ScrapeFailure::ServerError => (
            "The exporter answers with an error",
            "Its own log says why.".to_owned(),
            service(target.kind).map(|service| format!("sudo journalctl -u {service} -n 50")).or_else(ask),
        ),
        ScrapeFailure::NotMetrics => (
            "What answers there is not an exporter",
            "It sends something else than metrics, such as a web page. Check port and path.".to_owned(),
            ask(),
        ),
        ScrapeFailure::Reset => (
            "The connection broke off",
            "The exporter may have crashed, or speak TLS: then use https://.".to_owned(),
            ask(),
        ),
        ScrapeFailure::Other => ("The scrape failed", "See for yourself what it answers.".to_owned(), ask()),
    };
    Some(Remedy { what, act, command })
}

fn start(host: &str) -> String {
    if host == "localhost" || host == "[::1]" || host.starts_with("127.") {
        return "Start the exporter on this machine.".to_owned();
    }
    format!("Start the exporter on {host}, and let it listen on more than localhost.")
}

/// The unit that Debian's package installs.
fn service(kind: ExporterKind) -> Option<&'static str> {
    match kind {
        ExporterKind::Node => Some("prometheus-node-exporter"),
        ExporterKind::Postgres => Some("prometheus-postgres-exporter"),
        ExporterKind::Redis => Some("prometheus-redis-exporter"),
        ExporterKind::Blackbox => Some("prometheus-blackbox-exporter"),
        ExporterKind::Windows | ExporterKind::Mongodb | ExporterKind::Custom => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use watchkeeper_common::target::{HealthState, TargetHealth};

    use super::*;

    fn target(failure: Option<ScrapeFailure>) -> TargetView {
        TargetView {
            id: "tgt_1".to_owned(),
            address: "db:9100".to_owned(),
            scheme: "http".to_owned(),
            metrics_path: "/metrics".to_owned(),
            name: "db".to_owned(),
            tags: BTreeMap::new(),
            kind: ExporterKind::Node,
            enabled: true,
            health: TargetHealth {
                state: HealthState::Down,
                last_scrape: None,
                scrape_duration_seconds: None,
                error: None,
                failure,
            },
            created_at: watchkeeper_common::time::Timestamp::UNIX_EPOCH,
            updated_at: watchkeeper_common::time::Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn every_failure_says_what_to_do() {
        for failure in ScrapeFailure::ALL {
            let remedy = of(&target(Some(*failure))).unwrap();
            assert!(remedy.act.ends_with('.') && remedy.act.len() > 10 && remedy.command.is_some(), "{remedy:?}");
        }
        assert_eq!(of(&target(None)), None);
        let refused = of(&target(Some(ScrapeFailure::Refused))).unwrap();
        assert_eq!(refused.command.as_deref(), Some("sudo systemctl restart prometheus-node-exporter"));
        let slow = of(&target(Some(ScrapeFailure::TimedOut))).unwrap();
        assert!(slow.act.contains("port 9100 in on db"), "{slow:?}");
    }
}
