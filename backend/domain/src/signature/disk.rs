//! Disks: space or inodes gone or soon gone, and filesystems that gave up writing.

use super::case::{Case, is_windows, label, observed, percent, said, used};
use super::reading::Reading;
use crate::detect::Family;
use crate::fact::{Fact, FactKind};
use crate::verdict::Severity;

const PLACES: [&str; 3] = ["mountpoint", "volume", "device"];
/// A disk that is full this soon is an emergency.
const SOON_SECONDS: f64 = 3_600.0;
const NEARLY_GONE: f64 = 0.98;

pub(crate) fn space(case: &Case<'_>) -> Option<Reading> {
    let fact = case.any(&["node_filesystem_avail_bytes", "windows_logical_disk_free_bytes"]).filter(|f| is_limit(f))?;
    let place = label(fact, &PLACES, "a disk");
    let name = &fact.target_name;
    let share = percent(used(fact)?);
    let (severity, because) = severity(fact)?;
    let reading = match fact.kind {
        FactKind::Trend { .. } => {
            Reading::new(82, severity, &format!("{name}: {place} will be full in {}", said(fact, "full_in")))
                .summary(format!(
                    "{place} on {name} is {share} used and fills by {}: {} of {} left, full in {}. {because}",
                    said(fact, "fills_by"),
                    observed(fact),
                    said(fact, "size"),
                    said(fact, "full_in"),
                ))
                .cause(format!(
                    "Something writes to {place} on {name} steadily, {}, and nothing clears it away.",
                    said(fact, "fills_by")
                ))
        }
        _ => Reading::new(fit(fact)?, severity, &format!("{name}: {place} is {share} full"))
            .summary(format!(
                "{place} on {name} is {share} full {}: {} of {} left. {because}",
                case.lasting(fact),
                observed(fact),
                said(fact, "size"),
            ))
            .cause(format!("{place} on {name} has run out of room; what writes there will fail or already fails.")),
    };
    let affected = affected(case, fact);
    let first = if is_windows(fact) { &WINDOWS_SPACE } else { &LINUX_SPACE };
    let reading = reading.first(first).filling("<mountpoint>", place).prevent(&[
        "Rotate and cap logs (logrotate, journald `SystemMaxUse`), and clear temporary files and old images on a schedule.",
        "Give data that grows a volume of its own, sized with its trend in mind.",
    ]);
    Some(reading.proof([fact].into_iter().chain(affected.iter().copied())).rival(
        "A one-off job (backup, import, core dump) is writing and will clean up after itself.",
        &[fact],
        &affected,
    ))
}

pub(crate) fn inodes(case: &Case<'_>) -> Option<Reading> {
    let fact = case.metric("node_filesystem_files_free").filter(|fact| is_limit(fact))?;
    let place = label(fact, &PLACES, "a disk");
    let name = &fact.target_name;
    let (severity, because) = severity(fact)?;
    Some(
        Reading::new(81, severity, &format!("{name}: {place} runs out of inodes"))
            .summary(format!(
                "{place} on {name} has {} of {} inodes left ({} used), {}. {because}",
                observed(fact),
                said(fact, "size"),
                percent(used(fact)?),
                case.lasting(fact),
            ))
            .cause(format!("A very large number of small files on {place}: sessions, caches, mail queue or temporary files that nobody clears."))
            .first(&[
                "`df -i` to confirm, then find where the files are: `du --inodes -xd2 <mountpoint> | sort -n`.",
                "Delete what is not needed with `find … -delete`; free space in bytes does not help.",
            ])
            .filling("<mountpoint>", place)
            .prevent(&["Expire sessions and caches, or keep them out of the filesystem; choose more inodes when the volume is made anew."])
            .proof([fact])
            .rival("A runaway process creates files in a loop.", &[fact], &[]),
    )
}

pub(crate) fn read_only(case: &Case<'_>) -> Option<Reading> {
    let fact = case.metric("node_filesystem_readonly")?;
    let place = label(fact, &PLACES, "a filesystem");
    let name = &fact.target_name;
    let hardware = case.family(Family::Hardware);
    Some(
        Reading::new(88, Severity::Critical, &format!("{name}: {place} turned read-only"))
            .summary(format!(
                "{place} on {name} cannot be written {}. Critical, because every write there fails and the disk may be dying.",
                case.lasting(fact)
            ))
            .cause("The kernel met errors on the device and remounted the filesystem read-only to protect it.".to_owned())
            .first(&[
                "`dmesg -T | grep -iE 'error|remount'` and `smartctl -a <device>`: is the disk failing?",
                "Save what matters first; then stop its services, `umount`, `fsck`, and mount it again.",
                "On a virtual disk, look at the storage behind it.",
            ])
            .prevent(&["Watch SMART values and storage paths; keep tested backups."])
            .proof([fact].into_iter().chain(hardware.iter().copied()))
            .rival("Somebody remounted it read-only on purpose.", &[fact], &hardware),
    )
}

const LINUX_SPACE: [&str; 3] = [
    "Find what grows: `du -xhd1 <mountpoint> | sort -h`, and deleted files still held open: `lsof +L1`.",
    "Make room now: `journalctl --vacuum-size=200M`, `apt-get clean`, `docker system prune`, old logs.",
    "If the data is wanted, grow the volume (`lvextend -r`, or the cloud disk and then `resize2fs`).",
];
const WINDOWS_SPACE: [&str; 3] = [
    "Find what grows: sort the largest folders (`Get-ChildItem -Recurse | Sort-Object Length -Descending`).",
    "Make room now: `cleanmgr`, old IIS and application logs, `Dism /Online /Cleanup-Image /StartComponentCleanup`.",
    "If the data is wanted, extend the volume in Disk Management.",
];

fn is_limit(fact: &Fact) -> bool {
    matches!(fact.kind, FactKind::Saturation { .. } | FactKind::Trend { .. })
}

fn severity(fact: &Fact) -> Option<(Severity, &'static str)> {
    Some(match fact.kind {
        FactKind::Trend { seconds_to_limit: Some(left), .. } if left <= SOON_SECONDS => {
            (Severity::Critical, "Critical, because little time is left to act.")
        }
        FactKind::Trend { .. } => (Severity::High, "High, because it will fill up by itself unless someone acts."),
        _ if used(fact)? >= NEARLY_GONE => (Severity::Critical, "Critical, because writes fail or are about to."),
        _ => (Severity::High, "High, because little room is left."),
    })
}

/// A disk without room explains a service that died beside it, never the other way round.
fn fit(fact: &Fact) -> Option<u8> {
    Some(if used(fact)? >= NEARLY_GONE { 84 } else { 80 })
}

/// What failed on the same host after the disk began to fill.
fn affected<'a>(case: &Case<'a>, disk: &Fact) -> Vec<&'a Fact> {
    case.all(|fact| fact.id != disk.id && fact.since >= disk.since && !is_limit(fact))
}
