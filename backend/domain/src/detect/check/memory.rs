//! Memory: nearly gone, leaking away, swapped in a storm, or taken back by the kernel's killer.

use super::{sustained, used_of};
use crate::detect::draft::Draft;
use crate::detect::survey::{Survey, last};
use crate::detect::trend::{Heading, heading};
use crate::fact::FactKind;
use crate::metric::{Series, Unit};
use crate::units::{duration, humanise};

/// Used share of memory from which little can go on.
const FULL: f64 = 0.95;
/// A fall is only a leak to speak of once this much is used.
const LEAK_FROM: f64 = 0.7;
const SWAP_FULL: f64 = 0.9;
/// Pages a second, in and out at once, that are more than tidying up.
const STORM_PAGES: f64 = 200.0;

pub(crate) fn examine<'a>(survey: &Survey<'a>) -> Vec<Draft<'a>> {
    let pairs = [
        ("node_memory_MemAvailable_bytes", "node_memory_MemTotal_bytes"),
        ("windows_memory_available_bytes", "windows_memory_physical_total_bytes"),
        // Before windows_exporter 0.29.
        ("windows_os_physical_memory_free_bytes", "windows_cs_physical_memory_bytes"),
    ];
    let memory =
        pairs.into_iter().flat_map(|(free, total)| survey.pairs(free, total)).filter_map(|(f, t)| room(survey, f, t));
    let swap = survey
        .pairs("node_memory_SwapFree_bytes", "node_memory_SwapTotal_bytes")
        .into_iter()
        .filter_map(|(free, total)| swap_room(survey, free, total));
    let storms = survey
        .pairs("node_vmstat_pswpin", "node_vmstat_pswpout")
        .into_iter()
        .filter_map(|(pages_in, pages_out)| storm(survey, pages_in, pages_out));
    let kills = survey.metric("node_vmstat_oom_kill").iter().filter_map(|series| killed(survey, series));
    memory.chain(swap).chain(storms).chain(kills).collect()
}

fn room<'a>(survey: &Survey<'a>, free: &'a Series, total: &'a Series) -> Option<Draft<'a>> {
    let (left, total, used) = used_of(free, total)?;
    let name = survey.name(free.id.instance());
    let left_text = format!("{} of {} available", humanise(left, Unit::Bytes), humanise(total, Unit::Bytes));
    let of = |draft: Draft<'a>| {
        draft.observed(left, Unit::Bytes).number("used", used, Unit::Ratio).number("total", total, Unit::Bytes)
    };
    if let Some(start) = sustained(survey, &free.values, |left| left <= (1.0 - FULL) * total) {
        let since = survey.at(start);
        let text = format!(
            "Memory of {name} is {} used: {left_text}, {}",
            humanise(used, Unit::Ratio),
            survey.lasting_text(since)
        );
        let kind = FactKind::Saturation { used };
        return Some(of(Draft::about(free, kind, 60.0 + 25.0 * used)).since(since).text(text));
    }
    let Heading::Reaches { per_second, seconds_to_limit } = heading(&free.values, survey.step_seconds(), 0.0) else {
        return None;
    };
    let text = format!(
        "Memory of {name} falls steadily by {}: {left_text}, gone in {}",
        humanise(-per_second, Unit::BytesPerSecond),
        duration(seconds_to_limit)
    );
    let kind = FactKind::Trend { per_second, seconds_to_limit: Some(seconds_to_limit) };
    (used >= LEAK_FROM).then(|| {
        of(Draft::about(free, kind, 55.0 + 15.0 * used))
            .since(survey.at(0))
            .number("falls_by", -per_second, Unit::BytesPerSecond)
            .number("gone_in", seconds_to_limit, Unit::Seconds)
            .text(text)
    })
}

/// Full swap alone hurts nobody; beside other trouble it explains much.
fn swap_room<'a>(survey: &Survey<'a>, free: &'a Series, total: &'a Series) -> Option<Draft<'a>> {
    let (left, total, used) = used_of(free, total)?;
    let start = sustained(survey, &free.values, |left| left <= (1.0 - SWAP_FULL) * total)?;
    let since = survey.at(start);
    let text = format!(
        "Swap of {} is {} used: {} of {} left, {}",
        survey.name(free.id.instance()),
        humanise(used, Unit::Ratio),
        humanise(left, Unit::Bytes),
        humanise(total, Unit::Bytes),
        survey.lasting_text(since)
    );
    let draft = Draft::about(free, FactKind::Saturation { used }, 15.0).observed(left, Unit::Bytes).since(since);
    Some(draft.number("used", used, Unit::Ratio).number("total", total, Unit::Bytes).text(text).supports())
}

fn storm<'a>(survey: &Survey<'a>, pages_in: &'a Series, pages_out: &'a Series) -> Option<Draft<'a>> {
    let in_start = sustained(survey, &pages_in.values, |rate| rate >= STORM_PAGES)?;
    let out_start = sustained(survey, &pages_out.values, |rate| rate >= STORM_PAGES)?;
    let since = survey.at(in_start.max(out_start));
    let ((_, read), (_, written)) = (last(&pages_in.values)?, last(&pages_out.values)?);
    let text = format!(
        "{} swaps pages in at {} and out at {}, {}",
        survey.name(pages_in.id.instance()),
        humanise(read, Unit::PerSecond),
        humanise(written, Unit::PerSecond),
        survey.lasting_text(since)
    );
    Some(
        Draft::about(pages_in, FactKind::Spike, 75.0)
            .observed(read, Unit::PerSecond)
            .since(since)
            .expected(0.0, STORM_PAGES)
            .number("pages_out", written, Unit::PerSecond)
            .text(text),
    )
}

/// Any kill lately is news; what died is in the kernel's log.
fn killed<'a>(survey: &Survey<'a>, series: &'a Series) -> Option<Draft<'a>> {
    let len = series.values.len();
    let lately = survey.judged.min(len - len / 4);
    let recent = || series.values.iter().copied().enumerate().skip(lately).filter(|(_, rate)| *rate > 0.0);
    let (first, _) = recent().next()?;
    let kills = recent().map(|(_, rate)| rate * survey.step_seconds()).sum::<f64>().round().max(1.0);
    let since = survey.at(first);
    let text = format!(
        "The kernel of {} killed {} {} for lack of memory in the last {}",
        survey.name(series.id.instance()),
        humanise(kills, Unit::Count),
        if kills > 1.0 { "processes" } else { "process" },
        duration(survey.lasting(since))
    );
    Some(
        Draft::about(series, FactKind::Spike, 88.0)
            .observed(kills, Unit::Count)
            .since(since)
            .expected(0.0, 0.0)
            .text(text),
    )
}
