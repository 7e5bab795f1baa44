//! Where a feed stands, as text that a client hands back.

use std::fmt;
use std::str::FromStr;

use watchkeeper_domain::time::UtcMillis;

/// `1764062400000-3-1`: the last instant told, how many targets and how many runs of a demo there were. It grants nothing: the
/// scope decides whose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    pub at: UtcMillis,
    pub targets: u32,
    pub runs: u32,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.at.0, self.targets, self.runs)
    }
}

/// A text that is no cursor; the feed then begins now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoCursor;

impl FromStr for Cursor {
    type Err = NoCursor;

    fn from_str(text: &str) -> Result<Self, NoCursor> {
        let parsed = || {
            let (at, counts) = text.split_once('-')?;
            let (targets, runs) = counts.split_once('-')?;
            let at = at.parse::<u64>().ok().and_then(|at| i64::try_from(at).ok())?;
            Some(Self { at: UtcMillis(at), targets: targets.parse().ok()?, runs: runs.parse().ok()? })
        };
        parsed().ok_or(NoCursor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_its_text_and_nothing_else_does() {
        let cursor = Cursor { at: UtcMillis(1_764_062_400_000), targets: 3, runs: 1 };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for text in
            ["", "-", "1", "1-", "1-2", "-1-2-3", "x-1-0", "1-2-3-4", "99999999999999999999-1-0", "1764062400000--3-0"]
        {
            assert_eq!(text.parse::<Cursor>(), Err(NoCursor), "{text}");
        }
    }
}
