//! Memory: taken back by the killer, swapped in a storm, exhausted, or leaking.

use super::case::{Case, is_windows, observed, percent, said, used};
use super::reading::Reading;
use crate::fact::{Fact, FactKind};
use crate::verdict::Severity;

const AVAILABLE: [&str; 3] =
    ["node_memory_MemAvailable_bytes", "windows_memory_available_bytes", "windows_os_physical_memory_free_bytes"];
/// Memory that is gone this soon is an emergency.
const SOON_SECONDS: f64 = 1_800.0;

pub(crate) fn killed(case: &Case<'_>) -> Option<Reading> {
    let kill = case.metric("node_vmstat_oom_kill")?;
    let name = &kill.target_name;
    let room = case.any(&AVAILABLE);
    let low = room.map_or_else(String::new, |fact| format!(" {} is available now.", observed(fact)));
    let noun = if kill.observed > 1.0 { "processes" } else { "process" };
    let reading = Reading::new(92, Severity::High, &format!("{name}: the kernel killed {} {noun} for lack of memory", observed(kill)))
        .summary(format!(
            "{name} ran out of memory and the kernel killed {} {noun} to survive; the first kill was {} ago.{low} High, because a service died.",
            observed(kill),
            said(kill, "lasting"),
        ))
        .cause(format!("Demand for memory on {name} exceeded what it has; the kernel's out-of-memory killer chose a victim."))
        .first(&[
            "See who died and who was large: `journalctl -k | grep -iE 'oom|killed process'`.",
            "Check that the victim is running again: `systemctl --failed`, `docker ps -a`.",
            "Find what is large now: `ps aux --sort=-rss | head`, and restart or limit it.",
        ])
        .prevent(&[
            "Give each service a limit (`MemoryMax=` in its unit, `--memory` for containers) so that it alone is hit.",
            "Add memory or move a service if the sum of the limits does not fit.",
        ])
        .proof([kill].into_iter().chain(room));
    Some(reading.rival(
        "A container reached its own limit while the host had memory to spare.",
        &[kill],
        &room.into_iter().collect::<Vec<_>>(),
    ))
}

pub(crate) fn swap_storm(case: &Case<'_>) -> Option<Reading> {
    let storm = case
        .any(&["node_vmstat_pswpin", "node_vmstat_pswpout"])
        .filter(|fact| fact.kind == FactKind::Spike && fact.score > 20.0)?;
    let name = &storm.target_name;
    let room = case.any(&["node_memory_MemAvailable_bytes"]);
    let waiting = case.find(|fact| fact.series.labels.get("mode").is_some_and(|mode| mode == "iowait"));
    Some(
        Reading::new(86, Severity::High, &format!("{name}: swap storm"))
            .summary(format!(
                "{name} swaps pages in at {} and out at {}, {}. High, because everything on it waits for the disk.",
                observed(storm),
                said(storm, "pages_out"),
                case.lasting(storm),
            ))
            .cause("What runs there does not fit into memory: pages go to disk and are wanted back at once.".to_owned())
            .first(&[
                "Find what is large: `ps aux --sort=-rss | head`, and who swaps: `smem -s swap` or `grep VmSwap /proc/*/status`.",
                "Stop or restart the largest service that can be spared; the storm ends once the rest fits.",
            ])
            .prevent(&["Limit services (`MemoryMax=`), add memory, and lower `vm.swappiness` for latency-bound hosts."])
            .proof([storm].into_iter().chain(room).chain(waiting))
            .rival("A one-off job touches memory that was idle for long.", &[storm], &room.into_iter().collect::<Vec<_>>()),
    )
}

pub(crate) fn exhausted(case: &Case<'_>) -> Option<Reading> {
    let fact = case.any(&AVAILABLE).filter(|fact| matches!(fact.kind, FactKind::Saturation { .. }))?;
    let name = &fact.target_name;
    let supporting = supporting(case, fact);
    Some(
        Reading::new(78, Severity::High, &format!("{name}: memory is {} used", percent(used(fact)?)))
            .summary(format!(
                "{name} has {} of {} memory available ({} used), {}. High, because the next large request is refused or kills something.",
                observed(fact),
                said(fact, "total"),
                percent(used(fact)?),
                case.lasting(fact),
            ))
            .cause(format!("The processes on {name} together want nearly all of its memory."))
            .first(first(fact))
            .prevent(&PREVENT)
            .proof([fact].into_iter().chain(supporting.iter().copied()))
            .rival("One process leaks rather than all of them being busy.", &supporting, &[]),
    )
}

pub(crate) fn leak(case: &Case<'_>) -> Option<Reading> {
    let fact = case.any(&AVAILABLE)?;
    let FactKind::Trend { seconds_to_limit: Some(left), .. } = fact.kind else { return None };
    let name = &fact.target_name;
    let (severity, because) = if left <= SOON_SECONDS {
        (Severity::High, "High, because it ends in killed processes soon.")
    } else {
        (Severity::Medium, "Medium, because there is time to act.")
    };
    let supporting = supporting(case, fact);
    Some(
        Reading::new(76, severity, &format!("{name}: memory leaks away, gone in {}", said(fact, "gone_in")))
            .summary(format!(
                "Available memory of {name} falls by {} without recovering: {} of {} left, gone in {}. {because}",
                said(fact, "falls_by"),
                observed(fact),
                said(fact, "total"),
                said(fact, "gone_in"),
            ))
            .cause(format!(
                "A process on {name} takes memory steadily and gives none back: a leak, or a cache without a bound."
            ))
            .first(first(fact))
            .prevent(&PREVENT)
            .proof([fact].into_iter().chain(supporting.iter().copied()))
            .rival("A cache is warming up after a restart and will level off.", &[fact], &[]),
    )
}

const PREVENT: [&str; 2] = [
    "Give each service a memory limit, so that the one at fault is hit and not its neighbours.",
    "Watch memory by process (`process_resident_memory_bytes`) to see which one grows.",
];

fn first(fact: &Fact) -> &'static [&'static str] {
    if is_windows(fact) {
        &[
            "Find what is large: `Get-Process | Sort-Object WorkingSet -Descending | Select-Object -First 10`.",
            "Restart the service that grows: `Restart-Service <name>`.",
        ]
    } else {
        &[
            "Find what is large: `ps aux --sort=-rss | head`; for containers `docker stats --no-stream`.",
            "Restart the service that grows before the kernel chooses for you: `systemctl restart <unit>`.",
        ]
    }
}

fn supporting<'a>(case: &Case<'a>, main: &Fact) -> Vec<&'a Fact> {
    case.all(|fact| fact.id != main.id && crate::detect::family(fact) == crate::detect::Family::Memory)
}
