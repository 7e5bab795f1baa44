//! Restarts: a host that booted anew, a process that will not stay up.

use crate::detect::draft::Draft;
use crate::detect::survey::{Survey, last, seconds};
use crate::fact::FactKind;
use crate::metric::{Series, Unit};
use crate::units::duration;

/// The kernel computes its boot time anew at each reading; it wobbles by a second or two.
const BOOT_JUMP_SECONDS: f64 = 60.0;
const PROCESS_JUMP_SECONDS: f64 = 1.0;
/// Restarts of one process within the grid that make a loop.
const LOOP: u32 = 3;

pub(crate) fn examine<'a>(survey: &Survey<'a>) -> Vec<Draft<'a>> {
    let boots = [
        "node_boot_time_seconds",
        "windows_system_boot_time_timestamp",
        "windows_system_boot_time_timestamp_seconds",
        "windows_system_system_up_time",
    ];
    let hosts = boots.into_iter().flat_map(|metric| survey.metric(metric)).filter_map(|series| host(survey, series));
    let processes = survey.metric("process_start_time_seconds").iter().filter_map(|series| process(survey, series));
    hosts.chain(processes).collect()
}

/// Counts jumps forward, and where the first of them was.
fn jumps(values: &[f64], least: f64) -> (u32, usize) {
    let (mut count, mut first) = (0, 0);
    let mut previous: Option<f64> = None;
    for (index, value) in values.iter().copied().enumerate().filter(|(_, value)| value.is_finite()) {
        if previous.is_some_and(|before| value - before >= least) {
            first = if count == 0 { index } else { first };
            count += 1;
        }
        previous = Some(value);
    }
    (count, first)
}

fn host<'a>(survey: &Survey<'a>, series: &'a Series) -> Option<Draft<'a>> {
    let (restarts, first) = jumps(&series.values, BOOT_JUMP_SECONDS);
    let (_, booted) = last(&series.values)?;
    let since = survey.at(first);
    let age = seconds(survey.set.window.end.0) - booted;
    let name = survey.name(series.id.instance());
    let (kind, score, text) = match restarts {
        0 => return None,
        1 => (FactKind::LevelShift, 70.0, format!("{name} restarted {} ago", duration(age))),
        _ => (
            FactKind::Flapping { changes: restarts },
            86.0,
            format!("{name} restarted {restarts} times in {}", duration(survey.lasting(since))),
        ),
    };
    Some(restarted(series, kind, score, restarts, age).since(since).text(text))
}

fn process<'a>(survey: &Survey<'a>, series: &'a Series) -> Option<Draft<'a>> {
    let (restarts, first) = jumps(&series.values, PROCESS_JUMP_SECONDS);
    let (_, started) = last(&series.values)?;
    if restarts < LOOP {
        return None;
    }
    let since = survey.at(first);
    let text = format!(
        "The process behind {} restarted {restarts} times in {}",
        survey.name(series.id.instance()),
        duration(survey.lasting(since))
    );
    let age = seconds(survey.set.window.end.0) - started;
    Some(restarted(series, FactKind::Flapping { changes: restarts }, 76.0, restarts, age).since(since).text(text))
}

fn restarted<'a>(series: &'a Series, kind: FactKind, score: f64, restarts: u32, age: f64) -> Draft<'a> {
    Draft::about(series, kind, score).observed(age, Unit::Seconds).number("restarts", f64::from(restarts), Unit::Count)
}
