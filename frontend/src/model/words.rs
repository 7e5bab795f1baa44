//! The words and shapes of states: one place, so that a state reads the same on every page.

use watchkeeper_common::alert::{Channel, DeliveryState, Notice};
use watchkeeper_common::analysis::{BatchOutcome, Severity, Verdict};
use watchkeeper_common::incident::{IncidentState, TimelineKind};
use watchkeeper_common::metric::{MetricsSourceView, SourceKind};
use watchkeeper_common::target::{ExporterKind, HealthState};

/// How a state looks: a shape and a colour class, always beside its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Badge {
    pub(crate) shape: &'static str,
    pub(crate) tone: &'static str,
    pub(crate) word: &'static str,
}

const fn badge(shape: &'static str, tone: &'static str, word: &'static str) -> Badge {
    Badge { shape, tone, word }
}

pub(crate) fn severity(severity: Severity) -> Badge {
    match severity {
        Severity::Critical => badge("◆", "critical", "critical"),
        Severity::High => badge("▲", "high", "high"),
        Severity::Medium => badge("●", "medium", "medium"),
        Severity::Low => badge("○", "low", "low"),
    }
}

/// What an incident is rated now, where it has been rated higher.
pub(crate) fn eased(now: Severity) -> Badge {
    let Badge { shape, tone, .. } = severity(now);
    let word = match now {
        Severity::Critical => "now critical",
        Severity::High => "now high",
        Severity::Medium => "now medium",
        Severity::Low => "now low",
    };
    badge(shape, tone, word)
}

pub(crate) fn incident_state(state: IncidentState) -> Badge {
    match state {
        IncidentState::Open => badge("●", "text", "open"),
        IncidentState::Acknowledged => badge("◐", "muted", "acknowledged"),
        IncidentState::Resolved => badge("✓", "ok", "resolved"),
    }
}

pub(crate) fn health(state: HealthState) -> Badge {
    match state {
        HealthState::Up => badge("✓", "ok", "up"),
        HealthState::Down => badge("◆", "critical", "down"),
        HealthState::Pending => badge("◌", "muted", "not scraped yet"),
        HealthState::Paused => badge("‖", "muted", "paused"),
        HealthState::Unknown => badge("?", "medium", "unknown"),
    }
}

pub(crate) fn delivery(state: DeliveryState) -> Badge {
    match state {
        DeliveryState::Queued => badge("◌", "muted", "queued"),
        DeliveryState::Sent => badge("✓", "ok", "sent"),
        DeliveryState::Failed => badge("◆", "critical", "failed"),
        DeliveryState::Suppressed => badge("○", "muted", "suppressed"),
    }
}

pub(crate) fn outcome(outcome: BatchOutcome) -> Badge {
    match outcome {
        BatchOutcome::Running => badge("◌", "muted", "running"),
        BatchOutcome::Quiet => badge("✓", "ok", "quiet"),
        BatchOutcome::Analysed => badge("●", "medium", "analysed"),
        BatchOutcome::Failed => badge("◆", "critical", "failed"),
    }
}

pub(crate) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Confirmed => "Confirmed",
        Verdict::Likely => "Likely",
        Verdict::Inconclusive => "Inconclusive",
    }
}

/// A verdict's reason without the verdict's own word in front of it.
pub(crate) fn because(of: Verdict, reason: &str) -> String {
    reason.strip_prefix(verdict(of)).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(reason).to_owned()
}

/// Who wrote a judgement.
pub(crate) fn author(provider: &str, model: &str) -> String {
    if provider == "builtin" { "the built-in analyst".to_owned() } else { format!("{provider} · {model}") }
}

pub(crate) fn timeline(kind: TimelineKind) -> &'static str {
    match kind {
        TimelineKind::Opened => "Opened",
        TimelineKind::Updated => "Updated",
        TimelineKind::Acknowledged => "Acknowledged",
        TimelineKind::Resolved => "Resolved",
        TimelineKind::Reopened => "Reopened",
        TimelineKind::Assigned => "Assigned",
        TimelineKind::Commented => "Commented",
        TimelineKind::CommentDeleted => "Comment deleted",
    }
}

pub(crate) fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "Email",
        Channel::Slack => "Slack",
        Channel::Outbox => "Outbox",
    }
}

pub(crate) fn notice(notice: Notice) -> &'static str {
    match notice {
        Notice::Opened => "opened",
        Notice::Updated => "updated",
        Notice::Resolved => "resolved",
    }
}

/// Where metrics come from, in a line.
pub(crate) fn source(source: &MetricsSourceView) -> String {
    let every = source.scrape_interval_seconds.map(|every| format!(", every {every} s")).unwrap_or_default();
    match source.kind {
        SourceKind::Prometheus => format!("From Prometheus{every} · {}", source.detail),
        SourceKind::Builtin => format!("From the built-in collector{every}; it keeps a day and has no PromQL"),
    }
}

/// The exporter's name and the address it listens on by default.
pub(crate) fn exporter(kind: ExporterKind) -> (&'static str, &'static str) {
    match kind {
        ExporterKind::Node => ("Linux (node_exporter)", "192.168.1.4:9100"),
        ExporterKind::Windows => ("Windows (windows_exporter)", "192.168.1.4:9182"),
        ExporterKind::Postgres => ("PostgreSQL (postgres_exporter)", "192.168.1.4:9187"),
        ExporterKind::Redis => ("Redis (redis_exporter)", "192.168.1.4:9121"),
        ExporterKind::Mongodb => ("MongoDB (mongodb_exporter)", "192.168.1.4:9216"),
        ExporterKind::Blackbox => ("Blackbox (blackbox_exporter)", "192.168.1.4:9115"),
        ExporterKind::Custom => ("Anything that serves /metrics", "192.168.1.4:8080"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_does_not_repeat_its_verdict() {
        assert_eq!(because(Verdict::Likely, "Likely: 4 of 5 facts agree."), "4 of 5 facts agree.");
        assert_eq!(because(Verdict::Likely, "Likely so."), "Likely so.");
    }

    #[test]
    fn the_built_in_analyst_has_a_name() {
        assert_eq!(author("builtin", "signatures"), "the built-in analyst");
        assert_eq!(author("ollama", "llama3.1"), "ollama · llama3.1");
    }
}
