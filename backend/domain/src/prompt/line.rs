//! One fact or target as one line of columns.

use super::fence::neutralise;
use crate::fact::{Fact, FactId, FactKind};
use crate::metric::{ScrapeHealth, ScrapeState};
use crate::time::UtcMillis;
use crate::units::{duration, humanise};

pub(super) const HEADER: &str =
    "id | kind | metric | instance | name | since (UTC) | observed | expected | numbers | notes";
pub(super) const TARGET_HEADER: &str = "target | instance | name | state | last scrape error";

const NAME: usize = 120;
const LABEL: usize = 60;
const LABELS: usize = 8;
const NUMBERS: usize = 8;
const NOTE: usize = 240;

pub(super) struct Line {
    pub(super) text: String,
    pub(super) flagged: bool,
}

/// Builds a line while remembering whether any of its tenant text was withheld.
#[derive(Default)]
struct Columns {
    columns: Vec<String>,
    flagged: bool,
}

impl Columns {
    fn ours(&mut self, text: impl Into<String>) {
        self.columns.push(text.into());
    }

    fn theirs(&mut self, text: &str, cap: usize) {
        let text = self.neutral(text, cap);
        self.columns.push(text);
    }

    fn neutral(&mut self, text: &str, cap: usize) -> String {
        let neutral = neutralise(text, cap);
        self.flagged |= neutral.flagged;
        neutral.text
    }
}

/// Ids are made by code: a letter and digits. Anything else is not shown.
pub(super) fn is_plain_id(id: &FactId) -> bool {
    id.0.len() <= 12 && !id.0.is_empty() && id.0.bytes().all(|b| b.is_ascii_alphanumeric())
}

pub(super) fn window(fact: &Fact) -> String {
    format!("Window {} to {} UTC.", stamp(fact.window.start, "%F %T"), stamp(fact.window.end, "%F %T"))
}

pub(super) fn fact(fact: &Fact) -> Line {
    let mut line = Columns::default();
    line.ours(fact.id.0.clone());
    line.ours(kind(&fact.kind));
    line.theirs(&fact.series.metric, NAME);
    line.theirs(fact.series.instance(), NAME);
    line.theirs(&fact.target_name, NAME);
    line.ours(since(fact));
    line.ours(humanise(fact.observed, fact.unit));
    line.ours(fact.expected.map_or_else(
        || "-".to_owned(),
        |e| format!("{} to {}", humanise(e.low, fact.unit), humanise(e.high, fact.unit)),
    ));
    let numbers: Vec<String> = fact
        .numbers
        .iter()
        .take(NUMBERS)
        .map(|n| format!("{} {}", line.neutral(&n.name, LABEL), humanise(n.value, n.unit)))
        .collect();
    line.ours(if numbers.is_empty() { "-".to_owned() } else { numbers.join("; ") });
    let notes = notes(fact, &mut line);
    line.ours(notes);
    Line { text: line.columns.join(" | "), flagged: line.flagged }
}

/// Labels beyond the instance; for events, whose numbers say little, the fact's sentence.
fn notes(fact: &Fact, line: &mut Columns) -> String {
    let mut notes: Vec<String> = fact
        .series
        .labels
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "instance" | "job" | "name" | "user_id"))
        .take(LABELS)
        .map(|(name, value)| format!("{}={}", line.neutral(name, LABEL), line.neutral(value, LABEL)))
        .collect();
    if matches!(
        fact.kind,
        FactKind::TargetDown | FactKind::BadState | FactKind::Stale | FactKind::Missing | FactKind::Flapping { .. }
    ) {
        notes.push(line.neutral(&fact.text, NOTE));
    }
    if notes.is_empty() { "-".to_owned() } else { notes.join(" ") }
}

/// A target that is not up; healthy ones say nothing new.
pub(super) fn target(health: &ScrapeHealth) -> Option<String> {
    let state = match health.state {
        ScrapeState::Up => return None,
        ScrapeState::Down => "down",
        ScrapeState::Pending => "not scraped yet",
    };
    let mut line = Columns::default();
    // No tenant text begins a line, so none can pose as a fact.
    line.ours("target");
    line.theirs(&health.instance, NAME);
    line.theirs(&health.name, NAME);
    line.ours(state);
    line.theirs(health.error.as_deref().unwrap_or("-"), NOTE);
    Some(line.columns.join(" | "))
}

fn kind(kind: &FactKind) -> String {
    match kind {
        FactKind::Spike => "spike".to_owned(),
        FactKind::LevelShift => "level shift".to_owned(),
        FactKind::Trend { seconds_to_limit: Some(left), .. } => format!("trend, limit in {}", duration(*left)),
        FactKind::Trend { .. } => "trend".to_owned(),
        FactKind::Saturation { used } => format!("saturation, {} used", humanise(*used, crate::metric::Unit::Ratio)),
        FactKind::Flapping { changes } => format!("flapping, {changes} changes"),
        FactKind::Missing => "series missing".to_owned(),
        FactKind::Stale => "stale".to_owned(),
        FactKind::TargetDown => "target down".to_owned(),
        FactKind::BadState => "bad state".to_owned(),
        FactKind::Context => "context, nothing unusual".to_owned(),
    }
}

/// `08:01:00, for 22 min`, with the date when it is not the window's.
fn since(fact: &Fact) -> String {
    let same_day = stamp(fact.since, "%F") == stamp(fact.window.end, "%F");
    let form = if same_day { "%T" } else { "%F %T" };
    #[expect(clippy::cast_precision_loss, reason = "a span in milliseconds fits a double exactly for 285,000 years")]
    let lasted = fact.window.end.since(fact.since).max(0) as f64 / 1e3;
    format!("{}, for {}", stamp(fact.since, form), duration(lasted))
}

fn stamp(at: UtcMillis, form: &str) -> String {
    at.to_jiff().map_or_else(|| "unknown".to_owned(), |at| at.strftime(form).to_string())
}
