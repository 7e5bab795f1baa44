//! Checks: what is wrong by itself, whatever the past was. Limits nearly reached, bad states, restarts.
//!
//! To add one: a module with `examine(&Survey) -> Vec<Draft>`, a line in [`all`], and `checked` on its metrics in `meaning`.

mod disk;

use super::draft::Draft;
use super::survey::Survey;

pub(crate) fn all<'a>(survey: &Survey<'a>) -> Vec<Draft<'a>> {
    [disk::examine].into_iter().flat_map(|check| check(survey)).collect()
}
