//! Filesystems: space and inodes nearly gone, when they will be, and filesystems that turned read-only.

use super::sustained;
use crate::detect::draft::Draft;
use crate::detect::survey::{Survey, last};
use crate::detect::trend::{Heading, heading};
use crate::fact::FactKind;
use crate::metric::{Series, Unit};
use crate::units::{duration, humanise};

/// Used share from which a filesystem is full enough to say so, if little is left in bytes as well.
const FULL: f64 = 0.95;
/// Used share that is too much whatever the size.
const FULL_AT_ANY_SIZE: f64 = 0.98;
const PLENTY_BYTES: f64 = 100e9;
/// A trend is only worth a word on a filesystem that is used this much, or this soon full.
const TREND_FROM: f64 = 0.5;
const SOON_SECONDS: f64 = 2.0 * 3_600.0;
/// Images and memory: full by design.
const BY_DESIGN: [&str; 8] = ["squashfs", "iso9660", "erofs", "ramfs", "rootfs", "nsfs", "proc", "cgroup2fs"];

pub(crate) fn examine<'a>(survey: &Survey<'a>) -> Vec<Draft<'a>> {
    let space = [
        ("node_filesystem_avail_bytes", "node_filesystem_size_bytes", Unit::Bytes),
        ("node_filesystem_files_free", "node_filesystem_files", Unit::Count),
        ("windows_logical_disk_free_bytes", "windows_logical_disk_size_bytes", Unit::Bytes),
    ];
    let limits = space.into_iter().flat_map(|(free, size, unit)| {
        survey.pairs(free, size).into_iter().filter_map(move |(free, size)| capacity(survey, free, size, unit))
    });
    let read_only = survey.metric("node_filesystem_readonly").iter().filter_map(|series| read_only(survey, series));
    limits.chain(read_only).collect()
}

fn by_design(series: &Series) -> bool {
    series.id.labels.get("fstype").is_some_and(|kind| BY_DESIGN.contains(&kind.as_str()))
}

fn capacity<'a>(survey: &Survey<'a>, free: &'a Series, size: &'a Series, unit: Unit) -> Option<Draft<'a>> {
    let (_, left) = last(&free.values)?;
    let total = last(&size.values)?.1 - reserved(survey, free, left);
    if by_design(free) || total <= 0.0 || left < 0.0 || left > total {
        return None;
    }
    let used = 1.0 - left / total;
    let is_full = |left: f64| {
        let used = 1.0 - left / total;
        used >= FULL_AT_ANY_SIZE || used >= FULL && (unit != Unit::Bytes || left < PLENTY_BYTES)
    };
    // A fall of less than half a percent of the size is not a direction.
    let fallen = free.values.iter().copied().filter(|v| v.is_finite()).fold(left, f64::max) - left;
    let heading =
        if fallen > 0.005 * total { heading(&free.values, survey.step_seconds(), 0.0) } else { Heading::Harmless };
    let of =
        |draft: Draft<'a>| draft.observed(left, unit).number("used", used, Unit::Ratio).number("size", total, unit);
    let place = survey.place(&free.id);
    let what = if unit == Unit::Bytes { "" } else { " inodes" };
    let left_text = format!("{} of {}{what} left", humanise(left, unit), humanise(total, unit));
    let full = sustained(survey, &free.values, is_full);
    if let Heading::Reaches { per_second, seconds_to_limit } = heading
        && !(full.is_some() && used >= FULL_AT_ANY_SIZE)
        && (used >= TREND_FROM || seconds_to_limit <= SOON_SECONDS)
    {
        let rate_unit = if unit == Unit::Bytes { Unit::BytesPerSecond } else { Unit::PerSecond };
        let kind = FactKind::Trend { per_second, seconds_to_limit: Some(seconds_to_limit) };
        let text = format!(
            "{place} fills by {}: {left_text} ({} used), full in {}",
            humanise(-per_second, rate_unit),
            humanise(used, Unit::Ratio),
            duration(seconds_to_limit),
        );
        let urgency = (SOON_SECONDS / seconds_to_limit.max(60.0)).min(10.0);
        return Some(
            of(Draft::about(free, kind, 60.0 + urgency + 15.0 * used))
                .since(survey.at(0))
                .number("fills_by", -per_second, rate_unit)
                .number("full_in", seconds_to_limit, Unit::Seconds)
                .text(text),
        );
    }
    let since = survey.at(full?);
    let text = format!("{place} is {} full: {left_text}, {}", humanise(used, Unit::Ratio), survey.lasting_text(since));
    Some(of(Draft::about(free, FactKind::Saturation { used }, 60.0 + 25.0 * used)).since(since).text(text))
}

/// Free bytes that only root may fill. Like `df`, what is used is told of what can be used.
fn reserved(survey: &Survey<'_>, avail: &Series, left: f64) -> f64 {
    if avail.id.metric != "node_filesystem_avail_bytes" {
        return 0.0;
    }
    let same_place = |free: &&&Series| free.id.labels == avail.id.labels;
    let free = survey.metric("node_filesystem_free_bytes").iter().find(same_place).and_then(|free| last(&free.values));
    free.map_or(0.0, |(_, free)| (free - left).max(0.0))
}

/// Read-only from the beginning is how it was mounted; read-only since a while is a filesystem that gave up.
fn read_only<'a>(survey: &Survey<'a>, series: &'a Series) -> Option<Draft<'a>> {
    let start = sustained(survey, &series.values, |value| value == 1.0)?;
    let was_writable = series.values.iter().take(start).any(|value| *value == 0.0);
    let since = survey.at(start);
    let text = format!("{} turned read-only, {}", survey.place(&series.id), survey.lasting_text(since));
    was_writable.then(|| {
        Draft::about(series, FactKind::BadState, 85.0)
            .observed(1.0, Unit::Count)
            .since(since)
            .expected(0.0, 0.0)
            .text(text)
    })
}
