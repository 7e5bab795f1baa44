//! A target's scrapes folded to a strip of bars.

use watchkeeper_common::metric::ScrapeHistory;

use super::number::decimals;

/// Bars of the strip.
const BARS: usize = 96;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bar {
    Up,
    /// Any scrape failed.
    Down,
    /// There was none.
    None,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fold {
    /// Milliseconds since the epoch.
    pub(crate) start: f64,
    pub(crate) width_ms: f64,
    pub(crate) bars: Vec<Bar>,
    up: usize,
    scraped: usize,
}

/// As many places to a bar as make at most [`BARS`] of them.
pub(crate) fn fold(history: &ScrapeHistory) -> Fold {
    let places = history.up.len().div_ceil(BARS).max(1);
    let bar = |part: &[Option<bool>]| match (part.contains(&Some(false)), part.contains(&Some(true))) {
        (true, _) => Bar::Down,
        (false, true) => Bar::Up,
        (false, false) => Bar::None,
    };
    Fold {
        start: history.start.as_millisecond() as f64,
        width_ms: history.step_seconds * 1e3 * places as f64,
        bars: history.up.chunks(places).map(bar).collect(),
        up: history.up.iter().filter(|up| **up == Some(true)).count(),
        scraped: history.up.iter().flatten().count(),
    }
}

impl Fold {
    pub(crate) fn sentence(&self) -> String {
        if self.scraped == 0 {
            return "Not scraped yet.".to_owned();
        }
        let share = self.up as f64 / self.scraped as f64 * 100.0;
        // Nothing short of everything is 100 %.
        let share = if self.up < self.scraped { share.min(99.9) } else { share };
        let failed = self.bars.iter().filter(|bar| **bar == Bar::Down).count();
        let failed = if failed == 0 {
            String::new()
        } else {
            format!(", {failed} of {} stretches with a failure", self.bars.len())
        };
        format!("Up {}\u{202f}% of the time it was scraped{failed}.", decimals(share, 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(up: Vec<Option<bool>>) -> ScrapeHistory {
        ScrapeHistory {
            start: watchkeeper_common::time::Timestamp::UNIX_EPOCH,
            step_seconds: 15.0,
            duration_seconds: Vec::new(),
            series: 0,
            up,
        }
    }

    #[test]
    fn one_failure_marks_its_bar() {
        let mut up = vec![Some(true); 960];
        up[25] = Some(false);
        up[40..50].fill(None);
        let folded = fold(&history(up));
        assert_eq!((folded.bars.len(), folded.width_ms), (96, 150_000.0));
        assert_eq!((folded.bars[2], folded.bars[3], folded.bars[4]), (Bar::Down, Bar::Up, Bar::None));
        assert_eq!(
            folded.sentence().replace('\u{202f}', " "),
            "Up 99.9 % of the time it was scraped, 1 of 96 stretches with a failure."
        );
    }

    #[test]
    fn nothing_and_everything() {
        assert_eq!(fold(&history(Vec::new())).sentence(), "Not scraped yet.");
        let all = fold(&history(vec![Some(true); 3]));
        assert_eq!(all.sentence().replace('\u{202f}', " "), "Up 100 % of the time it was scraped.");
    }
}
