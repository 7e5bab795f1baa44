//! What a signature makes of a case.

use crate::fact::{Fact, FactId};
use crate::verdict::{AnswerIncident, FixPlan, Hypothesis, Severity};

/// Characters of a title: what fits a mail's subject and a phone.
const MAX_TITLE: usize = 80;

#[derive(Debug, Clone)]
pub(crate) struct Reading {
    /// How specific the signature is and how much of it is there; the largest speaks.
    pub(crate) fit: u8,
    pub(crate) title: String,
    severity: Severity,
    summary: String,
    root_cause: String,
    fix_plan: FixPlan,
    pub(crate) evidence: Vec<FactId>,
    pub(crate) rivals: Vec<Hypothesis>,
}

impl Reading {
    pub(crate) fn new(fit: u8, severity: Severity, title: &str) -> Self {
        Self {
            fit,
            title: shorten(title),
            severity,
            summary: String::new(),
            root_cause: String::new(),
            fix_plan: FixPlan::default(),
            evidence: Vec::new(),
            rivals: Vec::new(),
        }
    }

    /// What, where, since when, how bad, and why it is as severe as it is.
    pub(crate) fn summary(mut self, text: String) -> Self {
        self.summary = text;
        self
    }

    pub(crate) fn cause(mut self, text: String) -> Self {
        self.root_cause = text;
        self
    }

    /// What to do now; first thing first.
    pub(crate) fn first(mut self, steps: &[&str]) -> Self {
        self.fix_plan.immediate = steps.iter().map(|step| (*step).to_owned()).collect();
        self
    }

    pub(crate) fn prevent(mut self, steps: &[&str]) -> Self {
        self.fix_plan.prevention = steps.iter().map(|step| (*step).to_owned()).collect();
        self
    }

    /// Cites facts, each once, in the order given.
    pub(crate) fn proof<'a>(mut self, facts: impl IntoIterator<Item = &'a Fact>) -> Self {
        for fact in facts {
            if !self.evidence.contains(&fact.id) {
                self.evidence.push(fact.id.clone());
            }
        }
        self
    }

    /// A competing explanation, with what speaks for and against it, earliest first. Where nothing speaks for it in particular, it
    /// explains the main fact.
    pub(crate) fn rival(mut self, cause: &str, supporting: &[&Fact], against: &[&Fact]) -> Self {
        let mut supporting = ids(supporting);
        if supporting.is_empty() {
            supporting.extend(self.evidence.first().cloned());
        }
        let against = ids(against).into_iter().filter(|id| !supporting.contains(id)).collect();
        self.rivals.push(Hypothesis { cause: cause.to_owned(), supporting, against });
        self
    }

    /// This reading as the rival of a better one: its title, on its main fact.
    pub(crate) fn into_rival(self) -> Hypothesis {
        Hypothesis { cause: self.title, supporting: self.evidence.into_iter().take(1).collect(), against: Vec::new() }
    }

    pub(crate) fn into_incident(self) -> AnswerIncident {
        AnswerIncident {
            title: self.title,
            severity: self.severity,
            summary: self.summary,
            root_cause: self.root_cause,
            fix_plan: self.fix_plan,
            evidence: self.evidence,
        }
    }
}

fn ids(facts: &[&Fact]) -> Vec<FactId> {
    let mut facts = facts.to_vec();
    facts.sort_by_key(|fact| fact.since);
    facts.iter().map(|fact| fact.id.clone()).collect()
}

fn shorten(title: &str) -> String {
    if title.chars().count() <= MAX_TITLE {
        return title.to_owned();
    }
    title.chars().take(MAX_TITLE - 1).chain(['…']).collect()
}
