//! A demo's own clock between two answers about it.

use watchkeeper_common::demo::{DemoRun, DemoState};
use watchkeeper_common::time::Timestamp;

/// A scripted minute, milliseconds: the play is told of at least once in each.
const MINUTE: f64 = 60_000.0;

/// What its clock says so long after an answer, milliseconds: it goes on as fast as it has gone, and no further than the
/// minute that is playing.
pub(crate) fn reached(run: &DemoRun, since: f64) -> Timestamp {
    let [from, now, until] =
        [run.scripted_from, run.scripted_now, run.scripted_until].map(|at| at.as_millisecond() as f64);
    let elapsed = run.elapsed_seconds * 1e3;
    if run.state != DemoState::Playing || elapsed <= 0.0 {
        return run.scripted_now;
    }
    // The elapsed time reaches into the minute that is playing; the clock it is measured by does not.
    let pace = (now - from + MINUTE / 2.0) / elapsed;
    let at = (now + (since * pace).min(MINUTE)).min(until.max(now));
    Timestamp::from_millisecond(at as i64).unwrap_or(run.scripted_now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(minute: i64, elapsed_seconds: f64, state: DemoState) -> DemoRun {
        let at = |minute: i64| Timestamp::from_second(1_700_000_000 + minute * 60).unwrap();
        DemoRun {
            scenario: String::new(),
            title: String::new(),
            state,
            started_at: at(0),
            elapsed_seconds,
            minute: u32::try_from(minute).unwrap(),
            minutes: 30,
            scripted_from: at(0),
            scripted_now: at(minute),
            scripted_until: at(30),
            captions: Vec::new(),
            charts: Vec::new(),
            incident_id: None,
            told_after_seconds: None,
            removed_at: at(0),
        }
    }

    fn ahead(run: &DemoRun, since: f64) -> i64 {
        reached(run, since).as_second() - run.scripted_now.as_second()
    }

    #[test]
    fn it_goes_on_at_its_own_pace_and_waits_at_the_end_of_the_minute() {
        // Ten and a half minutes in 21 s: half a second of ours is a quarter of one of its minutes.
        let playing = run(10, 21.0, DemoState::Playing);
        assert_eq!([0.0, 500.0, 1_000.0, 9_000.0].map(|since| ahead(&playing, since)), [0, 15, 30, 60]);
    }

    #[test]
    fn it_stands_before_the_beginning_and_after_the_end() {
        assert_eq!(ahead(&run(0, 0.0, DemoState::Playing), 3_000.0), 0);
        assert_eq!(ahead(&run(30, 76.0, DemoState::Playing), 3_000.0), 0);
        assert_eq!(ahead(&run(12, 24.0, DemoState::Interrupted), 3_000.0), 0);
    }
}
