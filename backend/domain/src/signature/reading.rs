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

    /// Puts a label's value into the commands where it can only be a name: a command to be copied never carries a label's syntax.
    pub(crate) fn filling(mut self, placeholder: &str, value: &str) -> Self {
        if is_plain_name(value) {
            for step in &mut self.fix_plan.immediate {
                *step = step.replace(placeholder, value);
            }
        }
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

/// Letters, digits and `/ . _ @ -`, not looking like an option.
fn is_plain_name(value: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '@' | '-');
    !value.is_empty() && value.len() <= 64 && !value.starts_with('-') && value.chars().all(plain)
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

#[cfg(test)]
mod tests {
    use super::is_plain_name;

    #[test]
    fn only_names_enter_commands() {
        assert!(["/var/lib", "nginx.service", "getty@tty1.service", "eth0"].into_iter().all(is_plain_name));
        assert!(!["", "/; rm -rf /", "$(id)", "-rf", "a b", "`id`"].into_iter().any(is_plain_name));
    }
}
