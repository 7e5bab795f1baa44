//! The main job, end to end with real parts: an exporter that is watched, quietly; it dies, a person is told why; it comes
//! back, and they are told that too. Somebody signed up beside them hears of nothing.

mod world;

use serde_json::{Value as Json, json};

use self::world::{World, items, text};
use crate::support::mail_server::{header, readable};
use crate::support::parts::{NodeExporter, eventually, mongo_database};
use crate::support::{Client, TestApp};

/// Quiet batches in a row that show that a healthy machine is left in peace.
const QUIET: usize = 4;

#[tokio::test]
async fn a_dead_exporter_is_told_and_so_is_its_return() {
    story(&[("STORE", "sqlite")]).await;
}

#[tokio::test]
async fn a_dead_exporter_is_told_and_so_is_its_return_with_mongodb() {
    let Some(uri) = mongo_database() else { return };
    story(&[("STORE", "mongodb"), ("MONGO_URI", &uri)]).await;
}

/// The whole of it, over any store.
async fn story(store: &[(&str, &str)]) {
    let Some(world) = World::start(store).await else { return };
    let Some(exporter) = NodeExporter::start().await else { return };
    let (priya, omar) = (world.app.signed_up("priya").await, world.app.signed_up("omar").await);
    world.tell(&priya).await;
    world.tell(&omar).await;
    let target = add(&priya, &exporter.address).await;

    becomes(&priya, &target, "up").await;
    world.scraped_for(&priya, &exporter.address).await;
    stays_quiet(&priya).await;

    let port = exporter.port();
    drop(exporter);
    let stopped = jiff::Timestamp::now();
    let incident = opens(&priya, &stopped).await;
    explains(&incident, &target);
    let link = format!("{}/app/incidents/{}", world.site(), text(&incident["id"]));
    world.told(1, "[HIGH] web is down: connection refused", &link).await;

    let Some(_back) = NodeExporter::start_at(port).await else { return };
    becomes(&priya, &target, "up").await;
    resolves(&priya, &incident).await;
    world.told(2, "Re: [RESOLVED] web is down: connection refused", &link).await;
    let mails = world.mail.mails();
    let first = header(&mails[0], "Message-ID");
    assert!(!first.is_empty() && header(&mails[0], "In-Reply-To").is_empty(), "{}", mails[0]);
    assert_eq!((header(&mails[1], "In-Reply-To"), header(&mails[1], "References")), (first.clone(), first));
    all_sent(&priya, &incident).await;

    sees_nothing(&omar, &target, &incident).await;
    tells_of_itself(&world.app).await;
    world.app.stopped().await;
}

async fn add(client: &Client, address: &str) -> Json {
    let target = json!({ "address": address, "name": "web", "kind": "node" });
    client.post("/api/v1/targets", target).await.expect(201).json()
}

async fn becomes(client: &Client, target: &Json, state: &str) {
    let path = format!("/api/v1/targets/{}", text(&target["id"]));
    eventually("the target's health", || async {
        let health = client.get(&path).await.expect(200).json()["health"].clone();
        if health["state"] == state { Ok(()) } else { Err(health.to_string()) }
    })
    .await;
}

/// Batches with metrics in them, none outside its baseline, and no incident.
async fn stays_quiet(client: &Client) {
    let receipts = eventually("quiet batches", || async {
        let batches = items(client, "/api/v1/batches?limit=100").await;
        let receipts: Vec<Json> = batches.iter().map(|batch| batch["receipt"].clone()).collect();
        let full = receipts.iter().filter(|receipt| receipt["series"].as_u64() > Some(50)).count();
        if full >= QUIET { Ok(receipts) } else { Err(format!("{full} full batches of {}", receipts.len())) }
    })
    .await;
    for receipt in receipts {
        assert_eq!(text(&receipt["text"]), format!("0 of {} series outside baseline", receipt["series"]));
        assert_eq!(receipt["model_called"], false);
    }
    assert!(items(client, "/api/v1/incidents").await.is_empty());
}

/// The incident of the dead target, found by the second batch at the latest of those that could see it.
async fn opens(client: &Client, stopped: &jiff::Timestamp) -> Json {
    let row = eventually("an incident", || async {
        let incidents = items(client, "/api/v1/incidents?state=open").await;
        incidents.into_iter().next().ok_or_else(|| "none".to_owned())
    })
    .await;
    assert_eq!(items(client, "/api/v1/incidents").await.len(), 1);
    // One scrape interval and its timeout after the stop, Prometheus knows.
    let known = *stopped + jiff::SignedDuration::from_secs(2);
    let batches = items(client, "/api/v1/batches?limit=100").await;
    let blind = batches.iter().filter(|batch| {
        let end: jiff::Timestamp = text(&batch["window"]["end"]).parse().unwrap();
        end > known && batch["receipt"]["targets_down"] == 0
    });
    assert!(blind.count() <= 1, "{batches:?}");
    client.get(&format!("/api/v1/incidents/{}", text(&row["id"]))).await.expect(200).json()
}

/// What, where, how bad, why, on what evidence, and what to do.
fn explains(incident: &Json, target: &Json) {
    assert_eq!(incident["verdict"], "confirmed", "{incident}");
    assert_eq!(incident["severity"], "high", "{incident}");
    assert_eq!(incident["instances"], json!([target["address"]]), "{incident}");
    assert!(text(&incident["root_cause"]).contains("nothing listens on the port"), "{incident}");
    assert!(!incident["fix_plan"]["immediate"].as_array().unwrap().is_empty(), "{incident}");
    let proof = &incident["evidence"][0];
    assert_eq!((&proof["kind"], &proof["target_name"]), (&json!("target_down"), &json!("web")), "{incident}");
    assert!(text(&proof["text"]).contains("connection refused"), "{proof}");
    assert_eq!(incident["timeline"][0]["kind"], "opened", "{incident}");
}

async fn resolves(client: &Client, incident: &Json) {
    let path = format!("/api/v1/incidents/{}", text(&incident["id"]));
    let resolved = eventually("the resolution", || async {
        let incident = client.get(&path).await.expect(200).json();
        if incident["state"] == "resolved" { Ok(incident) } else { Err(incident["timeline"].to_string()) }
    })
    .await;
    let kinds: Vec<&str> =
        resolved["timeline"].as_array().unwrap().iter().map(|entry| entry["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["opened", "resolved"]);
    assert_eq!(items(client, "/api/v1/incidents").await.len(), 1, "its return is no failure of its own");
}

async fn all_sent(client: &Client, incident: &Json) {
    let path = format!("/api/v1/incidents/{}/deliveries", text(&incident["id"]));
    let rows = eventually("the ledger", || async {
        let rows = items(client, &path).await;
        if rows.iter().all(|row| row["state"] == "sent") { Ok(rows) } else { Err(format!("{rows:?}")) }
    })
    .await;
    let mut sent: Vec<(&str, &str)> =
        rows.iter().map(|row| (row["channel"].as_str().unwrap(), row["notice"].as_str().unwrap())).collect();
    sent.sort_unstable();
    assert_eq!(sent, [("email", "opened"), ("email", "resolved"), ("slack", "opened"), ("slack", "resolved")]);
    assert_eq!(items(client, "/api/v1/deliveries").await.len(), rows.len());
}

/// Somebody else's lists are empty, and the ids mean nothing to them.
async fn sees_nothing(client: &Client, target: &Json, incident: &Json) {
    for list in ["targets", "incidents", "batches", "anomalies", "rca", "deliveries"] {
        assert!(items(client, &format!("/api/v1/{list}")).await.is_empty(), "{list}");
    }
    let (target, incident) = (text(&target["id"]), text(&incident["id"]));
    for path in
        [format!("targets/{target}"), format!("incidents/{incident}"), format!("incidents/{incident}/deliveries")]
    {
        assert_eq!(client.get(&format!("/api/v1/{path}")).await.expect(404).code(), "not_found", "{path}");
    }
}

/// The server's own counters and checks have seen all that.
async fn tells_of_itself(app: &TestApp) {
    let metrics = app.anonymous().get("/metrics").await.expect(200).text;
    for row in [
        r#"batches_total{outcome="quiet"} "#,
        r#"batches_total{outcome="analysed"} "#,
        "series_examined_total ",
        "facts_total ",
        r#"incident_changes_total{kind="opened"} 1"#,
        r#"incident_changes_total{kind="resolved"} 1"#,
        r#"deliveries_total{state="sent"} 4"#,
    ] {
        let row = format!("watchkeeper_{row}");
        let found = metrics.lines().any(|line| line.starts_with(&row) && !line.ends_with(" 0"));
        assert!(found, "{row} is missing in\n{metrics}");
    }
    let readiness = app.anonymous().get("/health/ready").await.expect(200).json();
    let state = |name: &str| {
        let checks = readiness["checks"].as_array().unwrap().iter();
        checks.filter(|check| check["name"] == name).map(|check| text(&check["state"])).collect::<String>()
    };
    let states = ["store", "metrics", "model", "scheduler"].map(state);
    assert_eq!(states, ["ok", "ok", "off", "ok"], "{readiness}");
}
