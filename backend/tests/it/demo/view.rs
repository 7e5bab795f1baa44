//! Looking at a demo: the same operations about another tenant, and nothing of one's own to break by it.

use serde_json::json;

use super::{DEPENDENCY, PATH, finished, items, text, unbraked};

#[tokio::test]
async fn only_incidents_can_be_changed_in_a_demo() {
    let app = unbraked(&[]).await;
    let priya = app.signed_up("priya").await;
    priya.post(PATH, json!({ "scenario": DEPENDENCY.scenario })).await.expect(202);
    let run = finished(&priya).await;
    let demo = priya.looking_at_demo();
    let target = json!({ "address": "192.168.7.8:9100" });
    for refused in [
        demo.post("/api/v1/targets", target).await,
        demo.post("/api/v1/batches/run", json!(null)).await,
        demo.post("/api/v1/api-keys", json!({ "name": "mine", "scopes": ["read"] })).await,
        demo.get("/api/v1/auth/sessions").await,
        demo.patch("/api/v1/auth/me", json!({ "time_zone": "Europe/Vienna" })).await,
    ] {
        let refused = refused.expect(409);
        assert_eq!(refused.code(), "invalid_state");
        assert!(refused.text.contains("Leave it first"), "{}", refused.text);
    }
    assert_eq!(demo.get("/api/v1/auth/me").await.expect(200).json()["id"], priya.user_id());
    let path = format!("/api/v1/incidents/{}", text(&run["incident_id"]));
    demo.post(&format!("{path}/reopen"), json!(null)).await.expect(200);
    assert_eq!(demo.get(&path).await.expect(200).json()["state"], "open");
    // The demo is the person's whichever view they ask from.
    demo.delete(PATH).await.expect(204);
    assert!(items(&demo, "/api/v1/incidents").await.is_empty());
    app.stopped().await;
}

#[tokio::test]
async fn a_view_that_does_not_exist_is_refused() {
    let app = unbraked(&[]).await;
    let priya = app.signed_up("priya").await;
    let request = priya.request(reqwest::Method::GET, "/api/v1/incidents").header("x-watchkeeper-view", "usr_1");
    assert_eq!(priya.send(request).await.expect(400).code(), "invalid_parameter");
    app.stopped().await;
}

#[tokio::test]
async fn nobody_scrapes_or_schedules_a_demo() {
    let app = unbraked(&[("SD_TOKEN", "sd-token-of-the-operator")]).await;
    let priya = app.signed_up("priya").await;
    priya.post(PATH, json!({ "scenario": DEPENDENCY.scenario })).await.expect(202);
    finished(&priya).await;
    let operator = app.anonymous().with_token("sd-token-of-the-operator");
    let published = operator.get("/api/v1/sd/targets").await.expect(200);
    assert!(!published.text.contains("10.20.0."), "{}", published.text);
    let batches = items(&priya.looking_at_demo(), "/api/v1/batches").await;
    assert_eq!(batches.len(), 16);
    app.stopped().await;
}
