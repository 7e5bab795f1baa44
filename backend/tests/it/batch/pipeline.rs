//! From a gathered window to stored incidents, anomalies and root causes.

use watchkeeper::services::ServiceError;
use watchkeeper_domain::anomaly::{Anomaly, Rca};
use watchkeeper_domain::batch::{Batch, Outcome, Trigger};
use watchkeeper_domain::incident::{Incident, IncidentState, Notice};
use watchkeeper_domain::llm::LlmCall;
use watchkeeper_domain::verdict::Severity;

use super::world::{HOST, Sky, World};

#[tokio::test]
async fn a_quiet_batch_leaves_a_receipt_and_asks_nobody() {
    let world = World::new().await;
    let scope = world.tenant("ada").await;
    let batch = world.minute(&scope).await;
    assert_eq!(batch.outcome, Outcome::Quiet);
    assert_eq!(batch.receipt.text, "0 of 1 series outside baseline");
    assert!(!batch.receipt.model_called && batch.complete);
    assert_eq!(world.all::<Batch>(&scope).await, [batch]);
    assert_eq!(world.all::<Incident>(&scope).await, []);
    assert_eq!(world.all::<LlmCall>(&scope).await, []);
}

#[tokio::test]
async fn a_dead_target_opens_one_incident_that_ends_when_it_is_back() {
    let world = World::new().await;
    let scope = world.tenant("ada").await;
    world.minute(&scope).await;
    world.sky(&scope, Sky::TargetDown);
    let batch = world.minute(&scope).await;
    assert_eq!((&batch.outcome, batch.receipt.targets_down), (&Outcome::Analysed, 1));
    let opened = world.only_incident(&scope).await;
    assert_eq!(batch.incident_ids, std::slice::from_ref(&opened.id));
    assert_eq!((opened.state, opened.instances.as_slice()), (IncidentState::Open, &[HOST.to_owned()][..]));
    assert!(opened.severity >= Severity::High && !opened.evidence.is_empty());
    let causes = world.all::<Rca>(&scope).await;
    assert_eq!((causes.len(), &causes[0].incident_id, &causes[0].batch_id), (1, &opened.id, &batch.id));
    let anomalies = world.all::<Anomaly>(&scope).await;
    assert!(!anomalies.is_empty() && anomalies.iter().all(|a| a.incident_id.as_ref() == Some(&opened.id)));

    for _ in 0..3 {
        world.minute(&scope).await;
    }
    let steady = world.only_incident(&scope).await;
    assert_eq!(steady.pending_notices.len(), 1, "a steady incident is told once");
    assert_eq!(steady.rca_id.as_ref(), Some(&causes[0].id), "and rests on the cause it was told with");
    assert_eq!(world.all::<Rca>(&scope).await, causes);
    assert_eq!(world.all::<Anomaly>(&scope).await, anomalies);

    world.sky(&scope, Sky::Clear);
    world.minute(&scope).await;
    assert_eq!(world.only_incident(&scope).await.state, IncidentState::Open, "one quiet batch is not enough");
    world.minute(&scope).await;
    let ended = world.only_incident(&scope).await;
    assert_eq!((ended.state, &ended.id, ended.open_key), (IncidentState::Resolved, &opened.id, None));
    assert_eq!(ended.pending_notices.last().map(|notice| notice.notice), Some(Notice::Resolved));
}

#[tokio::test]
async fn two_failed_batches_make_it_blind_and_one_good_one_ends_that() {
    let world = World::new().await;
    let scope = world.tenant("ada").await;
    world.sky(&scope, Sky::SourceAway);
    let failed = world.minute(&scope).await;
    assert!(matches!(&failed.outcome, Outcome::Failed { reason } if reason.contains("scripted")));
    assert_eq!(world.all::<Incident>(&scope).await, []);
    world.minute(&scope).await;
    world.minute(&scope).await;
    let blind = world.only_incident(&scope).await;
    assert_eq!((blind.state, blind.pending_notices.len()), (IncidentState::Open, 1));
    assert!(blind.title.contains("blind"), "{}", blind.title);
    world.sky(&scope, Sky::Clear);
    world.minute(&scope).await;
    assert_eq!(world.only_incident(&scope).await.state, IncidentState::Resolved);
}

#[tokio::test]
async fn blindness_ends_no_other_incident() {
    let world = World::new().await;
    let scope = world.tenant("ada").await;
    world.sky(&scope, Sky::TargetDown);
    world.minute(&scope).await;
    world.sky(&scope, Sky::SourceAway);
    for _ in 0..4 {
        world.minute(&scope).await;
    }
    let incidents = world.all::<Incident>(&scope).await;
    assert_eq!(incidents.len(), 2);
    assert!(incidents.iter().all(|incident| incident.state == IncidentState::Open));
}

#[tokio::test]
async fn a_batch_cut_off_at_any_write_is_repeated_without_duplicates() {
    let world = World::new().await;
    let scope = world.tenant("ada").await;
    world.sky(&scope, Sky::TargetDown);
    let done = world.minute(&scope).await;
    let before =
        (world.only_incident(&scope).await, world.all::<Rca>(&scope).await, world.all::<Anomaly>(&scope).await);
    let gathers = world.source.gathers();

    let end = done.window.end;
    let again = world.batches.run(&scope, Trigger::Schedule, end).await.unwrap();
    assert_eq!(again, done, "a complete batch is answered as it stands");

    // As a crash leaves it: the batch begun, and some of what follows from it written.
    let cut_off = Batch { complete: false, incident_ids: Vec::new(), ..done.clone() };
    world.store.tenant(&scope).upsert(&cut_off).await.unwrap();
    world.store.tenant(&scope).delete::<Rca>(before.1[0].id.to_string().as_str()).await.unwrap();
    let again = world.batches.run(&scope, Trigger::Schedule, end).await.unwrap();
    assert_eq!((again.complete, &again.incident_ids), (true, &done.incident_ids));
    let after = (world.only_incident(&scope).await, world.all::<Rca>(&scope).await, world.all::<Anomaly>(&scope).await);
    assert_eq!(after, before);
    assert_eq!(world.source.gathers(), gathers, "what was gathered once is not gathered again");
}

#[tokio::test]
async fn tenants_see_only_their_own() {
    let world = World::new().await;
    let (ada, ben) = (world.tenant("ada").await, world.tenant("ben").await);
    world.sky(&ada, Sky::TargetDown);
    world.minute(&ada).await;
    world.minute(&ben).await;
    let incident = world.only_incident(&ada).await;
    assert_eq!(world.all::<Incident>(&ben).await, []);
    assert_eq!(world.all::<Anomaly>(&ben).await, []);
    assert!(matches!(world.incidents.get(&ben, &incident.id).await, Err(ServiceError::NotFound)));
    assert_eq!(world.incidents.get(&ada, &incident.id).await.unwrap(), incident);
}
