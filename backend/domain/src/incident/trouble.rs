//! Whether an incident was more than something that happens at its time of the week.

use super::{Actor, Incident};
use crate::detect::is_excusable;

/// Something in it was wrong in itself, or a person dealt with it. What happened meanwhile is nobody's habit.
#[must_use]
pub fn is_trouble(incident: &Incident) -> bool {
    let by_person = |actor: &Actor| matches!(actor, Actor::User { .. } | Actor::ApiKey { .. });
    incident.evidence.iter().any(|fact| !is_excusable(fact)) || incident.timeline.iter().any(|e| by_person(&e.actor))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::FactKind;
    use crate::incident::{EventKind, example};
    use crate::time::UtcMillis;

    #[test]
    fn a_move_that_nobody_cared_for_is_no_trouble() {
        let at = UtcMillis(0);
        let moved =
            |metric: &str| Incident { evidence: vec![example::fact(metric, "a:9100", at)], ..example::incident(at) };
        let queue = moved("queue_depth");
        assert!(!is_trouble(&queue));
        assert!(is_trouble(&moved("payments_failed_total")), "a symptom");
        assert!(is_trouble(&moved("http_requests_total")), "a share of errors");

        let mut dead = queue.clone();
        dead.evidence[0].kind = FactKind::TargetDown;
        assert!(is_trouble(&dead));
        let mut cared_for = queue;
        cared_for.record(at, Actor::User { name: "priya".to_owned() }, EventKind::Acknowledged);
        assert!(is_trouble(&cared_for));
    }
}
