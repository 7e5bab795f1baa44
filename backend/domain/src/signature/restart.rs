//! Restarts: hosts that booted, processes that loop.

use super::case::{Case, is_windows, said};
use super::reading::Reading;
use crate::detect::Family;
use crate::fact::FactKind;
use crate::units::humanise;
use crate::verdict::Severity;

pub(crate) fn host(case: &Case<'_>) -> Option<Reading> {
    let fact = case.find(|fact| {
        crate::detect::family(fact) == Family::Restart && fact.series.metric != "process_start_time_seconds"
    })?;
    let name = &fact.target_name;
    let again = matches!(fact.kind, FactKind::Flapping { .. });
    let age = humanise(fact.observed, fact.unit);
    let (severity, title, because) = if again {
        (Severity::Critical, format!("{name} keeps restarting"), "Critical, because it does not stay up.")
    } else {
        (Severity::Medium, format!("{name} restarted {age} ago"), "Medium, because it is back; what it ran may not be.")
    };
    let before = case.all(|other| other.id != fact.id && other.since < fact.since);
    let steps: &[&str] = if is_windows(fact) {
        &[
            "Event Viewer, System log: events 41, 1074 and 6008 say who or what restarted it.",
            "Check that its services are running: `Get-Service | Where-Object Status -eq Stopped`.",
        ]
    } else {
        &[
            "`last -x reboot shutdown` and `journalctl -b -1 -e`: was it asked for, or did it crash?",
            "Check that its services are back: `systemctl --failed`.",
        ]
    };
    Some(
        Reading::new(if again { 91 } else { 75 }, severity, &title)
            .summary(format!("{name} last started {age} ago (restarts seen: {}). {because}", said(fact, "restarts")))
            .cause(if before.is_empty() {
                "Not visible in metrics: an update, an operator, power, or a kernel crash. The host's own log tells which.".to_owned()
            } else {
                "The host was in trouble before it went down; the facts before the restart are the likely cause.".to_owned()
            })
            .first(steps)
            .prevent(&["Set automatic updates to restart in a maintenance window; configure `kdump` to catch a crash's reason."])
            .proof([fact].into_iter().chain(before.iter().copied()))
            .rival("A planned restart for updates.", &[fact], &before),
    )
}

pub(crate) fn process(case: &Case<'_>) -> Option<Reading> {
    let fact = case.metric("process_start_time_seconds")?;
    let name = &fact.target_name;
    Some(
        Reading::new(85, Severity::High, &format!("{name}: its process is in a restart loop"))
            .summary(format!(
                "The process behind {name} started {} times anew, the first {} ago. High, because it serves nobody while it dies again and again.",
                said(fact, "restarts"),
                said(fact, "lasting"),
            ))
            .cause("It dies soon after each start: bad configuration, a missing dependency, or too little memory.".to_owned())
            .first(&[
                "Read its last words: `journalctl -u <unit> -n 100`, or `docker logs --tail 100 <container>`.",
                "Undo the last change to its configuration or version.",
            ])
            .prevent(&["Check configuration before it is rolled out, and roll out to one instance first."])
            .proof([fact])
            .rival("Something restarts it on purpose: a failing liveness probe, or a deployment in progress.", &[fact], &[]),
    )
}
