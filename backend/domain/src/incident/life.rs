//! What a person (or an API key) does to an incident. Pure; what is not allowed says why.

use super::{Actor, EventKind, Incident, IncidentState, Notice};
use crate::time::UtcMillis;

/// Why a transition was refused; the text is for the person who asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTransition {
    #[error("the incident is already acknowledged")]
    AlreadyAcknowledged,
    #[error("the incident is resolved; reopen it first")]
    Resolved,
    #[error("the incident is already resolved")]
    AlreadyResolved,
    #[error("the incident is not resolved")]
    NotResolved,
    #[error("the incident holds as many comments as are kept; write on in the post-mortem")]
    CommentsFull,
    #[error("only who wrote a comment can delete it")]
    NotTheAuthor,
    #[error("there is no such comment; it may have been deleted")]
    NoComment,
}

/// Characters of one comment.
pub const COMMENT_CHARS: usize = 4_000;
/// Bytes of all comments of one incident; they are read with every list.
const COMMENTS_BYTES: usize = 64 * 1024;

/// What somebody has to say: not empty, not too long, free of control characters but for line breaks and tabs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment(String);

impl Comment {
    /// # Errors
    /// What to type instead.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.replace("\r\n", "\n");
        let text: String = text.trim().chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
        if text.is_empty() {
            return Err("write something".to_owned());
        }
        match text.chars().count() {
            0..=COMMENT_CHARS => Ok(Self(text)),
            long => Err(format!("at most {COMMENT_CHARS} characters; this has {long}")),
        }
    }
}

/// Adds to the timeline; nobody is messaged.
///
/// # Errors
/// When the incident holds as many comments as are kept.
pub fn comment(
    mut incident: Incident,
    by: Actor,
    comment: Comment,
    at: UtcMillis,
) -> Result<Incident, InvalidTransition> {
    let said = |event: &super::TimelineEvent| match &event.kind {
        EventKind::Commented { text } => text.len(),
        _ => 0,
    };
    if incident.timeline.iter().map(said).sum::<usize>() + comment.0.len() > COMMENTS_BYTES {
        return Err(InvalidTransition::CommentsFull);
    }
    incident.record(at, by, EventKind::Commented { text: comment.0 });
    Ok(incident)
}

/// Takes back one's own comment: its words are gone, that it was deleted stands in the timeline.
///
/// # Errors
/// When event `seq` is no comment, or one of somebody else.
pub fn delete_comment(
    mut incident: Incident,
    by: Actor,
    seq: u32,
    at: UtcMillis,
) -> Result<Incident, InvalidTransition> {
    let is_it = |event: &super::TimelineEvent| event.seq == seq && matches!(event.kind, EventKind::Commented { .. });
    let comment = incident.timeline.iter().find(|event| is_it(event)).ok_or(InvalidTransition::NoComment)?;
    if comment.actor != by {
        return Err(InvalidTransition::NotTheAuthor);
    }
    // First the mark: its number follows from the last, which the comment may be.
    incident.record(at, by, EventKind::CommentDeleted);
    incident.timeline.retain(|event| !is_it(event));
    Ok(incident)
}

/// Hands it to somebody, or to nobody. The same again changes nothing.
#[must_use]
pub fn assign(mut incident: Incident, by: Actor, to: Option<String>, at: UtcMillis) -> Incident {
    if incident.assignee != to {
        incident.assignee.clone_from(&to);
        incident.record(at, by, EventKind::Assigned { to });
    }
    incident
}

/// Somebody looks after it. No notice: whoever is told knows already.
///
/// # Errors
/// Unless the incident is open.
pub fn acknowledge(mut incident: Incident, by: Actor, at: UtcMillis) -> Result<Incident, InvalidTransition> {
    match incident.state {
        IncidentState::Open => {
            incident.state = IncidentState::Acknowledged;
            incident.record(at, by, EventKind::Acknowledged);
            Ok(incident)
        }
        IncidentState::Acknowledged => Err(InvalidTransition::AlreadyAcknowledged),
        IncidentState::Resolved => Err(InvalidTransition::Resolved),
    }
}

/// Done. While the failure lasts, the next batch reopens it.
///
/// # Errors
/// When it is resolved already.
pub fn resolve(mut incident: Incident, by: Actor, why: String, at: UtcMillis) -> Result<Incident, InvalidTransition> {
    match incident.state {
        IncidentState::Open | IncidentState::Acknowledged => {
            incident.close(by, why, at);
            Ok(incident)
        }
        IncidentState::Resolved => Err(InvalidTransition::AlreadyResolved),
    }
}

/// It was not done after all.
///
/// # Errors
/// Unless the incident is resolved.
pub fn reopen(mut incident: Incident, by: Actor, at: UtcMillis) -> Result<Incident, InvalidTransition> {
    match incident.state {
        IncidentState::Resolved => {
            incident.open_again(by, at);
            Ok(incident)
        }
        IncidentState::Open | IncidentState::Acknowledged => Err(InvalidTransition::NotResolved),
    }
}

impl Incident {
    pub(super) fn close(&mut self, by: Actor, why: String, at: UtcMillis) {
        self.state = IncidentState::Resolved;
        self.open_key = None;
        self.resolved_at = Some(at);
        self.announce(at, by, EventKind::Resolved { why }, Notice::Resolved);
    }

    pub(super) fn open_again(&mut self, by: Actor, at: UtcMillis) {
        self.state = IncidentState::Open;
        self.open_key = Some(self.fingerprint.clone());
        self.resolved_at = None;
        self.quiet_batches = 0;
        self.announce(at, by, EventKind::Reopened, Notice::Opened);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::example;
    use crate::time::MINUTE;

    const AT: UtcMillis = UtcMillis(1_795_254_600_000);

    fn priya() -> Actor {
        Actor::User { name: "priya".to_owned() }
    }

    #[test]
    fn a_comment_stands_in_the_timeline_and_tells_nobody() {
        let said =
            comment(example::incident(AT), priya(), Comment::parse(" a\r\nb\u{7} ").unwrap(), AT + MINUTE).unwrap();
        let last = said.timeline.last().unwrap();
        assert_eq!((last.seq, &last.kind), (2, &EventKind::Commented { text: "a\nb".to_owned() }));
        assert!(!said.has_pending && said.state == IncidentState::Open);
        assert!(Comment::parse(" \n ").is_err());
        assert!(Comment::parse(&"x".repeat(COMMENT_CHARS)).is_ok());
        assert!(Comment::parse(&"x".repeat(COMMENT_CHARS + 1)).is_err());
    }

    #[test]
    fn a_comment_is_deleted_by_its_author_alone_and_leaves_a_mark() {
        let parse = |text: &str| Comment::parse(text).unwrap();
        let said = comment(example::incident(AT), priya(), parse("secret"), AT).unwrap();
        let said = comment(said, priya(), parse("stays"), AT).unwrap();
        let ravi = Actor::User { name: "ravi".to_owned() };
        assert_eq!(delete_comment(said.clone(), ravi, 2, AT), Err(InvalidTransition::NotTheAuthor));
        for no_comment in [1, 9] {
            assert_eq!(delete_comment(said.clone(), priya(), no_comment, AT), Err(InvalidTransition::NoComment));
        }
        let left = delete_comment(said, priya(), 2, AT + MINUTE).unwrap();
        let kinds: Vec<_> = left.timeline.iter().map(|event| (event.seq, event.kind.as_str())).collect();
        assert_eq!(kinds, [(1, "opened"), (3, "commented"), (4, "comment_deleted")]);
        assert_eq!((left.updated_at, left.has_pending), (AT + MINUTE, false));
        assert_eq!(delete_comment(left, priya(), 2, AT), Err(InvalidTransition::NoComment));
    }

    #[test]
    fn comments_are_bounded_and_outlive_updates() {
        let long = Comment::parse(&"ü".repeat(COMMENT_CHARS)).unwrap();
        let mut incident = example::incident(AT);
        let mut kept = 0;
        while let Ok(more) = comment(incident.clone(), priya(), long.clone(), AT) {
            (incident, kept) = (more, kept + 1);
        }
        assert_eq!(kept, 8);
        for _ in 0..300 {
            incident.record(AT, priya(), EventKind::Updated { what: "more".to_owned() });
        }
        let comments = incident.timeline.iter().filter(|event| matches!(event.kind, EventKind::Commented { .. }));
        assert_eq!((comments.count(), incident.timeline.len()), (kept, super::super::timeline::MAX_EVENTS));
        assert_eq!(incident.timeline.first().unwrap().kind, EventKind::Opened);
    }

    #[test]
    fn assigning_is_written_down_once() {
        let once = assign(example::incident(AT), priya(), Some("priya".to_owned()), AT);
        assert_eq!(once.timeline.len(), 2);
        let twice = assign(once.clone(), priya(), Some("priya".to_owned()), AT + MINUTE);
        assert_eq!(twice, once);
        let nobody = assign(twice, priya(), None, AT + MINUTE);
        assert_eq!(nobody.timeline.last().unwrap().kind, EventKind::Assigned { to: None });
    }
}
