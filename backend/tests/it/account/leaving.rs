//! Taking everything along, and leaving.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value as Json, json};

use crate::support::parts::eventually;
use crate::support::{Answer, Client, PASSWORD, TestApp};

async fn leave(client: &Client, username: &str, password: &str) -> Answer {
    client.with_body(Method::DELETE, "/api/v1/account", json!({ "username": username, "password": password })).await
}

/// Somebody with a little of everything, and a key of theirs.
async fn settled(app: &TestApp, name: &str) -> (Client, Client) {
    let client = app.signed_up(name).await;
    client.post("/api/v1/targets", json!({ "address": "192.168.7.7:9100", "name": name })).await.expect(201);
    client.post("/api/v1/batches/run", Json::Null).await.expect(200);
    let slack = json!({
        "enabled": true, "webhook_url": "https://hooks.slack.com/services/T000/B000/SECRETSECRET",
        "min_severity": "low", "notify_on": { "open": true, "update": true, "resolve": true },
    });
    client.put("/api/v1/alerts/slack", slack).await.expect(200);
    let key = client.post("/api/v1/api-keys", json!({ "name": "ci", "scopes": ["read"] })).await.expect(201).json();
    let by_key = app.anonymous().with_token(key["secret"].as_str().unwrap());
    (client, by_key)
}

#[tokio::test]
async fn the_export_holds_everything_but_secrets_and_nobody_elses() {
    let app = TestApp::start().await;
    let (priya, by_key) = settled(&app, "priya").await;
    settled(&app, "ravi").await;
    let answer = priya.get("/api/v1/account/export").await.expect(200);
    assert_eq!(answer.header("content-type"), "application/x-ndjson");
    assert!(answer.header("content-disposition").contains("watchkeeper-priya.ndjson"));
    let lines: Vec<Json> = answer.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let collections: BTreeSet<&str> = lines.iter().map(|line| line["collection"].as_str().unwrap()).collect();
    for expected in ["users", "targets", "metrics_batches", "sessions", "api_keys", "slack_config", "schedules"] {
        assert!(collections.contains(expected), "{expected} is missing in {collections:?}");
    }
    assert!(lines.iter().any(|line| line["document"]["address"] == "192.168.7.7:9100"), "{lines:?}");
    for secret in ["argon2id", "_hash", "_sealed", "SECRETSECRET", "ravi"] {
        assert!(!answer.text.contains(secret), "the export shows {secret}");
    }
    assert_eq!(by_key.get("/api/v1/account/export").await.expect(403).code(), "insufficient_scope");
}

#[tokio::test]
async fn leaving_takes_the_name_and_the_password_and_is_final() {
    let app = TestApp::start().await;
    let (priya, by_key) = settled(&app, "priya").await;
    let (ravi, _) = settled(&app, "ravi").await;
    let file = app.dir.path().join("targets").join(format!("{}.json", priya.user_id()));
    eventually("the published target", || async { file.exists().then_some(()).ok_or_else(String::new) }).await;

    assert_eq!(leave(&priya, "priy", PASSWORD).await.expect(422).json()["errors"][0]["field"], "username");
    assert_eq!(leave(&priya, "priya", "wrong").await.expect(422).json()["errors"][0]["field"], "password");
    leave(&by_key, "priya", PASSWORD).await.expect(403);
    priya.get("/api/v1/auth/me").await.expect(200);

    let answer = leave(&priya, "priya", PASSWORD).await.expect(204);
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    priya.get("/api/v1/auth/me").await.expect(401);
    priya.clone().refreshed().await.expect(401);
    by_key.get("/api/v1/targets").await.expect(401);
    app.anonymous().log_in(json!({ "username": "priya", "password": PASSWORD })).await.expect(401);
    app.anonymous().log_in(json!({ "username": priya.user_id(), "password": PASSWORD })).await.expect(401);
    eventually("the published target to go", || async { (!file.exists()).then_some(()).ok_or_else(String::new) }).await;

    let again = app.signed_up("priya").await;
    assert_ne!(again.user_id(), priya.user_id());
    assert_eq!(again.get("/api/v1/targets").await.expect(200).json()["items"], json!([]));
    let theirs = ravi.get("/api/v1/targets").await.expect(200).json();
    assert_eq!(theirs["items"].as_array().unwrap().len(), 1);
}
