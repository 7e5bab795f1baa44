//! Which claims stand: each part of an answer against the facts it cites.

use super::ledger::{Ledger, Numbers};
use super::quantity::{Mention, mentions};
use crate::fact::{Fact, FactId, FactKind};
use crate::time::SECOND;
use crate::verdict::{AnswerAnomaly, AnswerIncident, DropReason, DroppedClaim, Hypothesis};

/// Reported drops are capped; the count of claims is not.
const MAX_DROPPED: usize = 100;
const CLAIM_CHARS: usize = 200;
const TITLE_CHARS: usize = 120;
/// Two facts closer than this began together.
const TOGETHER_MS: i64 = 60 * SECOND;

/// What was dropped, and how many claims there were.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) dropped: Vec<DroppedClaim>,
    pub(super) made: u32,
    pub(super) kept: u32,
}

impl Tally {
    fn keep(&mut self) {
        self.made += 1;
        self.kept += 1;
    }

    fn drop(&mut self, claim: &str, reason: DropReason) {
        self.made += 1;
        if self.dropped.len() < MAX_DROPPED {
            self.dropped.push(DroppedClaim { claim: claim.chars().take(CLAIM_CHARS).collect(), reason });
        }
    }
}

/// The incident with the sentences that hold; `None` when its cause does not stand.
pub(super) fn incident(mut incident: AnswerIncident, ledger: &Ledger<'_>, tally: &mut Tally) -> Option<AnswerIncident> {
    incident.evidence = known_ids(incident.evidence, &incident.title, ledger, tally);
    if incident.evidence.is_empty() {
        tally.drop(&incident.root_cause, DropReason::NoEvidence);
        return None;
    }
    let cited = ledger.cited(&incident.evidence);
    let numbers = Numbers::of(&cited, ledger.facts);
    incident.root_cause = sentences_that_hold(&incident.root_cause, &numbers, ledger, tally);
    if incident.root_cause.is_empty() {
        return None;
    }
    incident.summary = sentences_that_hold(&incident.summary, &numbers, ledger, tally);
    if incident.summary.is_empty() {
        incident.summary = cited.iter().take(2).map(|fact| fact.text.as_str()).collect::<Vec<_>>().join(" ");
    }
    if let Err(reason) = check(&incident.title, &numbers, ledger) {
        tally.drop(&incident.title, reason);
        incident.title = cited.first().map(|fact| fact.text.chars().take(TITLE_CHARS).collect()).unwrap_or_default();
    } else {
        tally.keep();
    }
    Some(incident)
}

pub(super) fn anomaly(mut anomaly: AnswerAnomaly, ledger: &Ledger<'_>, tally: &mut Tally) -> Option<AnswerAnomaly> {
    let claim = format!("{} {} {}", anomaly.metric, anomaly.instance, anomaly.observed);
    anomaly.evidence = known_ids(anomaly.evidence, &claim, ledger, tally);
    if anomaly.evidence.is_empty() {
        tally.drop(&claim, DropReason::NoEvidence);
        return None;
    }
    let cited = ledger.cited(&anomaly.evidence);
    if !cited.iter().any(|fact| is_about(&anomaly, fact)) {
        tally.drop(&claim, DropReason::UnknownSeries);
        return None;
    }
    let numbers = Numbers::of(&cited, ledger.facts);
    let text = [&anomaly.observed, &anomaly.expected, &anomaly.symptom];
    match text.iter().try_for_each(|part| check(part, &numbers, ledger)) {
        Ok(()) => {
            tally.keep();
            Some(anomaly)
        }
        Err(reason) => {
            tally.drop(&claim, reason);
            None
        }
    }
}

pub(super) fn hypothesis(mut claim: Hypothesis, ledger: &Ledger<'_>, tally: &mut Tally) -> Option<Hypothesis> {
    claim.supporting = known_ids(claim.supporting, &claim.cause, ledger, tally);
    claim.against = known_ids(claim.against, &claim.cause, ledger, tally);
    if claim.supporting.is_empty() {
        tally.drop(&claim.cause, DropReason::NoEvidence);
        return None;
    }
    let cited = ledger.cited(&claim.supporting);
    if let Some(reason) = effect_before_cause(&cited) {
        tally.drop(&claim.cause, reason);
        return None;
    }
    let opposed = ledger.cited(&claim.against);
    let both: Vec<&Fact> = cited.into_iter().chain(opposed).collect();
    match check(&claim.cause, &Numbers::of(&both, ledger.facts), ledger) {
        Ok(()) => {
            tally.keep();
            Some(claim)
        }
        Err(reason) => {
            tally.drop(&claim.cause, reason);
            None
        }
    }
}

/// The ids that name a fact; each is a claim of its own.
fn known_ids(ids: Vec<FactId>, claim: &str, ledger: &Ledger<'_>, tally: &mut Tally) -> Vec<FactId> {
    let mut known = Vec::new();
    for id in ids {
        if ledger.fact(&id).is_none() {
            tally.drop(claim, DropReason::UnknownFact { id: id.0 });
        } else if !known.contains(&id) {
            tally.keep();
            known.push(id);
        }
    }
    known
}

/// The metric and the instance must be those of the fact, by whatever of its names.
fn is_about(anomaly: &AnswerAnomaly, fact: &Fact) -> bool {
    let series = &fact.series;
    let metric = anomaly.metric.split('{').next().unwrap_or_default().trim();
    let metric_fits = metric.eq_ignore_ascii_case(&series.metric) || series.metric.is_empty();
    let instance = anomaly.instance.trim();
    let instance_fits = instance.is_empty()
        || [series.instance(), &fact.target_name].iter().any(|name| {
            instance.eq_ignore_ascii_case(name) || instance == crate::prompt::neutralise(name, usize::MAX).text
        });
    metric_fits && instance_fits
}

/// The first supporting fact is the cause, the others its effects.
fn effect_before_cause(supporting: &[&Fact]) -> Option<DropReason> {
    let (cause, effects) = supporting.split_first()?;
    if cause.kind == FactKind::Context {
        return None;
    }
    let early = effects
        .iter()
        .find(|effect| effect.kind != FactKind::Context && cause.since.since(effect.since) > TOGETHER_MS)?;
    Some(DropReason::EffectBeforeCause { cause: cause.id.clone(), effect: early.id.clone() })
}

fn sentences_that_hold(text: &str, numbers: &Numbers, ledger: &Ledger<'_>, tally: &mut Tally) -> String {
    let mut standing = Vec::new();
    for sentence in sentences(text) {
        match check(sentence, numbers, ledger) {
            Ok(()) => {
                tally.keep();
                standing.push(sentence);
            }
            Err(reason) => tally.drop(sentence, reason),
        }
    }
    standing.join(" ")
}

/// Recomputes everything checkable a text says.
fn check(text: &str, numbers: &Numbers, ledger: &Ledger<'_>) -> Result<(), DropReason> {
    for mention in mentions(&ledger.without_names(text)) {
        match mention {
            Mention::Quantity(quantity) if !numbers.support(&quantity) => {
                return Err(DropReason::WrongNumber {
                    claimed: quantity.text,
                    computed: numbers.headline().to_owned(),
                });
            }
            Mention::Host(host) if !ledger.quotes(&host) => return Err(DropReason::UnknownSeries),
            Mention::Date(date) if !ledger.knows_date(&date) && !ledger.quotes(&date) => {
                return Err(DropReason::WrongNumber { claimed: date, computed: numbers.headline().to_owned() });
            }
            Mention::Clock { text, second } if !ledger.knows_clock(second) && !ledger.quotes(&text) => {
                return Err(DropReason::WrongNumber { claimed: text, computed: numbers.headline().to_owned() });
            }
            Mention::Quantity(_) | Mention::Host(_) | Mention::Date(_) | Mention::Clock { .. } => {}
        }
    }
    match cited_in(text).find(|id| ledger.fact(id).is_none()) {
        Some(id) => Err(DropReason::UnknownFact { id: id.0 }),
        None => Ok(()),
    }
}

/// Ids in brackets inside a sentence: `[M3, E1]`, `(M3)`. Without brackets `M3` may be a processor.
fn cited_in(text: &str) -> impl Iterator<Item = FactId> + '_ {
    text.split(['[', '(']).skip(1).filter_map(|rest| rest.split([']', ')']).next()).flat_map(|inside| {
        let ids: Vec<FactId> =
            inside.split([',', ' ', ';']).filter(|w| !w.is_empty()).map(|w| FactId(w.to_owned())).collect();
        if ids.iter().all(is_id) { ids } else { Vec::new() }
    })
}

fn is_id(id: &FactId) -> bool {
    let digits = id.0.strip_prefix(['M', 'L', 'E']).unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Sentences end at `.`, `!` or `?` before a blank; a list number or an abbreviation ends none.
pub(super) fn sentences(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    for (at, mark) in text.char_indices().filter(|(_, c)| matches!(c, '.' | '!' | '?')) {
        let end = at + mark.len_utf8();
        let rest = text.get(end..).unwrap_or_default();
        let before = text.get(start..at).unwrap_or_default();
        let last = before.rsplit(' ').next().unwrap_or_default();
        let listed = !last.is_empty() && last.len() == before.trim().len() && last.bytes().all(|b| b.is_ascii_digit());
        let abbreviated = matches!(last, "e.g" | "i.e" | "approx" | "vs" | "etc" | "ca");
        if (rest.is_empty() || rest.starts_with(' ')) && !listed && !abbreviated {
            out.extend(text.get(start..end).map(str::trim).filter(|s| !s.is_empty()));
            start = end;
        }
    }
    out.extend(text.get(start..).map(str::trim).filter(|s| !s.is_empty()));
    out
}
