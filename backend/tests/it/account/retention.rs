//! How much is kept: what a tenant shortens is deleted, nothing of others, and other settings stay as they are.

use serde_json::{Value as Json, json};
use watchkeeper::auth::SystemScope;
use watchkeeper::jobs::retention::ShortenedRetention;
use watchkeeper::jobs::{Job, Progress};
use watchkeeper::store::Document;
use watchkeeper_domain::batch::Batch;
use watchkeeper_domain::incident::Incident;
use watchkeeper_domain::time::{DAY, UtcMillis};

use crate::support::{Client, TestApp};

const NOW: i64 = 1_800_000_000_000;

async fn keep<D: Document>(app: &TestApp, owner: &Client, document: Json) {
    let document: D = serde_json::from_value(document).unwrap();
    app.store.tenant(&app.scope(owner)).insert(&document).await.unwrap();
}

fn id(prefix: &str) -> String {
    format!("{prefix}_{}", uuid::Uuid::now_v7().simple())
}

async fn aged(app: &TestApp, owner: &Client, days: i64) {
    let at = NOW - days * DAY;
    let batch = json!({
        "id": id("bat"), "trigger": "manual", "window": { "start": at, "end": at }, "started_at": at,
        "finished_at": at, "outcome": { "type": "quiet" }, "receipt": { "series": 0, "outside": 0, "targets": 0,
            "targets_down": 0, "text": "", "model_called": false, "prompt_tokens": 0, "full_text_tokens": 0 },
        "facts": [], "targets": [], "incident_ids": [], "llm_call_ids": [], "truncated": null, "complete": true,
        "expires_at": NOW * 2,
    });
    keep::<Batch>(app, owner, batch).await;
    for state in ["open", "resolved"] {
        let resolved_at = (state == "resolved").then_some(at);
        let incident = json!({
            "id": id("inc"), "fingerprint": "f", "open_key": resolved_at.is_none().then(|| format!("open {days}")),
            "state": state, "severity": "high", "title": "", "summary": "", "root_cause": "",
            "fix_plan": { "immediate": [], "prevention": [] }, "verdict": "likely", "confidence": 70,
            "verdict_reason": "", "hypotheses": [], "evidence": [], "anomaly_count": 0, "instances": [],
            "window": { "start": at, "end": at }, "author_provider": "builtin", "author_model": "builtin",
            "rca_id": null, "opened_at": at, "updated_at": at, "resolved_at": resolved_at, "quiet_batches": 0,
            "last_batch_id": null, "timeline": [], "pending_notices": [], "has_pending": false,
        });
        keep::<Incident>(app, owner, incident).await;
    }
}

async fn count(client: &Client, path: &str) -> usize {
    client.get(path).await.expect(200).json()["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn what_is_older_than_wanted_goes_and_open_incidents_stay() {
    let app = TestApp::start().await;
    let (priya, ravi) = (app.signed_up("priya").await, app.signed_up("ravi").await);
    for owner in [&priya, &ravi] {
        for days in [1, 5, 20] {
            aged(&app, owner, days).await;
        }
    }
    let analysis = json!({ "analysis_mode": "every_batch", "resolve_after_batches": 7, "daily_token_budget": 1234 });
    priya.put("/api/v1/settings/analysis", analysis).await.expect(200);
    let wanted = json!({ "batches_days": 7, "incidents_days": 3 });
    let kept = priya.put("/api/v1/settings/retention", wanted).await.expect(200).json();
    assert_eq!(
        (&kept["batches_days"], &kept["anomalies_days"], &kept["longest_days"]),
        (&json!(7), &json!(null), &json!(30))
    );
    let job = ShortenedRetention::new(app.store.clone(), SystemScope::for_job("test"));
    while job.step(UtcMillis(NOW)).await.unwrap() == Progress::More {}
    assert_eq!((count(&priya, "/api/v1/batches").await, count(&ravi, "/api/v1/batches").await), (2, 3));
    assert_eq!((count(&priya, "/api/v1/incidents").await, count(&ravi, "/api/v1/incidents").await), (4, 6));
    let analysis = priya.get("/api/v1/settings/analysis").await.expect(200).json();
    assert_eq!((&analysis["resolve_after_batches"], &analysis["daily_token_budget"]), (&json!(7), &json!(1234)));
    priya.put("/api/v1/settings/analysis", analysis).await.expect(200);
    assert_eq!(
        priya.get("/api/v1/settings/retention").await.json()["batches_days"],
        7,
        "the two do not overwrite each other"
    );
}

#[tokio::test]
async fn nobody_keeps_longer_than_the_operator() {
    let app = TestApp::with(&[("RETENTION_DAYS", "14")]).await;
    let priya = app.signed_up("priya").await;
    let put = async |body: Json| priya.put("/api/v1/settings/retention", body).await;
    for (field, days) in
        [("batches_days", 15), ("anomalies_days", 0), ("root_causes_days", 400), ("incidents_days", 4000)]
    {
        let refused = put(json!({ field: days })).await.expect(422).json();
        assert_eq!(refused["errors"][0]["field"], field, "{refused}");
    }
    put(json!({ "batches_days": 14, "incidents_days": 3650 })).await.expect(200);
    assert_eq!(put(json!({ "batch_days": 3 })).await.expect(400).code(), "malformed_body");
}
