//! Incidents over HTTP, on the real server.

use serde_json::{Value as Json, json};

use crate::batch::world::{Sky, World};
use crate::support::{Client, TestApp};

/// The one incident of the list.
async fn only(client: &Client) -> Json {
    let list = client.get("/api/v1/incidents").await.expect(200).json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
    list["items"][0].clone()
}

#[tokio::test]
async fn an_incident_is_acknowledged_resolved_and_reopened_by_people() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    let scope = app.scope(&priya);
    let world = World::over(app.store.clone());
    world.adopt(&scope).await;
    world.sky(&scope, Sky::TargetDown);
    world.minute(&scope).await;

    let listed = only(&priya).await;
    let path = format!("/api/v1/incidents/{}", listed["id"].as_str().unwrap());
    let detail = priya.get(&path).await.expect(200).json();
    assert_eq!((&detail["state"], &detail["title"]), (&json!("open"), &listed["title"]));
    assert!(!detail["evidence"].as_array().unwrap().is_empty());
    assert_eq!(detail["timeline"][0]["kind"], "opened");

    let acknowledged = priya.post(&format!("{path}/acknowledge"), Json::Null).await.expect(200).json();
    assert_eq!(
        (&acknowledged["state"], &acknowledged["timeline"][1]["actor"]),
        (&json!("acknowledged"), &json!("priya"))
    );
    let again = priya.post(&format!("{path}/acknowledge"), Json::Null).await.expect(409);
    assert_eq!(again.code(), "invalid_state");
    let resolved =
        priya.post(&format!("{path}/resolve"), json!({ "why": "swapped the disk" })).await.expect(200).json();
    assert_eq!(
        (&resolved["state"], &resolved["timeline"][2]["detail"]),
        (&json!("resolved"), &json!("swapped the disk"))
    );
    let reopened = priya.post(&format!("{path}/reopen"), Json::Null).await.expect(200).json();
    assert_eq!((&reopened["state"], &reopened["resolved_at"]), (&json!("open"), &Json::Null));

    let mallory = app.signed_up("mallory").await;
    assert_eq!(mallory.get(&path).await.expect(404).code(), "not_found");
    assert_eq!(mallory.post(&format!("{path}/resolve"), json!({})).await.expect(404).code(), "not_found");
    assert_eq!(mallory.get("/api/v1/incidents").await.expect(200).json()["items"], json!([]));
}

#[tokio::test]
async fn lists_are_filtered_and_paged() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    let scope = app.scope(&priya);
    let world = World::over(app.store.clone());
    world.adopt(&scope).await;
    for _ in 0..3 {
        world.minute(&scope).await;
    }
    world.sky(&scope, Sky::TargetDown);
    world.minute(&scope).await;
    let first = priya.get("/api/v1/batches?limit=3").await.expect(200).json();
    assert_eq!(first["items"].as_array().unwrap().len(), 3);
    let next = format!("/api/v1/batches?limit=3&cursor={}", first["next_cursor"].as_str().unwrap());
    let rest = priya.get(&next).await.expect(200).json();
    assert_eq!((rest["items"].as_array().unwrap().len(), rest.get("next_cursor")), (1, None));
    for (path, expected) in [
        ("/api/v1/batches?outcome=quiet", 3),
        ("/api/v1/batches?outcome=analysed", 1),
        ("/api/v1/incidents?state=open&instance=web:9100", 1),
        ("/api/v1/incidents?state=resolved", 0),
        ("/api/v1/incidents?severity=low", 0),
        ("/api/v1/anomalies?instance=web:9100", 1),
        ("/api/v1/anomalies?instance=other:9100", 0),
        ("/api/v1/rca", 1),
        ("/api/v1/rca?to=2001-01-01T00:00:00Z", 0),
    ] {
        let items = priya.get(path).await.expect(200).json()["items"].as_array().unwrap().len();
        assert_eq!(items, expected, "{path}");
    }
    let analysed = priya.get("/api/v1/batches?outcome=analysed").await.json()["items"][0].clone();
    let detail = priya.get(&format!("/api/v1/batches/{}", analysed["id"].as_str().unwrap())).await.expect(200).json();
    assert_eq!(detail["facts"].as_array().unwrap().len() as u64, detail["fact_count"].as_u64().unwrap());
    let stats = priya.get("/api/v1/stats").await.expect(200).json();
    assert_eq!((&stats["standing"], &stats["incidents"]["open"]), (&json!("burning"), &json!(1)));
    assert_eq!((&stats["targets"]["down"], stats["strip"].as_array().unwrap().len()), (&json!(1), 48));
}

#[tokio::test]
async fn a_batch_by_hand_says_why_it_failed() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    let batch = priya.post("/api/v1/batches/run", Json::Null).await.expect(200).json();
    assert_eq!((&batch["outcome"], &batch["trigger"]), (&json!("failed"), &json!("manual")));
    assert!(batch["error"].as_str().unwrap().contains("PROM_URL"), "{batch}");
    let stats = priya.get("/api/v1/stats").await.expect(200).json();
    assert_eq!(stats["last_batch_error"], batch["error"]);
}

#[tokio::test]
async fn settings_are_checked_field_by_field() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    let mut settings = priya.get("/api/v1/settings/analysis").await.expect(200).json();
    assert_eq!((&settings["analysis_mode"], &settings["resolve_after_batches"]), (&json!("gated"), &json!(2)));
    settings["analysis_mode"] = json!("every_batch");
    settings["batch_interval_seconds"] = json!(30);
    let put = |body: Json| priya.with_body(reqwest::Method::PUT, "/api/v1/settings/analysis", body);
    let changed = put(settings.clone()).await.expect(200).json();
    assert_eq!(changed, priya.get("/api/v1/settings/analysis").await.expect(200).json());
    settings["batch_interval_seconds"] = json!(1);
    settings["resolve_after_batches"] = json!(0);
    let refused = put(settings).await.expect(422).json();
    let fields: Vec<&str> =
        refused["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["batch_interval_seconds", "resolve_after_batches"]);
}
