//! Who runs which tenant when: leases, missed windows, shared work, drains.

use std::collections::BTreeSet;
use std::time::Duration;

use watchkeeper::auth::SystemScope;
use watchkeeper::jobs::{Job, Progress};
use watchkeeper::services::ServiceError;
use watchkeeper_domain::batch::{Batch, Trigger};
use watchkeeper_domain::time::{HOUR, MINUTE, SECOND, UtcMillis};

use super::world::{START, Sky, World, serve};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_share_the_tenants_and_run_none_twice() {
    let world = World::new().await;
    let mut tenants = Vec::new();
    for n in 0..30 {
        tenants.push(world.tenant(&format!("tenant {n}")).await);
    }
    let (first, second) = (world.scheduler("first"), world.scheduler("second"));
    tokio::join!(serve(&first, &world.clock), serve(&second, &world.clock));
    assert_eq!(world.source.gathers(), 30);
    for scope in &tenants {
        let batches = world.all::<Batch>(scope).await;
        assert_eq!(batches.len(), 1);
        assert_eq!((batches[0].trigger, batches[0].window.end), (Trigger::Schedule, START));
        let schedule = world.schedule(scope).await;
        assert!(schedule.next_run_at > START && schedule.next_run_at <= START + MINUTE);
        assert_eq!((schedule.lease_until, schedule.attempt), (UtcMillis(0), 0));
    }
}

#[tokio::test]
async fn missed_windows_are_not_replayed() {
    let world = World::new().await;
    let scope = world.tenant("ada").await;
    world.pass(HOUR);
    serve(&world.scheduler("first"), &world.clock).await;
    let batches = world.all::<Batch>(&scope).await;
    assert_eq!(batches.len(), 1);
    assert!(world.clock.now().since(batches[0].window.end) < MINUTE, "the newest window, not the oldest");
    assert!(world.schedule(&scope).await.next_run_at > world.clock.now());
}

#[tokio::test]
async fn a_dead_servers_tenant_is_taken_up_with_the_same_window() {
    let world = World::new().await;
    let scope = world.tenant("ada").await;
    let system = SystemScope::for_job("test");
    let (_, dead) = world.batches.claim(&system, world.clock.now()).await.unwrap().unwrap();
    assert_eq!(dead.due, START);
    assert!(world.batches.claim(&system, world.clock.now()).await.unwrap().is_none(), "held");
    world.pass(46 * SECOND);
    serve(&world.scheduler("second"), &world.clock).await;
    let batches = world.all::<Batch>(&scope).await;
    assert_eq!((batches.len(), batches[0].window.end), (1, START));
}

#[tokio::test]
async fn a_drain_hands_unfinished_tenants_back() {
    let world = World::new().await;
    let scope = world.tenant("ada").await;
    world.sky(&scope, Sky::SourceStuck);
    let scheduler = world.scheduler("first");
    assert_eq!(scheduler.step(world.clock.now()).await.unwrap(), Progress::More);
    assert!(world.schedule(&scope).await.lease_until > world.clock.now());
    scheduler.stop().await;
    assert_eq!(world.schedule(&scope).await.lease_until, UtcMillis(0));
    world.sky(&scope, Sky::Clear);
    serve(&world.scheduler("second"), &world.clock).await;
    assert_eq!(world.all::<Batch>(&scope).await.len(), 1);
}

#[tokio::test]
async fn a_paused_tenant_is_not_run_and_the_longest_due_comes_first() {
    let world = World::new().await;
    let (ada, ben) = (world.tenant("ada").await, world.tenant("ben").await);
    let mut paused = world.schedule(&ada).await;
    paused.active = false;
    world.store.tenant(&ada).upsert(&paused).await.unwrap();
    let cyd = world.tenant("cyd").await;
    let mut longest = world.schedule(&cyd).await;
    longest.next_run_at = START - MINUTE;
    world.store.tenant(&cyd).upsert(&longest).await.unwrap();
    let system = SystemScope::for_job("test");
    let mut order = Vec::new();
    while let Some((user, _lease)) = world.batches.claim(&system, world.clock.now()).await.unwrap() {
        order.push(user);
    }
    assert_eq!(order, [cyd.user_id().clone(), ben.user_id().clone()]);
}

#[tokio::test]
async fn a_batch_by_hand_waits_for_none_that_runs() {
    let world = World::new().await;
    let scope = world.tenant("ada").await;
    let system = SystemScope::for_job("test");
    let _held = world.batches.claim(&system, world.clock.now()).await.unwrap().unwrap();
    assert!(matches!(world.by_hand(&scope).await, Err(ServiceError::Conflict(_))));
    world.pass(46 * SECOND);
    let batch = world.by_hand(&scope).await.unwrap();
    assert_eq!((batch.trigger, batch.window.end), (Trigger::Manual, world.clock.now()));
    let again = world.by_hand(&scope).await;
    assert!(matches!(again, Err(ServiceError::RateLimited { retry_after }) if retry_after <= Duration::from_secs(1)));
    let ids: BTreeSet<_> = world.all::<Batch>(&scope).await.into_iter().map(|batch| batch.id).collect();
    assert_eq!(ids.len(), 1);
}
