//! A demo on the live streams: told to its person as it goes on, and of what is in it only to who looks at it.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{DEPENDENCY, PATH, finished, items, unbraked};
use crate::support::parts::{eventually, mongo_database};
use crate::support::{Client, Stream};

/// Reads to the first event of this noun that names this id; the events before it are returned too.
async fn until(stream: &mut Stream, noun: &str, id: &str) -> Vec<(String, String)> {
    let mut heard = Vec::new();
    loop {
        let told = stream.next().await.expect("the stream goes on");
        heard.push((told.noun, told.id));
        if heard.last().is_some_and(|(n, i)| n == noun && i == id) {
            return heard;
        }
    }
}

async fn outbox_is_full(client: &Client) {
    eventually("the last message", || async {
        let letters = items(client, "/api/v1/demo/outbox").await;
        if letters.iter().any(|letter| letter["notice"] == "resolved") {
            Ok(())
        } else {
            Err(letters.len().to_string())
        }
    })
    .await;
}

#[tokio::test]
async fn the_account_hears_how_its_demo_goes_on_and_nothing_of_what_is_in_it() {
    told(&[("STORE", "sqlite")]).await;
}

#[tokio::test]
async fn the_account_hears_of_its_demo_with_mongodb() {
    let Some(uri) = mongo_database() else { return };
    told(&[("STORE", "mongodb"), ("MONGO_URI", &uri)]).await;
}

async fn told(store: &[(&str, &str)]) {
    let app = unbraked(store).await;
    let (priya, ravi) = (app.signed_up("priya").await, app.signed_up("ravi").await);
    let (mut stream, mut others) = (priya.follow(None).await, ravi.follow(None).await);
    let begun = Instant::now();
    priya.post(PATH, json!({ "scenario": DEPENDENCY.scenario })).await.expect(202);
    until(&mut stream, "demo", "demo").await;
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    finished(&priya).await;
    outbox_is_full(&priya).await;

    // Everything that the demo's tenant had to tell lies before its removal.
    priya.delete(PATH).await.expect(204);
    let heard = until(&mut stream, "demo", "").await;
    assert!(heard.iter().all(|(noun, _)| noun == "demo"), "of the demo's tenant, only the demo: {heard:?}");
    assert!(heard.iter().all(|(_, id)| id.is_empty() || id == "demo"), "no id of anything in it: {heard:?}");

    let target = json!({ "address": "192.168.7.7:9100" });
    let own = ravi.post("/api/v1/targets", target).await.expect(201).json()["id"].as_str().unwrap().to_owned();
    assert_eq!(others.next().await.unwrap().id, own, "nobody else hears of it");
    app.stopped().await;
}

#[tokio::test]
async fn who_looks_at_the_demo_hears_of_what_is_in_it() {
    let app = unbraked(&[]).await;
    let priya = app.signed_up("priya").await;
    let demo = priya.looking_at_demo();
    let mut stream = demo.follow(None).await;
    priya.post(PATH, json!({ "scenario": DEPENDENCY.scenario })).await.expect(202);
    let run = finished(&priya).await;
    let incident = run["incident_id"].as_str().unwrap();
    demo.post(&format!("/api/v1/incidents/{incident}/reopen"), json!(null)).await.expect(200);
    let heard = until(&mut stream, "incident", incident).await;
    assert!(heard.iter().any(|(noun, _)| noun == "demo"), "{heard:?}");
    app.stopped().await;
}

#[tokio::test]
async fn a_cut_stream_takes_up_the_demo_where_it_was() {
    let app = unbraked(&[]).await;
    let priya = app.signed_up("priya").await;
    priya.post(PATH, json!({ "scenario": DEPENDENCY.scenario })).await.expect(202);
    finished(&priya).await;
    let cursor = priya.follow(None).await.next().await.unwrap().cursor;
    priya.delete(PATH).await.expect(204);
    let mut stream = priya.follow(Some(&cursor)).await;
    let heard = until(&mut stream, "demo", "").await;
    assert!(heard.iter().all(|(noun, _)| noun == "demo"), "{heard:?}");
    // The same revisions under the same id, and yet news.
    priya.post(PATH, json!({ "scenario": DEPENDENCY.scenario })).await.expect(202);
    until(&mut stream, "demo", "demo").await;
    app.stopped().await;
}
