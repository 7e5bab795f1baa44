//! What the code makes of an answer: only claims that hold, and a verdict of its own.
//!
//! [`verify`] drops a claim that cites no known fact, says a number no cited fact supports, names a series or host nobody
//! measured, or puts an effect before its cause; every drop is counted and kept. [`settle`] lets the built-in analyst speak where a
//! model's cause did not survive. To add a check: `claims.rs`; a way to say a number: `unit.rs` and `quantity.rs`;
//! arithmetic that facts support: `ledger.rs`.

mod claims;
mod ledger;
mod quantity;
mod score;
mod unit;

use std::collections::BTreeSet;

use self::claims::Tally;
use self::ledger::Ledger;
use crate::fact::Fact;
use crate::verdict::{Answer, Author, Severity, Verified};

/// Holds an answer against the facts of its case. `fingerprint` is the caller's to set.
#[must_use]
pub fn verify(answer: Answer, facts: &[Fact], author: Author) -> Verified {
    let ledger = Ledger::new(facts);
    let mut tally = Tally::default();
    let answer = Answer {
        incident: answer.incident.and_then(|claim| claims::incident(claim, &ledger, &mut tally)),
        anomalies: answer.anomalies.into_iter().filter_map(|a| claims::anomaly(a, &ledger, &mut tally)).collect(),
        hypotheses: answer.hypotheses.into_iter().filter_map(|h| claims::hypothesis(h, &ledger, &mut tally)).collect(),
    };
    let score = score::score(&answer, &ledger, &tally);
    let instances: BTreeSet<&str> = facts.iter().map(|fact| fact.series.instance()).filter(|i| !i.is_empty()).collect();
    Verified {
        answer,
        dropped: tally.dropped,
        verdict: score.verdict,
        confidence: score.confidence,
        reason: score.reason,
        proof: score.proof,
        author,
        fingerprint: String::new(),
        instances: instances.into_iter().map(str::to_owned).collect(),
    }
}

/// A model's verified answer beside the built-in analyst's over the same facts.
///
/// Where the model's cause stands, its words do; it may raise the severity one step above the coded one, never lower it, so that
/// text planted in a label cannot quieten an alarm. Where it does not stand, the built-in words, verdict and
/// confidence replace it; the model's surviving anomalies and everything dropped are kept.
#[must_use]
pub fn settle(asked: Verified, builtin: Verified) -> Verified {
    let Some(coded) = &builtin.answer.incident else { return asked };
    if let Some(incident) = asked.answer.incident.clone() {
        let severity = incident.severity.clamp(coded.severity, step_above(coded.severity));
        let mut settled = asked;
        settled.answer.incident = Some(crate::verdict::AnswerIncident { severity, ..incident });
        return settled;
    }
    let Verified { answer: mut kept, dropped, author, .. } = asked;
    let news = builtin
        .answer
        .anomalies
        .iter()
        .filter(|coded| !kept.anomalies.iter().any(|a| a.metric == coded.metric && a.instance == coded.instance));
    let news: Vec<_> = news.cloned().collect();
    kept.anomalies.extend(news);
    if kept.hypotheses.is_empty() {
        kept.hypotheses.clone_from(&builtin.answer.hypotheses);
    }
    kept.incident.clone_from(&builtin.answer.incident);
    let why = if dropped.is_empty() { "named no cause" } else { "gave a cause that did not survive verification" };
    let reason = format!("{} {} {why}; these are the built-in analyst's words.", builtin.reason, author.provider);
    Verified { answer: kept, dropped, reason, ..builtin }
}

fn step_above(severity: Severity) -> Severity {
    match severity {
        Severity::Low => Severity::Medium,
        Severity::Medium => Severity::High,
        Severity::High | Severity::Critical => Severity::Critical,
    }
}

#[cfg(test)]
mod tests;
