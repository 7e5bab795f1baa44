//! Live events: prompt, one's own, resumable, and over when the credential is.

use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use watchkeeper::store::Store;
use watchkeeper_docstore::Settings as StoreSettings;
use watchkeeper_domain::target::Target;

use crate::support::parts::mongo_database;
use crate::support::{Client, TestApp};

async fn add(client: &Client, port: u16) -> String {
    let target = json!({ "address": format!("192.168.7.7:{port}") });
    let added = client.post("/api/v1/targets", target).await.expect(201).json();
    added["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_change_is_told_at_once_and_says_what() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    let mut stream = priya.follow(None).await;
    assert_eq!(stream.header("content-type"), "text/event-stream");

    let begun = Instant::now();
    let id = add(&priya, 9100).await;
    let told = stream.next().await.unwrap();
    assert_eq!((told.noun.as_str(), told.id.as_str()), ("target", id.as_str()));
    let path = format!("/api/v1/targets/{id}");
    priya.patch(&path, json!({ "name": "api-1" })).await.expect(200);
    let told = stream.next().await.unwrap();
    assert_eq!((told.noun.as_str(), told.id.as_str()), ("target", id.as_str()));
    priya.delete(&path).await.expect(204);
    let told = stream.next().await.unwrap();
    assert_eq!((told.noun.as_str(), told.id.as_str()), ("target", ""), "one is gone");
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(5), "three changes took {took:?} to be told");

    let settings = json!({ "analysis_mode": "gated", "resolve_after_batches": 3, "daily_token_budget": 1000 });
    priya.put("/api/v1/settings/analysis", settings).await.expect(200);
    assert_eq!(stream.next().await.unwrap().noun, "settings");
}

#[tokio::test]
async fn a_batch_is_told() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    add(&priya, 9100).await;
    let mut stream = priya.follow(None).await;
    let batch = priya.post("/api/v1/batches/run", Json::Null).await.expect(200).json();
    let mut told = stream.next().await.unwrap();
    while told.noun != "batch" {
        told = stream.next().await.unwrap();
    }
    assert_eq!(told.id, batch["id"].as_str().unwrap());
}

#[tokio::test]
async fn nobody_hears_of_another_tenants_changes() {
    let app = TestApp::start().await;
    let (priya, ravi) = (app.signed_up("priya").await, app.signed_up("ravi").await);
    let mut stream = ravi.follow(None).await;
    for port in 9100..9110 {
        add(&priya, port).await;
    }
    let own = add(&ravi, 9100).await;
    assert_eq!(stream.next().await.unwrap().id, own, "the first event is of one's own change");
}

#[tokio::test]
async fn what_happened_during_a_cut_is_told_afterwards() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    let mut stream = priya.follow(None).await;
    let gone = add(&priya, 9099).await;
    let cursor = stream.next().await.unwrap().cursor;
    drop(stream);
    let missed = [add(&priya, 9100).await, add(&priya, 9101).await, add(&priya, 9102).await];
    let mut stream = priya.follow(Some(&cursor)).await;
    let mut heard = Vec::new();
    while !missed.iter().all(|id| heard.contains(id)) {
        heard.push(stream.next().await.unwrap().id);
    }
    assert!(heard.len() <= 4, "nothing is told twice but what the cut left open: {heard:?}");
    let cursor = {
        add(&priya, 9103).await;
        stream.next().await.unwrap().cursor
    };
    drop(stream);
    priya.delete(&format!("/api/v1/targets/{gone}")).await.expect(204);
    let mut stream = priya.follow(Some(&cursor)).await;
    let mut told = stream.next().await.unwrap();
    while !told.id.is_empty() {
        told = stream.next().await.unwrap();
    }
    assert_eq!(told.noun, "target", "a deletion during the cut is told too");
}

#[tokio::test]
async fn a_stream_ends_with_its_session_its_key_and_its_token() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    let created = priya.post("/api/v1/api-keys", json!({ "name": "ci", "scopes": ["read"] })).await.expect(201).json();
    let key = app.anonymous().with_token(created["secret"].as_str().unwrap());
    let mut by_key = key.follow(None).await;
    priya.delete(&format!("/api/v1/api-keys/{}", created["key"]["id"].as_str().unwrap())).await.expect(204);
    assert_eq!(by_key.next().await, None);

    let mut by_session = priya.follow(None).await;
    priya.post("/api/v1/auth/logout", Json::Null).await.expect(204);
    let begun = Instant::now();
    assert_eq!(by_session.next().await, None);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());

    let app = TestApp::with(&[("JWT_EXPIRE_MINUTES", "0.05")]).await;
    let mut ravi = app.signed_up("ravi").await;
    let mut until_expiry = ravi.follow(None).await;
    assert_eq!(until_expiry.next().await, None);
    ravi.refreshed().await.expect(200);
    ravi.follow(None).await;
}

/// Written through a handle of its own, as another server does: nothing here rings.
#[tokio::test]
async fn what_another_server_wrote_is_told_within_seconds() {
    let Some(uri) = mongo_database() else { return };
    let app = TestApp::with(&[("STORE", "mongodb"), ("MONGO_URI", &uri)]).await;
    let priya = app.signed_up("priya").await;
    let id = add(&priya, 9100).await;
    let elsewhere = StoreSettings::Mongo { uri: uri.into(), database: None };
    let elsewhere = Store::prepare(watchkeeper_docstore::open(&elsewhere).await.unwrap()).await.unwrap();
    let mut stream = priya.follow(None).await;
    assert_eq!(stream.next().await.unwrap().id, id, "what came just before may be told");

    let scope = app.scope(&priya);
    let mut target = elsewhere.tenant(&scope).get::<Target>(&id).await.unwrap().unwrap();
    target.doc.name = "renamed elsewhere".to_owned();
    target.doc.updated_at = jiff::Timestamp::now().into();
    elsewhere.tenant(&scope).replace(&target.doc, target.rev).await.unwrap();
    let begun = Instant::now();
    assert_eq!(stream.next().await.unwrap().id, id);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn events_are_not_held_back_by_compression_nor_a_drain_by_events() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    let request = priya.request(reqwest::Method::GET, "/api/v1/events").header("accept-encoding", "gzip");
    let mut stream = crate::support::Stream::new(request.send().await.unwrap());
    assert_eq!(stream.header("content-encoding"), "identity");
    let id = add(&priya, 9100).await;
    assert_eq!(stream.next().await.unwrap().id, id);
    let begun = Instant::now();
    app.stopped().await;
    assert!(begun.elapsed() < Duration::from_secs(3), "an open stream held the drain for {:?}", begun.elapsed());
    assert_eq!(stream.next().await, None);
}

#[tokio::test]
async fn one_tenants_streams_have_a_limit_and_leave_room_when_they_end() {
    let app = TestApp::start().await;
    let (priya, ravi) = (app.signed_up("priya").await, app.signed_up("ravi").await);
    let mut streams = Vec::new();
    for _ in 0..12 {
        streams.push(priya.follow(None).await);
    }
    let refused = priya.get("/api/v1/events").await.expect(429);
    assert_eq!(refused.code(), "rate_limited");
    assert!(!refused.header("retry-after").is_empty());
    ravi.follow(None).await;
    streams.clear();
    crate::support::parts::eventually("room for another stream", || async {
        match priya.get("/api/v1/events").await.status {
            200 => Ok(()),
            status => Err(status.to_string()),
        }
    })
    .await;
}
