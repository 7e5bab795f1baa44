//! What a person is told about an incident, before any channel dresses it.
//!
//! A [`Message`] is built once, when the notice is given, and stored with its delivery: retries repeat it word for word.
//! Every text in it is one line, free of control and bidirectional characters, and capped, because titles and causes carry
//! names that strangers chose. The order is that of the pages: state, title, cause, do first, proof, link.
//!
//! Plain text is in [`plain`](mod@plain), times in `time`. Escaping for HTML or Slack belongs to those channels.

pub mod plain;
mod time;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::incident::{EventKind, Incident, IncidentState, Notice, PendingNotice, blind};
use crate::verdict::{Severity, Verdict};

pub use time::{moment, span};

const TITLE_CHARS: usize = 140;
const SUMMARY_CHARS: usize = 600;
const CAUSE_CHARS: usize = 1_000;
const PROOF_CHARS: usize = 400;
const ACTION_CHARS: usize = 300;
const ACTIONS: usize = 4;
const WHAT_CHARS: usize = 300;

/// A channel-independent message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub notice: Notice,
    /// The incident's state in a word, for the first line.
    pub state: IncidentState,
    pub severity: Severity,
    /// What it is rated now, where that is lower than it has been.
    #[serde(default)]
    pub eased_to: Option<Severity>,
    pub title: String,
    /// When it happened, in the tenant's zone: `21 Nov 2026, 15:21 IST`.
    pub at: String,
    /// The incident's window in the tenant's zone.
    pub window: String,
    /// What changed, or why it is over; absent for a new incident.
    pub what: Option<String>,
    pub summary: String,
    pub verdict: Verdict,
    /// 0–100, set by code.
    pub confidence: u8,
    pub cause: String,
    /// First thing first; empty once resolved.
    pub actions: Vec<String>,
    /// The fact that the verdict leans on, by its id and in its own words: `M12: …`.
    pub proof: Option<String>,
    pub anomaly_count: u32,
    /// It tells that nothing could be measured, so there is nothing to count.
    #[serde(default)]
    pub blind: bool,
    /// The incident's page.
    pub link: String,
}

impl Message {
    /// Says what `pending` means for the reader. `zone` is an IANA name (unknown ones read as UTC); `site` is the address of
    /// the dashboard without a trailing slash.
    #[must_use]
    pub fn of(incident: &Incident, pending: &PendingNotice, zone: &str, site: &str) -> Self {
        let notice = pending.notice;
        let resolved = notice == Notice::Resolved;
        let event = incident.timeline.iter().find(|event| event.seq == pending.seq);
        let actions = incident.fix_plan.immediate.iter().map(|a| line(a, ACTION_CHARS)).filter(|a| !a.is_empty());
        let proof = incident.evidence.first().map(|fact| line(&format!("{}: {}", fact.id, fact.text), PROOF_CHARS));
        Self {
            notice,
            state: incident.state,
            severity: incident.severity,
            eased_to: incident.eased_to(),
            title: line(&incident.title, TITLE_CHARS),
            at: moment(pending.at, zone),
            window: span(incident.window, zone),
            what: event.and_then(|event| what(&event.kind)).map(|text| line(text, WHAT_CHARS)),
            summary: line(&incident.summary, SUMMARY_CHARS),
            verdict: incident.verdict,
            confidence: incident.confidence.min(100),
            cause: line(&incident.root_cause, CAUSE_CHARS),
            actions: if resolved { Vec::new() } else { actions.take(ACTIONS).collect() },
            proof,
            anomaly_count: incident.anomaly_count,
            blind: blind::is_blind(incident),
            link: format!("{site}/app/incidents/{}", incident.id),
        }
    }

    /// Marks a message about something that never happened, wherever it is read.
    #[must_use]
    pub fn of_a_demo(self) -> Self {
        Self {
            title: line(&format!("[DEMO] {}", self.title), TITLE_CHARS),
            link: format!("{}?demo=1", self.link),
            ..self
        }
    }

    /// The word that leads: the severity, or that it is over.
    #[must_use]
    pub fn flag(&self) -> &'static str {
        match (self.notice, self.severity) {
            (Notice::Resolved, _) => "RESOLVED",
            (_, Severity::Low) => "LOW",
            (_, Severity::Medium) => "MEDIUM",
            (_, Severity::High) => "HIGH",
            (_, Severity::Critical) => "CRITICAL",
        }
    }

    /// Shape beside word and colour, as on the pages.
    #[must_use]
    pub fn mark(&self) -> &'static str {
        match (self.notice, self.severity) {
            (Notice::Resolved, _) => "✓",
            (_, Severity::Low) => "○",
            (_, Severity::Medium) => "●",
            (_, Severity::High) => "▲",
            (_, Severity::Critical) => "◆",
        }
    }

    /// `open`, `updated`, `acknowledged, updated`; `updated, now medium, was high` when it has eased; once resolved, what it
    /// was: `was high`.
    #[must_use]
    pub fn standing(&self) -> String {
        let state = match (self.notice, self.state) {
            (Notice::Resolved, _) => return format!("was {}", self.severity),
            (Notice::Opened, _) => "open",
            (Notice::Updated, IncidentState::Acknowledged) => "acknowledged, updated",
            (Notice::Updated, _) => "updated",
        };
        match self.eased_to {
            Some(now) => format!("{state}, now {now}, was {}", self.severity),
            None => state.to_owned(),
        }
    }

    /// What changed or why it is over, as a sentence; absent for a new incident.
    #[must_use]
    pub fn what_words(&self) -> Option<String> {
        let label = if self.notice == Notice::Resolved { "Resolved" } else { "What changed" };
        self.what.as_ref().map(|what| format!("{label}: {what}"))
    }

    /// `Likely, 85 % confidence`
    #[must_use]
    pub fn verdict_words(&self) -> String {
        let word = match self.verdict {
            Verdict::Confirmed => "Confirmed",
            Verdict::Likely => "Likely",
            Verdict::Inconclusive => "Inconclusive",
        };
        format!("{word}, {} % confidence", self.confidence)
    }

    /// `1 anomaly`, `3 anomalies`; what was not seen, where nothing could be.
    #[must_use]
    pub fn anomaly_words(&self) -> String {
        match self.anomaly_count {
            _ if self.blind => "No metrics were read, so nothing else would be noticed".to_owned(),
            1 => "1 anomaly".to_owned(),
            n => format!("{n} anomalies"),
        }
    }

    /// Subject of a mail. `thread` is the title of the thread's first message: mail programs keep messages together only
    /// while the subject stays the same but for its prefixes.
    #[must_use]
    pub fn subject(&self, thread: Option<&str>) -> String {
        match thread {
            None => format!("[{}] {}", self.flag(), self.title),
            Some(title) => format!("Re: [{}] {}", self.flag(), line(title, TITLE_CHARS)),
        }
    }
}

fn what(kind: &EventKind) -> Option<&str> {
    match kind {
        EventKind::Updated { what } => Some(what),
        EventKind::Resolved { why } => Some(why),
        EventKind::Reopened => Some("it came back after it was resolved"),
        EventKind::Opened
        | EventKind::Acknowledged
        | EventKind::Assigned { .. }
        | EventKind::Commented { .. }
        | EventKind::CommentDeleted => None,
    }
}

/// One line of at most `max` characters: control characters and runs of white space become one space, characters that
/// reorder or hide text are dropped, and what is cut is marked.
#[must_use]
pub fn line(text: &str, max: usize) -> String {
    let shown = text.chars().filter(|c| !is_deceptive(*c)).map(|c| if c.is_control() { ' ' } else { c });
    let spaced: String = shown.collect();
    clip(&spaced.split_whitespace().collect::<Vec<_>>().join(" "), max)
}

/// Bidirectional controls, zero-width characters and the byte-order mark.
fn is_deceptive(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// At most `max` characters, the last of them `…` when something was cut.
#[must_use]
pub fn clip(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(max.saturating_sub(1)).collect();
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    cut
}
