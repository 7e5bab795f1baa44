//! Clocks that are wrong or run free.

use super::case::{Case, is_windows, said};
use super::reading::Reading;
use crate::verdict::Severity;

pub(crate) fn recognise(case: &Case<'_>) -> Option<Reading> {
    let skew = case.any(&["node_time_seconds", "node_timex_offset_seconds"]);
    let lost = case.metric("node_timex_sync_status");
    let fact = skew.or(lost)?;
    let name = &fact.target_name;
    let (severity, title, how) = match skew {
        Some(fact) => (
            Severity::High,
            format!("{name}: its clock is off by {}", said(fact, "skew")),
            format!(
                "The clock of {name} is off by {}. High, because logins, certificates and the order of logs depend on it.",
                said(fact, "skew")
            ),
        ),
        None => (
            Severity::Low,
            format!("{name}: its clock is no longer synchronised"),
            format!("{name} lost its time server {}. Low, because the clock drifts only slowly.", case.lasting(fact)),
        ),
    };
    let steps: &[&str] = if is_windows(fact) {
        &["`w32tm /query /status`, then `w32tm /resync`."]
    } else {
        &[
            "`timedatectl` and `chronyc tracking` (or `ntpq -p`): is a time server reachable?",
            "Restart the service: `systemctl restart chrony` (or `systemd-timesyncd`); step it at once with `chronyc makestep`.",
            "If no server answers, let UDP port 123 out.",
        ]
    };
    Some(
        Reading::new(72, severity, &title)
            .summary(how)
            .cause(
                "Time synchronisation stopped working: its service is stopped, or its servers cannot be reached."
                    .to_owned(),
            )
            .first(steps)
            .prevent(&["Configure at least three time servers and start the service at boot."])
            .proof([Some(fact), lost].into_iter().flatten())
            .rival("The virtual machine was paused or migrated, and its clock stood still meanwhile.", &[fact], &[]),
    )
}
