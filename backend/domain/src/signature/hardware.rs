//! Hardware: heat, arrays that lost disks, memory that corrects no more.

use super::case::{Case, label, observed, said};
use super::reading::Reading;
use crate::verdict::Severity;

pub(crate) fn raid(case: &Case<'_>) -> Option<Reading> {
    let fact = case.metric("node_md_disks")?;
    let name = &fact.target_name;
    let array = label(fact, &["device"], "an array");
    Some(
        Reading::new(89, Severity::Critical, &format!("{name}: RAID array {array} is degraded"))
            .summary(format!(
                "Array {array} on {name} has failed disks ({}), {}. Critical, because the next failure may lose the data.",
                observed(fact),
                case.lasting(fact)
            ))
            .cause("A disk of the array failed or lost its connection.".to_owned())
            .first(&[
                "`cat /proc/mdstat` and `mdadm --detail /dev/<array>`: which disk?",
                "`smartctl -a /dev/<disk>`; make sure that a backup is fresh before anything else.",
                "Replace it: `mdadm --manage /dev/<array> --remove /dev/<disk>`, then `--add` the new one and watch the rebuild.",
            ])
            .filling("<array>", array)
            .prevent(&["Keep a hot spare, watch SMART values, and scrub arrays monthly."])
            .proof([fact])
            .rival("Cable or controller lost the disk, which is itself healthy.", &[fact], &[]),
    )
}

pub(crate) fn hot(case: &Case<'_>) -> Option<Reading> {
    let fact = case.metric("node_hwmon_temp_celsius").filter(|fact| fact.score >= 20.0)?;
    let name = &fact.target_name;
    let sensor = label(fact, &["sensor", "chip"], "a sensor");
    Some(
        Reading::new(84, Severity::High, &format!("{name}: overheating, {} at {sensor}", observed(fact)))
            .summary(format!(
                "{sensor} on {name} reads {}; its limit is {}, {}. High, because it slows down and then switches off to save itself.",
                observed(fact),
                said(fact, "limit"),
                case.lasting(fact)
            ))
            .cause("Cooling does not keep up: a fan has failed, dust, blocked air, or the room is hot.".to_owned())
            .first(&[
                "`sensors` and `ipmitool sdr type fan`: do the fans turn?",
                "Take load off the host; check the room's temperature and its neighbours in the rack.",
            ])
            .prevent(&["Clean filters on a schedule, and watch fan speeds and inlet temperature."])
            .proof([fact])
            .rival("The sensor is faulty: compare it with the others of the same host.", &[], &[]),
    )
}

pub(crate) fn memory_errors(case: &Case<'_>) -> Option<Reading> {
    let fact = case.metric("node_edac_uncorrectable_errors_total")?;
    let name = &fact.target_name;
    Some(
        Reading::new(87, Severity::Critical, &format!("{name}: memory errors that cannot be corrected"))
            .summary(format!(
                "The memory controller of {name} reports uncorrectable errors ({}), {}. Critical, because data in memory is damaged.",
                observed(fact),
                case.lasting(fact)
            ))
            .cause("A memory module is failing.".to_owned())
            .first(&["`edac-util -v` or `ras-mc-ctl --errors` names the module.", "Move services away, then replace the module."])
            .prevent(&["Replace modules when correctable errors begin to rise."])
            .proof([fact])
            .rival("Slot or processor is at fault rather than the module.", &[], &[]),
    )
}
