//! The second half: facts to sightings. Models are asked about few failures, and not again about one that stands still.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use watchkeeper_domain::batch::{Batch, Outcome};
use watchkeeper_domain::cluster::{Cluster, cluster};
use watchkeeper_domain::fact::{Fact, FactKind};
use watchkeeper_domain::id::{Id, RcaId};
use watchkeeper_domain::incident::sighting::{Judged, Sighting, is_steady};
use watchkeeper_domain::incident::{Incident, blind};
use watchkeeper_domain::llm::Provider;
use watchkeeper_domain::settings::TenantSettings;

use super::BatchService;
use crate::auth::TenantScope;
use crate::services::ServiceError;
use crate::services::analyst::{Case, Judgement};
use crate::store::{Filter, Order, Query};

/// Failures per batch that a model is asked about, gravest first; the built-in analyst judges the rest.
const ASKED_PER_BATCH: usize = 3;

/// Why a failure is not asked about again yet.
const RESTS: &str = "a model's last answer to this did not hold; it is asked again within ten minutes";

/// Time that models may take of a batch, all failures and providers together; it leaves room within the batch's own deadline.
const MODELS_WITHIN: Duration = Duration::from_secs(180);

/// A cluster with its facts, ready to be judged.
struct Suspect {
    fingerprint: String,
    instances: Vec<String>,
    facts: Vec<Fact>,
}

impl BatchService {
    /// Every failure in the batch's facts, judged; the batch is told which calls that took.
    pub(super) async fn judge(
        &self,
        scope: &TenantScope,
        settings: &TenantSettings,
        batch: &mut Batch,
    ) -> Result<Vec<Sighting>, ServiceError> {
        let standing = self.standing(scope).await?;
        let builtin = TenantSettings { provider: Some(Provider::Builtin), ..settings.clone() };
        let mut sightings = Vec::new();
        let mut asked = 0;
        let until = Instant::now() + MODELS_WITHIN;
        for suspect in suspects(&batch.facts) {
            let first = self.ask(scope, &builtin, batch, &suspect, until).await;
            let incident = standing.get(&suspect.fingerprint);
            let rests = self.rests(scope, &suspect).await;
            let judgement = if incident.is_some_and(|known| stands_still(known, &suspect, &first, rests)) {
                None
            } else if rests {
                Some(self.passed_over(settings, first, RESTS.to_owned()))
            } else if asked < ASKED_PER_BATCH {
                asked += 1;
                Some(self.ask(scope, settings, batch, &suspect, until).await)
            } else {
                let why =
                    format!("a batch asks about its {ASKED_PER_BATCH} gravest failures, and this came after them");
                Some(self.passed_over(settings, first, why))
            };
            sightings.extend(suspect.sighted(batch, judgement));
        }
        Ok(sightings)
    }

    /// The built-in words for a failure that no model is asked about in this batch.
    fn passed_over(&self, settings: &TenantSettings, mut builtin: Judgement, why: String) -> Judgement {
        let why = match self.analyst.unasked(settings.provider) {
            Some(why) => why.to_owned(),
            None => {
                builtin.verified.reason.push_str(&format!(" No model was asked: {why}."));
                why
            }
        };
        builtin.verified.author.unasked = Some(why);
        builtin
    }

    /// A model's answer to this failure did not hold a short while ago. Whoever is only asked whether they see something is
    /// asked every time.
    async fn rests(&self, scope: &TenantScope, suspect: &Suspect) -> bool {
        !suspect.is_ordinary() && self.analyst.rests(scope, &suspect.fingerprint, self.clock.now()).await
    }

    async fn ask(
        &self,
        scope: &TenantScope,
        settings: &TenantSettings,
        batch: &Batch,
        suspect: &Suspect,
        until: Instant,
    ) -> Judgement {
        let case = Case {
            batch_id: &batch.id,
            facts: &suspect.facts,
            targets: &batch.targets,
            settings,
            fingerprint: &suspect.fingerprint,
            instances: &suspect.instances,
            now: self.clock.now(),
            until,
        };
        self.analyst.judge(scope, case).await
    }

    /// Live incidents by fingerprint.
    async fn standing(&self, scope: &TenantScope) -> Result<BTreeMap<String, Incident>, ServiceError> {
        let live = self.live(scope).await?;
        Ok(live.into_iter().map(|known| (known.doc.fingerprint.clone(), known.doc)).collect())
    }

    /// The sighting of our own blindness, once the batch before this one failed too.
    pub(super) async fn blindness(
        &self,
        scope: &TenantScope,
        batch: &Batch,
        reason: &str,
    ) -> Result<Vec<Sighting>, ServiceError> {
        let earlier = Filter::below("started_at", batch.started_at.0);
        let query = Query::new(earlier, Order::newest("started_at"), blind::FAILURES_BEFORE_BLIND - 1);
        let before = self.store.tenant(scope).find::<Batch>(&query).await?.items;
        let failed = before.iter().filter(|b| matches!(b.outcome, Outcome::Failed { .. })).count();
        if u32::try_from(failed).is_ok_and(|failed| failed + 1 >= blind::FAILURES_BEFORE_BLIND) {
            Ok(vec![blind::sighting(reason, RcaId::derive(&[batch.id.as_str(), "blind"]))])
        } else {
            Ok(Vec::new())
        }
    }
}

/// The words still fit: the leading facts are the same, and code does not rate it worse than the words do. They are a model's,
/// or `rests`: those stand in which a model's answer that did not hold left.
fn stands_still(incident: &Incident, suspect: &Suspect, builtin: &Judgement, rests: bool) -> bool {
    let rated = builtin.verified.answer.incident.as_ref().map(|words| words.severity);
    (rests || incident.author_provider != Provider::Builtin.as_str())
        && !suspect.is_ordinary()
        && is_steady(incident, &suspect.facts)
        && rated.is_none_or(|severity| severity <= incident.severity)
}

/// The clusters with their facts, gravest first. Facts that show nothing unusual go along with the gravest; where there
/// is none they stand alone, for a model that is asked about every batch.
fn suspects(facts: &[Fact]) -> Vec<Suspect> {
    let (context, unusual): (Vec<Fact>, Vec<Fact>) =
        facts.iter().cloned().partition(|fact| fact.kind == FactKind::Context);
    let mut suspects: Vec<Suspect> = cluster(&unusual).into_iter().map(|found| gathered(found, &unusual)).collect();
    match suspects.first_mut() {
        Some(gravest) => gravest.facts.extend(context),
        None if context.is_empty() => {}
        None => suspects.push(Suspect { fingerprint: "reported".to_owned(), instances: Vec::new(), facts: context }),
    }
    suspects
}

fn gathered(found: Cluster, facts: &[Fact]) -> Suspect {
    let facts = facts.iter().filter(|fact| found.fact_ids.contains(&fact.id)).cloned().collect();
    Suspect { fingerprint: found.fingerprint, instances: found.instances, facts }
}

impl Suspect {
    /// Nothing unusual in it: somebody is only asked whether they see something.
    fn is_ordinary(&self) -> bool {
        self.facts.iter().all(|fact| fact.kind == FactKind::Context)
    }

    /// The sighting, with what it took noted in the batch; none when there was nothing unusual and nobody saw any.
    fn sighted(self, batch: &mut Batch, judgement: Option<Judgement>) -> Option<Sighting> {
        let ordinary = self.is_ordinary();
        let judged = judgement.map(|judgement| {
            batch.receipt.model_called |= !judgement.call_ids.is_empty();
            batch.receipt.prompt_tokens = batch.receipt.prompt_tokens.saturating_add(judgement.prompt_tokens);
            let llm_call_id = judgement.call_ids.last().cloned();
            batch.llm_call_ids.extend(judgement.call_ids);
            let rca_id = RcaId::derive(&[batch.id.as_str(), &self.fingerprint]);
            Judged { verified: judgement.verified, rca_id, llm_call_id }
        });
        let words = judged.as_ref().and_then(|judged| judged.verified.answer.incident.as_ref());
        if ordinary && words.is_none() {
            return None;
        }
        let cited = |fact: &Fact| words.is_some_and(|words| words.evidence.contains(&fact.id));
        let telling = |fact: &Fact| fact.kind != FactKind::Context || cited(fact);
        let facts = self.facts.iter().filter(|fact| telling(fact)).cloned().collect();
        Some(Sighting { fingerprint: self.fingerprint, instances: self.instances, facts, judged })
    }
}
