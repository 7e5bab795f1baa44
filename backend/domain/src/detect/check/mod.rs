//! Checks: what is wrong by itself, whatever the past was. Limits nearly reached, bad states, restarts.
//!
//! To add one: a module with `examine(&Survey) -> Vec<Draft>`, a line in [`all`], and `checked` on its metrics in `meaning`.

mod clock;
mod cpu;
mod disk;
mod hardware;
mod limit;
mod memory;
mod requests;
mod restart;
mod state;

use super::draft::Draft;
use super::survey::{Survey, last, run_start};
use crate::metric::Series;

/// Samples a bad value must hold before it is believed.
const PERSISTENCE: usize = 3;

pub(crate) fn all<'a>(survey: &Survey<'a>) -> Vec<Draft<'a>> {
    let checks = [
        clock::examine,
        cpu::examine,
        disk::examine,
        hardware::examine,
        limit::examine,
        memory::examine,
        requests::examine,
        restart::examine,
        state::examine,
    ];
    checks.into_iter().flat_map(|check| check(survey)).collect()
}

/// Where a run of bad values began, if it reaches the present and has lasted [`PERSISTENCE`] samples.
fn sustained(survey: &Survey<'_>, values: &[f64], is_bad: impl Fn(f64) -> bool) -> Option<usize> {
    last(survey.judged_of(values))?;
    let start = run_start(values, is_bad)?;
    let samples = values.iter().skip(start).filter(|value| value.is_finite()).count();
    (samples >= PERSISTENCE).then_some(start)
}

/// Left, total and used share of a pair, where they make sense together.
fn used_of(free: &Series, total: &Series) -> Option<(f64, f64, f64)> {
    let ((_, left), (_, total)) = (last(&free.values)?, last(&total.values)?);
    (total > 0.0 && (0.0..=total).contains(&left)).then(|| (left, total, 1.0 - left / total))
}
