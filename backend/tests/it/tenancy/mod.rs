//! The tenancy walk: every operation of the served document, asked without a token, with garbage, with a revoked token
//! and by another tenant for the first tenant's very things. An operation without a row in `table.rs` fails the test.

mod fixtures;
mod table;

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::Value as Json;

use crate::support::{Answer, Client, TestApp};
use fixtures::{Fixtures, MARKER};
use table::{Access, ROWS, Row};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// `(method, path template)` of every operation the server says it has.
async fn operations(app: &TestApp) -> BTreeSet<(String, String)> {
    let document = app.anonymous().get("/api/v1/openapi.json").await.expect(200).json();
    let mut found = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in METHODS.iter().filter(|method| item.get(**method).is_some()) {
            found.insert((method.to_ascii_uppercase(), path.clone()));
        }
    }
    found
}

/// The same walk about demos: the owner's things stand in the demo of one, and the caller looks at their own.
#[tokio::test]
async fn another_tenants_demo_does_not_exist() {
    let app = walked().await;
    let (owner, other) = (app.signed_up("owner").await, app.signed_up("other").await);
    let fixtures = Fixtures::of_demo(&app, &owner).await;
    let stranger = other.looking_at_demo();
    for row in ROWS.iter().filter(|row| row.access == Access::Tenant) {
        let name = format!("{} {} in demo view", row.method, row.path);
        let answer = ask(&stranger, row, &fixtures.fill(row.path)).await;
        // Operations on an account, and changes that a demo does not take, are refused before anything is looked up.
        if row.path.contains('{') {
            assert!([404, 409].contains(&answer.status), "{name}: {} {}", answer.status, answer.text);
        }
        assert!(answer.status < 500, "{name}: {}", answer.text);
        assert!(!answer.text.contains(MARKER), "{name} shows another tenant's demo: {}", answer.text);
        assert!(!answer.text.contains(&owner.user_id()), "{name} shows another tenant's id: {}", answer.text);
    }
    // Nor is it among the owner's own things, and nor are those among the demo's.
    for row in ROWS.iter().filter(|row| row.shows_marker && row.path.starts_with("/api/v1/incidents")) {
        let path = fixtures.fill(row.path);
        let (own, demo) = (ask(&owner, row, &path).await, ask(&owner.looking_at_demo(), row, &path).await);
        assert!(!own.text.contains(MARKER), "{} shows the demo outside of it", row.path);
        assert!(demo.text.contains(MARKER), "{}: {}", row.path, demo.text);
    }
}

async fn ask(client: &Client, row: &Row, path: &str) -> Answer {
    let method: Method = row.method.parse().unwrap();
    client.with_body(method, path, serde_json::from_str::<Json>(row.body).unwrap()).await
}

/// With every operator's token set, so that their operations can refuse, and metrics from the server itself, so that they answer.
async fn walked() -> TestApp {
    TestApp::with(&[("METRICS_TOKEN", "metrics-token-of-the-operator"), ("METRICS_SOURCE", "builtin")]).await
}

#[tokio::test]
async fn the_table_covers_every_operation() {
    let app = walked().await;
    let served = operations(&app).await;
    let covered: BTreeSet<_> = ROWS.iter().map(|row| (row.method.to_owned(), row.path.to_owned())).collect();
    let missing: Vec<_> = served.difference(&covered).collect();
    assert!(missing.is_empty(), "operations without a row in the tenancy table: {missing:?}");
    let stale: Vec<_> = covered.difference(&served).collect();
    assert!(stale.is_empty(), "rows without an operation: {stale:?}");
}

#[tokio::test]
async fn nobody_is_let_in_without_a_live_credential() {
    let app = walked().await;
    let owner = app.signed_up("owner").await;
    let fixtures = Fixtures::of(&app, &owner).await;
    let revoked = app.signed_up("leaver").await;
    revoked.get("/api/v1/auth/me").await.expect(200);
    app.anonymous()
        .with_token(revoked.token.as_ref().unwrap())
        .post("/api/v1/auth/logout", Json::Null)
        .await
        .expect(204);
    let callers = [
        ("no token", app.anonymous()),
        ("garbage", app.anonymous().with_token("garbage")),
        ("a key nobody made", app.anonymous().with_token(&format!("wk_{}", "x".repeat(43)))),
        ("a revoked token", app.anonymous().with_token(revoked.token.as_ref().unwrap())),
    ];
    for row in ROWS.iter().filter(|row| row.access != Access::Public) {
        let path = fixtures.fill(row.path);
        for (what, caller) in &callers {
            let answer = ask(caller, row, &path).await;
            assert_eq!(answer.status, 401, "{} {} with {what}: {}", row.method, row.path, answer.text);
            assert!(!answer.text.contains(MARKER), "{} {} with {what} shows data", row.method, row.path);
        }
    }
}

#[tokio::test]
async fn another_tenants_things_do_not_exist() {
    let app = walked().await;
    let (owner, other) = (app.signed_up("owner").await, app.signed_up("other").await);
    let fixtures = Fixtures::of(&app, &owner).await;
    let before = fixtures.snapshot(&owner).await;
    for row in ROWS.iter().filter(|row| row.access != Access::Public) {
        let path = fixtures.fill(row.path);
        let answer = ask(&other, row, &path).await;
        let name = format!("{} {}", row.method, row.path);
        match row.access {
            Access::Operator => assert_eq!(answer.status, 401, "{name}: {}", answer.text),
            Access::Tenant if row.path.contains('{') => assert_eq!(answer.status, 404, "{name}: {}", answer.text),
            Access::Tenant | Access::Public => assert!(answer.status < 500, "{name}: {}", answer.text),
        }
        assert!(!answer.text.contains(MARKER), "{name} shows another tenant's data: {}", answer.text);
        assert!(!answer.text.contains(&owner.user_id()), "{name} shows another tenant's id: {}", answer.text);
    }
    assert_eq!(fixtures.snapshot(&owner).await, before, "another tenant changed something");
}

/// The walk proves nothing if its rows are refused for another reason: the owner's own reads must show the markers.
#[tokio::test]
async fn the_owner_sees_what_the_walk_looks_for() {
    let app = walked().await;
    let owner = app.signed_up("owner").await;
    let fixtures = Fixtures::of(&app, &owner).await;
    for row in ROWS.iter().filter(|row| row.shows_marker) {
        let answer = ask(&owner, row, &fixtures.fill(row.path)).await;
        assert_eq!(answer.status, 200, "{} {}: {}", row.method, row.path, answer.text);
        assert!(answer.text.contains(MARKER), "{} {}: {}", row.method, row.path, answer.text);
    }
}
