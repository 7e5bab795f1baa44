//! Processors: saturated, robbed by the hypervisor, or waiting for disks.

use super::case::{Case, is_windows, observed, said};
use super::reading::Reading;
use crate::fact::Fact;
use crate::verdict::Severity;

fn mode<'a>(case: &Case<'a>, wanted: &str) -> Option<&'a Fact> {
    case.find(|fact| {
        ["node_cpu_seconds_total", "windows_cpu_time_total"].contains(&fact.series.metric.as_str())
            && fact.series.labels.get("mode").is_some_and(|mode| mode == wanted)
            && fact.score >= 20.0
    })
}

pub(crate) fn saturated(case: &Case<'_>) -> Option<Reading> {
    let fact = mode(case, "busy")?;
    let name = &fact.target_name;
    let suffering = case.all(|other| other.id != fact.id && other.score >= 20.0);
    let (severity, because) = if suffering.is_empty() {
        (Severity::Low, "Low, because nothing else is seen to suffer.")
    } else {
        (Severity::Medium, "Medium, because other metrics suffer with it.")
    };
    let load = case.metric("node_load1");
    let steps: &[&str] = if is_windows(fact) {
        &[
            "See what runs: `Get-Process | Sort-Object CPU -Descending | Select-Object -First 10`.",
            "Stop it if it is runaway; if it is a job, move it to a quiet hour.",
        ]
    } else {
        &[
            "See what runs: `top -c` or `ps aux --sort=-%cpu | head`.",
            "A job that may wait: `renice 19 -p <pid>`. A runaway: restart its unit.",
        ]
    };
    Some(
        Reading::new(60, severity, &format!("{name}: processors are saturated ({} busy)", observed(fact)))
            .summary(format!(
                "{name} uses {} of its processor time (CPUs: {}), {}. {because}",
                observed(fact),
                said(fact, "cpus"),
                case.lasting(fact)
            ))
            .cause(format!("There is more work on {name} than its processors can do; whatever comes waits in line."))
            .first(steps)
            .prevent(&[
                "Limit batch work (`CPUQuota=`, `nice`), or give the host more processors if this is its regular load.",
            ])
            .proof([fact].into_iter().chain(load).chain(suffering.iter().copied()))
            .rival("An expected job (backup, build, index) is running and will end.", &[fact], &suffering),
    )
}

pub(crate) fn stolen(case: &Case<'_>) -> Option<Reading> {
    let fact = mode(case, "steal")?;
    let name = &fact.target_name;
    Some(
        Reading::new(74, Severity::Medium, &format!("{name}: the hypervisor takes {} of its CPU time", observed(fact)))
            .summary(format!(
                "{} of the CPU time of {name} is stolen {}. Medium, because it is slow without any fault of its own.",
                observed(fact),
                case.lasting(fact)
            ))
            .cause("The physical host is overcommitted, or the instance has used up its CPU credits.".to_owned())
            .first(&[
                "On a burstable cloud instance, look at its CPU credit balance and change its type or mode.",
                "Otherwise move the machine (stop and start, or live-migrate) and ask the provider about the host.",
            ])
            .prevent(&["Use instances with dedicated processors for what must answer quickly."])
            .proof([fact])
            .rival(
                "The machine's own load rose and only made the shortage visible.",
                &mode(case, "busy").into_iter().collect::<Vec<_>>(),
                &[fact],
            ),
    )
}

pub(crate) fn waiting(case: &Case<'_>) -> Option<Reading> {
    let fact = mode(case, "iowait")?;
    let name = &fact.target_name;
    let disks = case.all(|other| {
        [
            "node_disk_io_time_seconds_total",
            "node_disk_io_time_weighted_seconds_total",
            "node_procs_blocked",
            "node_load1",
        ]
        .contains(&other.series.metric.as_str())
    });
    let swap = case.any(&["node_vmstat_pswpin", "node_vmstat_pswpout"]).into_iter().collect::<Vec<_>>();
    Some(
        Reading::new(70, Severity::Medium, &format!("{name}: disks cannot keep up ({} I/O wait)", observed(fact)))
            .summary(format!(
                "The processors of {name} spend {} of their time waiting for disks, {}. Medium, because whatever reads or writes is slow.",
                observed(fact),
                case.lasting(fact)
            ))
            .cause("A disk is saturated: more reads or writes are asked of it than it can do, or it has become slow.".to_owned())
            .first(&[
                "See which disk and who: `iostat -x 2`, then `iotop -oPa`.",
                "Pause the job that writes (backup, import, compaction); if none does, look for a failing disk in `dmesg -T`.",
            ])
            .prevent(&["Give heavy writers a disk of their own, and throttle jobs (`ionice -c3`, `IOWriteBandwidthMax=`)."])
            .proof([fact].into_iter().chain(disks))
            .rival("Memory is short, and the disk is busy with swapping.", &swap, &if swap.is_empty() { vec![fact] } else { Vec::new() }),
    )
}
