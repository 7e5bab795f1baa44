//! What comes every day at this time is no news; what came with trouble, or for the first time, is.

use watchkeeper_domain::batch::{Batch, Outcome};
use watchkeeper_domain::incident::{Incident, IncidentState};
use watchkeeper_domain::time::{DAY, MINUTE};

use super::world::{Sky, World};
use watchkeeper::auth::TenantScope;

/// A tenant's batch three and a half minutes into the time at which the queue fills, so many days after it began.
async fn as_it_fills(world: &World, scope: &TenantScope, days: i64) -> Batch {
    let at = super::world::START + days * DAY + 33 * MINUTE;
    world.pass(at.since(world.clock.now()));
    world.minute(scope).await
}

#[tokio::test]
async fn what_comes_every_day_is_no_news_and_is_asked_for_once() {
    let world = World::new().await;
    let scope = world.tenant("ada").await;
    world.sky(&scope, Sky::Daily);
    let batch = as_it_fills(&world, &scope, 2).await;
    assert_eq!(batch.outcome, Outcome::Quiet, "{:?}", batch.facts);
    assert_eq!(batch.receipt.text, "0 of 2 series outside baseline; 1 as usual at this time");
    assert_eq!(world.source.gathers(), 2, "the batch's own question, and one about yesterday");
    let next = world.minute(&scope).await;
    assert_eq!((next.outcome, world.source.gathers()), (Outcome::Quiet, 3), "yesterday is remembered for a while");
    assert_eq!(world.all::<Incident>(&scope).await, []);
}

#[tokio::test]
async fn what_comes_for_the_first_time_is_told() {
    let world = World::new().await;
    let scope = world.tenant("ada").await;
    world.sky(&scope, Sky::Once);
    let batch = as_it_fills(&world, &scope, 1).await;
    assert_eq!(batch.outcome, Outcome::Analysed);
    assert_eq!(batch.receipt.text, "1 of 2 series outside baseline");
    assert_eq!(batch.facts[0].series.metric, "queue_depth");
}

#[tokio::test]
async fn without_an_answer_nothing_is_excused_and_the_question_rests() {
    let world = World::new().await;
    let scope = world.tenant("ada").await;
    world.sky(&scope, Sky::Forgotten);
    assert_eq!(as_it_fills(&world, &scope, 2).await.outcome, Outcome::Analysed);
    assert_eq!(world.source.gathers(), 2);
    assert_eq!(world.minute(&scope).await.outcome, Outcome::Analysed);
    assert_eq!(world.source.gathers(), 3);
}

#[tokio::test]
async fn a_young_tenant_has_no_habits_and_a_quiet_batch_asks_for_none() {
    let world = World::new().await;
    let scope = world.tenant("ada").await;
    world.sky(&scope, Sky::Daily);
    assert_eq!(as_it_fills(&world, &scope, 0).await.outcome, Outcome::Analysed);
    assert_eq!(world.source.gathers(), 1, "nobody watched it yesterday");
    world.pass(DAY);
    world.pass(2 * 60 * MINUTE);
    assert_eq!(world.minute(&scope).await.outcome, Outcome::Quiet);
    assert_eq!(world.source.gathers(), 2);
}

/// An hour and a half on, when the queue is empty again; its incident ends by itself.
async fn it_passes(world: &World, scope: &TenantScope) {
    world.sky(scope, Sky::Daily);
    world.pass(90 * MINUTE);
    world.minute(scope).await;
    world.minute(scope).await;
    let incidents = world.all::<Incident>(scope).await;
    assert!(incidents.iter().all(|incident| incident.state == IncidentState::Resolved), "{incidents:?}");
}

#[tokio::test]
async fn what_was_told_once_and_passed_by_itself_is_not_told_again() {
    let world = World::new().await;
    let scope = world.tenant("ada").await;
    world.sky(&scope, Sky::Daily);
    as_it_fills(&world, &scope, 1).await;
    assert_eq!(world.only_incident(&scope).await.state, IncidentState::Open, "nobody watched it the day before");
    it_passes(&world, &scope).await;
    assert_eq!(as_it_fills(&world, &scope, 2).await.outcome, Outcome::Quiet);
}

#[tokio::test]
async fn what_came_with_trouble_is_no_habit() {
    let world = World::new().await;
    let scope = world.tenant("ada").await;
    world.sky(&scope, Sky::Daily);
    as_it_fills(&world, &scope, 1).await;
    world.sky(&scope, Sky::TargetDown);
    world.minute(&scope).await;
    it_passes(&world, &scope).await;
    let batch = as_it_fills(&world, &scope, 2).await;
    assert_eq!(batch.outcome, Outcome::Analysed, "{:?}", batch.receipt);
}
