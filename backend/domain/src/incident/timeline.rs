//! Writing down what happened: events with a rising number, notices that wait for the notify job. Both are capped.

use super::{Actor, EventKind, Incident, Notice, PendingNotice, TimelineEvent};
use crate::time::UtcMillis;

/// Events kept per incident: the first (how it opened) and the newest.
pub(super) const MAX_EVENTS: usize = 200;
/// Notices that may wait; the oldest gives way, because a newer one says more.
pub(super) const MAX_PENDING: usize = 20;

impl Incident {
    /// Appends an event and answers with its number.
    pub(super) fn record(&mut self, at: UtcMillis, actor: Actor, kind: EventKind) -> u32 {
        let seq = self.timeline.last().map_or(0, |last| last.seq).saturating_add(1);
        self.timeline.push(TimelineEvent { seq, at, actor, kind });
        if self.timeline.len() > MAX_EVENTS {
            self.timeline.remove(self.least_telling());
        }
        self.updated_at = at;
        seq
    }

    /// The event that gives way: the oldest update; people's own words and how it began stay longest.
    fn least_telling(&self) -> usize {
        let update = |event: &TimelineEvent| matches!(event.kind, EventKind::Updated { .. });
        let silent = |event: &TimelineEvent| !matches!(event.kind, EventKind::Commented { .. });
        let after_first = |wanted: &dyn Fn(&TimelineEvent) -> bool| {
            self.timeline.iter().skip(1).position(wanted).map(|at| at.saturating_add(1))
        };
        after_first(&update).or_else(|| after_first(&silent)).unwrap_or(1)
    }

    /// Appends an event that people are told about.
    pub(super) fn announce(&mut self, at: UtcMillis, actor: Actor, kind: EventKind, notice: Notice) {
        let seq = self.record(at, actor, kind);
        self.pending_notices.push(PendingNotice { seq, notice, at });
        if self.pending_notices.len() > MAX_PENDING {
            self.pending_notices.remove(0);
        }
        self.has_pending = true;
    }
}
