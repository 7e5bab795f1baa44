//! Probes from outside: what fails them, and certificates about to expire.

use super::case::{Case, said};
use super::reading::Reading;
use crate::fact::FactKind;
use crate::verdict::Severity;

/// A certificate with this little left will not see the weekend.
const URGENT_SECONDS: f64 = 3.0 * 86_400.0;

pub(crate) fn failed(case: &Case<'_>) -> Option<Reading> {
    let fact = case.metric("probe_success")?;
    let name = &fact.target_name;
    let flapping = matches!(fact.kind, FactKind::Flapping { .. });
    let what = if flapping { "fails its probe now and then" } else { "fails its probe" };
    let certificate = case.metric("probe_ssl_earliest_cert_expiry");
    Some(
        Reading::new(73, Severity::High, &format!("{name} {what}"))
            .summary(format!("{name} {what}, {}. High, because users see what the probe sees.", case.lasting(fact)))
            .cause("Seen from outside it does not answer as it should: the service, its certificate, its name, or the way to it.".to_owned())
            .first(&[
                "Ask the prober why: `curl 'http://<blackbox>/probe?target=<target>&debug=true'`.",
                "Try it by hand: `curl -v <target>`; note whether name, connection, TLS or the answer fails.",
            ])
            .prevent(&["Probe from two places, so that a broken path is told from a broken service."])
            .proof([fact].into_iter().chain(certificate))
            .rival("The prober's own network is at fault: do other probes from it fail as well?", &[], &[]),
    )
}

pub(crate) fn certificate(case: &Case<'_>) -> Option<Reading> {
    let fact = case.metric("probe_ssl_earliest_cert_expiry")?;
    let name = &fact.target_name;
    let left = said(fact, "left");
    let (severity, when, because) = if fact.observed <= 0.0 {
        (Severity::Critical, format!("expired {left} ago"), "Critical, because clients refuse it.")
    } else if fact.observed <= URGENT_SECONDS {
        (Severity::High, format!("expires in {left}"), "High, because clients will refuse it very soon.")
    } else {
        (
            Severity::Medium,
            format!("expires in {left}"),
            "Medium, because there is time, but renewal should have happened.",
        )
    };
    Some(
        Reading::new(74, severity, &format!("{name}: certificate {when}"))
            .summary(format!("A certificate in the chain of {name} {when}. {because}"))
            .cause("Renewal did not happen, or the new certificate was not loaded by the server.".to_owned())
            .first(&[
                "Renew: `certbot renew` (or your issuer's way), then reload the server (`systemctl reload nginx`).",
                "Check what is served: `openssl s_client -connect <host>:443 -servername <host> | openssl x509 -noout -dates`.",
            ])
            .prevent(&["Renew by timer with a reload hook, and alert on the timer's failure."])
            .proof([fact])
            .rival("The renewed certificate is on disk and the server still serves the old one.", &[fact], &[]),
    )
}
