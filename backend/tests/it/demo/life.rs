//! The life of a run: one at a time, stopped in the middle, ended with its server, removed after its day.

use serde_json::json;
use watchkeeper::clock::Clock;
use watchkeeper::store::Store;
use watchkeeper_domain::demo::{RUN_ID, Run, RunState};
use watchkeeper_domain::time::{DAY, MINUTE};

use super::{LEAK, PATH, finished, nothing_left, unbraked};
use crate::support::TestApp;
use crate::support::parts::eventually;
use watchkeeper::app::Outside;
use watchkeeper::auth::TenantScope;

#[tokio::test]
async fn an_unknown_scenario_is_refused_and_a_second_run_waits() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    let unknown = priya.post(PATH, json!({ "scenario": "meteor" })).await.expect(404);
    assert_eq!(unknown.code(), "not_found");
    priya.post(PATH, json!({ "scenario": LEAK.scenario })).await.expect(202);
    let second = priya.post(PATH, json!({ "scenario": "disk-full" })).await.expect(409);
    assert_eq!(second.code(), "conflict");
    priya.delete(PATH).await.expect(204);
    priya.delete(PATH).await.expect(204);
    eventually("an empty tenant", || async {
        let scope = app.scope(&priya).demo();
        if app.store.tenant(&scope).purge(500).await.unwrap() { Ok(()) } else { Err("documents".to_owned()) }
    })
    .await;
    priya.post(PATH, json!({ "scenario": "disk-full" })).await.expect(202);
    app.stopped().await;
}

#[tokio::test]
async fn a_server_plays_so_many_and_says_when_it_is_full() {
    let app = TestApp::start().await;
    for n in 0..8 {
        let client = app.signed_up(&format!("viewer-{n}")).await;
        client.post(PATH, json!({ "scenario": LEAK.scenario })).await.expect(202);
    }
    let late = app.signed_up("late").await;
    let full = late.post(PATH, json!({ "scenario": LEAK.scenario })).await.expect(503);
    assert_eq!((full.code().as_str(), full.header("retry-after")), ("unavailable", "60"));
    app.stopped().await;
}

#[tokio::test]
async fn a_finished_demo_gives_way_to_the_next() {
    let app = unbraked(&[]).await;
    let priya = app.signed_up("priya").await;
    priya.post(PATH, json!({ "scenario": LEAK.scenario })).await.expect(202);
    let first = finished(&priya).await;
    priya.post(PATH, json!({ "scenario": "dependency-down" })).await.expect(202);
    let second = finished(&priya).await;
    assert_eq!(second["scenario"], "dependency-down");
    let old = format!("/api/v1/incidents/{}", first["incident_id"].as_str().unwrap());
    priya.looking_at_demo().get(&old).await.expect(404);
    app.stopped().await;
}

#[tokio::test]
async fn a_run_ends_with_its_server() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    let (store, scope) = (app.store.clone(), app.scope(&priya).demo());
    priya.post(PATH, json!({ "scenario": LEAK.scenario })).await.expect(202);
    eventually("the first minutes", || async {
        let run = stored(&store, &scope).await;
        if run.minute > 0 { Ok(()) } else { Err(run.minute.to_string()) }
    })
    .await;
    app.stopped().await;
    assert_eq!(stored(&store, &scope).await.state, RunState::Interrupted);
}

async fn stored(store: &Store, scope: &TenantScope) -> Run {
    store.tenant(scope).get::<Run>(RUN_ID).await.unwrap().expect("a run").doc
}

#[tokio::test]
async fn a_run_whose_server_died_says_so_and_goes_after_a_day() {
    let clock = Clock::manual(Clock::default().now());
    let app = TestApp::within(Outside { clock: clock.clone(), ..Outside::default() }, &[]).await;
    let priya = app.signed_up("priya").await;
    let scope = app.scope(&priya).demo();
    let now = clock.now();
    let dead = Run {
        id: RUN_ID.to_owned(),
        scenario: LEAK.scenario.to_owned(),
        state: RunState::Playing,
        started_at: now - MINUTE,
        origin: now - 30 * MINUTE,
        minute: 5,
        finished_at: None,
        updated_at: now - MINUTE,
        incident_id: None,
        lease_owner: "a server that is gone".to_owned(),
        lease_until: now - 1,
        remove_at: now + DAY,
    };
    app.store.tenant(&scope).insert(&dead).await.unwrap();
    assert_eq!(priya.get(PATH).await.expect(200).json()["run"]["state"], "interrupted");
    eventually("the end of the lease", || async {
        let run = stored(&app.store, &scope).await;
        if run.state == RunState::Interrupted { Ok(()) } else { Err(format!("{:?}", run.state)) }
    })
    .await;
    clock.set(now + DAY + MINUTE);
    eventually("the removal", || async {
        let left = app.store.tenant(&scope).get::<Run>(RUN_ID).await.unwrap();
        if left.is_none() { Ok(()) } else { Err("still there".to_owned()) }
    })
    .await;
    nothing_left(&app, &priya).await;
    app.stopped().await;
}
