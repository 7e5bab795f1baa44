//! One fixture for each signature: a story told in series, examined, clustered and explained as in a real batch.

mod outside;
mod resources;
mod services;

use super::analyse;
use crate::cluster::cluster;
use crate::detect::examine;
use crate::detect::fixture::{Story, end};
use crate::fact::Fact;
use crate::verdict::Answer;

/// What the analyst says of the story's gravest failure, as a person would read it.
fn told(story: Story) -> String {
    let findings = examine(&story.set());
    let Some(gravest) = cluster(&findings.facts).into_iter().next() else { return "quiet".to_owned() };
    let facts: Vec<Fact> = findings.facts.into_iter().filter(|fact| gravest.fact_ids.contains(&fact.id)).collect();
    let answer = analyse(&facts, end());
    holds(&answer, &facts);
    survives(&answer, &facts);
    let Answer { incident: Some(incident), hypotheses, .. } = answer else { return "no incident".to_owned() };
    let ids = |ids: &[crate::fact::FactId]| ids.iter().map(|id| id.0.as_str()).collect::<Vec<_>>().join(" ");
    let mut text = format!(
        "{}\n[{:?}] {}\n{}\ncause: {}\nfirst: {}\nproof: {}",
        gravest.fingerprint,
        incident.severity,
        incident.title,
        incident.summary,
        incident.root_cause,
        incident.fix_plan.immediate.first().map_or("", String::as_str),
        ids(&incident.evidence),
    );
    for rival in hypotheses {
        text.push_str(&format!(
            "\nor: {} (for {}; against {})",
            rival.cause,
            ids(&rival.supporting),
            ids(&rival.against)
        ));
    }
    text
}

/// What every answer must be: short, actionable, and built on facts that exist.
fn holds(answer: &Answer, facts: &[Fact]) {
    let incident = answer.incident.as_ref().expect("a cluster has an incident");
    assert!(incident.title.chars().count() <= 80, "{}", incident.title);
    assert!(incident.summary.len() <= 400, "{}", incident.summary);
    assert!(incident.root_cause.len() <= 300, "{}", incident.root_cause);
    assert!(!incident.fix_plan.immediate.is_empty() && !incident.fix_plan.prevention.is_empty());
    assert!(!incident.evidence.is_empty() && !answer.anomalies.is_empty());
    let known = |id: &crate::fact::FactId| facts.iter().any(|fact| fact.id == *id);
    assert!(incident.evidence.iter().all(known));
    for rival in &answer.hypotheses {
        assert!(!rival.supporting.is_empty(), "{}", rival.cause);
        assert!(rival.supporting.iter().chain(&rival.against).all(known));
    }
}

/// Nothing the built-in analyst says is dropped by the verifier: its numbers are those of the facts it cites.
fn survives(answer: &Answer, facts: &[Fact]) {
    let author = crate::verdict::Author::new("builtin", "signatures");
    let verified = crate::verify::verify(answer.clone(), facts, author);
    assert_eq!(verified.dropped, []);
}
