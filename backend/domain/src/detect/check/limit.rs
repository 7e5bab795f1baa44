//! Tables of fixed size: open files, tracked connections, a process's descriptors.

use super::sustained;
use crate::detect::draft::Draft;
use crate::detect::survey::{Survey, last};
use crate::detect::trend::{Heading, heading};
use crate::fact::FactKind;
use crate::metric::{Series, Unit};
use crate::units::{duration, humanise};

/// Used share from which a table is nearly full.
const NEARLY_FULL: f64 = 0.85;
/// A rise is only worth a word once this much is used.
const TREND_FROM: f64 = 0.6;

const TABLES: [(&str, &str, &str); 3] = [
    ("node_filefd_allocated", "node_filefd_maximum", "open files"),
    ("node_nf_conntrack_entries", "node_nf_conntrack_entries_limit", "tracked connections"),
    ("process_open_fds", "process_max_fds", "open files of a process"),
];

pub(crate) fn examine<'a>(survey: &Survey<'a>) -> Vec<Draft<'a>> {
    let tables = TABLES.into_iter().flat_map(|(entries, limit, what)| {
        survey.pairs(entries, limit).into_iter().map(move |(entries, limit)| (entries, limit, what))
    });
    tables.filter_map(|(entries, limit, what)| table(survey, entries, limit, what)).collect()
}

fn table<'a>(survey: &Survey<'a>, entries: &'a Series, limit: &'a Series, what: &str) -> Option<Draft<'a>> {
    let (_, count) = last(&entries.values)?;
    let (_, limit) = last(&limit.values).filter(|(_, limit)| *limit > 0.0)?;
    let used = count / limit;
    if used < TREND_FROM {
        return None;
    }
    let name = survey.name(entries.id.instance());
    let used_text = format!("{} of {} {what}", humanise(count, Unit::Count), humanise(limit, Unit::Count));
    let of = |draft: Draft<'a>| {
        draft.observed(count, Unit::Count).number("used", used, Unit::Ratio).number("limit", limit, Unit::Count)
    };
    if let Some(start) = sustained(survey, &entries.values, |count| count >= NEARLY_FULL * limit) {
        let since = survey.at(start);
        let text = format!("{name} uses {used_text} ({}), {}", humanise(used, Unit::Ratio), survey.lasting_text(since));
        let kind = FactKind::Saturation { used };
        return Some(of(Draft::about(entries, kind, 60.0 + 20.0 * used.min(1.0))).since(since).text(text));
    }
    let Heading::Reaches { per_second, seconds_to_limit } = heading(&entries.values, survey.step_seconds(), limit)
    else {
        return None;
    };
    let text = format!(
        "{name} uses {used_text} and gains {}: full in {}",
        humanise(per_second, Unit::PerSecond),
        duration(seconds_to_limit)
    );
    let kind = FactKind::Trend { per_second, seconds_to_limit: Some(seconds_to_limit) };
    Some(
        of(Draft::about(entries, kind, 50.0 + 15.0 * used))
            .since(survey.at(0))
            .number("gains", per_second, Unit::PerSecond)
            .number("full_in", seconds_to_limit, Unit::Seconds)
            .text(text),
    )
}
