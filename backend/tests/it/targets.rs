//! Targets by the API, from the form to the file that Prometheus reads, and back as health.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value as Json, json};
use watchkeeper::store::Schedule;

use crate::support::parts::{NodeExporter, Prometheus, eventually};
use crate::support::{Client, TestApp};

const PATH: &str = "/api/v1/targets";

async fn create(client: &Client, body: Json) -> Json {
    client.post(PATH, body).await.expect(201).json()
}

fn published(app: &TestApp, client: &Client) -> PathBuf {
    app.dir.path().join("targets").join(format!("{}.json", client.user_id()))
}

/// Waits until the tenant's file holds exactly this; empty: until it is gone.
async fn file_is(app: &TestApp, client: &Client, expected: &str) {
    let path = published(app, client);
    eventually("the published file", || async {
        let content = fs::read_to_string(&path).unwrap_or_default();
        if content == expected { Ok(()) } else { Err(content) }
    })
    .await;
}

async fn names(client: &Client, query: &str) -> Vec<String> {
    let page = client.get(&format!("{PATH}?{query}")).await.expect(200).json();
    page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_target_lives_from_form_to_file_and_leaves_no_trace() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    let created = create(&priya, json!({"address": "192.168.1.4:9182", "name": "server", "kind": "windows"})).await;
    assert_eq!((&created["scheme"], &created["metrics_path"]), (&json!("http"), &json!("/metrics")));
    assert_eq!(created["health"]["state"], "unknown", "no Prometheus answers here: {created}");
    let user_id = priya.user_id();
    let documented = format!(
        r#"[{{"targets":["192.168.1.4:9182"],"labels":{{"job":"dynamic-targets","name":"server","user_id":"{user_id}"}}}}]"#
    );
    file_is(&app, &priya, &documented).await;

    let one = format!("{PATH}/{}", created["id"].as_str().unwrap());
    let change = json!({"address": "https://192.168.1.4/probe", "tags": {"env": "prod"}});
    let changed = priya.patch(&one, change).await.expect(200).json();
    assert_eq!((&changed["address"], &changed["name"]), (&json!("192.168.1.4:443"), &json!("server")));
    assert_eq!(changed["created_at"], created["created_at"]);
    let labels = format!(
        r#""job":"dynamic-targets","name":"server","user_id":"{user_id}","env":"prod","__scheme__":"https","__metrics_path__":"/probe""#
    );
    file_is(&app, &priya, &format!(r#"[{{"targets":["192.168.1.4:443"],"labels":{{{labels}}}}}]"#)).await;

    let paused = priya.patch(&one, json!({"enabled": false})).await.expect(200).json();
    assert_eq!(paused["health"], json!({"state": "paused"}));
    file_is(&app, &priya, "").await;
    assert_eq!(priya.delete(&one).await.status, 204);
    assert_eq!(priya.get(&one).await.expect(404).code(), "not_found");
}

#[tokio::test]
async fn what_is_typed_wrong_is_named_field_by_field() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    let refused = priya.post(PATH, json!({"address": "server", "tags": {"user_id": "usr_x"}})).await.expect(422).json();
    let errors = refused["errors"].as_array().unwrap();
    let words: Vec<_> = errors.iter().map(|e| (e["field"].as_str().unwrap(), e["message"].as_str().unwrap())).collect();
    assert_eq!(
        words,
        [
            ("address", "add the port, such as server:9100"),
            ("tags", "tag \"user_id\": the server sets this label itself; choose another name"),
        ]
    );
    create(&priya, json!({"address": "Db:9187"})).await;
    let taken = priya.post(PATH, json!({"address": "http://db:9187/metrics"})).await.expect(409);
    assert!(taken.text.contains("You already have a target at http://db:9187/metrics."), "{}", taken.text);
    let other = create(&priya, json!({"address": "http://db:9187/other"})).await;
    let onto = format!("{PATH}/{}", other["id"].as_str().unwrap());
    priya.patch(&onto, json!({"address": "db:9187"})).await.expect(409);
    // Another account may watch the same exporter.
    create(&app.signed_up("sam").await, json!({"address": "db:9187"})).await;
}

#[tokio::test]
async fn forbidden_addresses_are_refused_in_every_spelling() {
    let everywhere =
        ["169.254.169.254:80", "[fd00:ec2::254]:80", "[::ffff:169.254.169.254]:80", "0.0.0.0:9100", "[fe80::1]:9100"];
    let when_strict = ["127.0.0.1:9100", "127.1:9100", "0x7f.1:9100", "localhost:9100", "10.0.0.8:9100", "[::1]:9100"];
    for (allowed, refused) in
        [("true", &everywhere[..]), ("false", &[everywhere.as_slice(), &when_strict].concat()[..])]
    {
        let app = TestApp::with(&[("ALLOW_PRIVATE_TARGETS", allowed)]).await;
        let priya = app.signed_up("priya").await;
        for address in refused {
            let answer = priya.post(PATH, json!({ "address": address })).await;
            assert_eq!((answer.status, answer.code().as_str()), (422, "validation_failed"), "{address} with {allowed}");
        }
        let private = priya.post(PATH, json!({"address": "127.0.0.1:9100"})).await;
        assert_eq!(private.status == 201, allowed == "true", "{}", private.text);
    }
}

#[tokio::test]
async fn lists_are_filtered_paged_and_capped() {
    let app = TestApp::with(&[("MAX_TARGETS", "3")]).await;
    let priya = app.signed_up("priya").await;
    create(&priya, json!({"address": "a:9100", "name": "Web one", "kind": "node"})).await;
    create(&priya, json!({"address": "b:9100", "name": "Web two", "kind": "node", "enabled": false})).await;
    create(&priya, json!({"address": "c:9187", "name": "Base", "kind": "postgres", "tags": {"env": "prod"}})).await;
    let full = priya.post(PATH, json!({"address": "d:9100"})).await.expect(409);
    assert!(full.text.contains("An account may have 3 targets."), "{}", full.text);
    assert_eq!(names(&priya, "").await, ["Base", "Web two", "Web one"]);
    assert_eq!(names(&priya, "enabled=true").await, ["Base", "Web one"]);
    assert_eq!(names(&priya, "kind=node&q=WEB").await, ["Web two", "Web one"]);
    assert_eq!(names(&priya, "q=prod").await, ["Base"]);
    assert_eq!(names(&priya, "q=web%20prod").await, Vec::<String>::new());
    priya.get(&format!("{PATH}?kind=toaster")).await.expect(400);
    let first = priya.get(&format!("{PATH}?limit=2")).await.expect(200).json();
    let next = first["next_cursor"].as_str().unwrap();
    assert_eq!(names(&priya, &format!("limit=2&cursor={next}")).await, ["Web one"]);
}

#[tokio::test]
async fn the_schedule_follows_the_enabled_targets() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    let scope = app.scope(&priya);
    let active = || async {
        let schedule = app.store.tenant(&scope).get::<Schedule>("schedule").await.unwrap();
        schedule.map(|schedule| schedule.doc.active)
    };
    assert_eq!(active().await, None);
    let created = create(&priya, json!({"address": "a:9100", "enabled": false})).await;
    assert_eq!(active().await, None);
    let one = format!("{PATH}/{}", created["id"].as_str().unwrap());
    priya.patch(&one, json!({"enabled": true})).await.expect(200);
    assert_eq!(active().await, Some(true));
    priya.delete(&one).await.expect(204);
    assert_eq!(active().await, Some(false));
}

#[tokio::test]
async fn http_discovery_opens_to_its_own_token_only() {
    let app = TestApp::with(&[("SD_TOKEN", "discovery-token-of-the-operator-0123456789")]).await;
    let priya = app.signed_up("priya").await;
    create(&priya, json!({"address": "a:9100", "name": "a"})).await;
    create(&app.signed_up("sam").await, json!({"address": "b:9100", "name": "b"})).await;
    for caller in [app.anonymous(), priya.clone(), app.anonymous().with_token("discovery-token")] {
        caller.get("/api/v1/sd/targets").await.expect(401);
    }
    let prometheus = app.anonymous().with_token("discovery-token-of-the-operator-0123456789");
    let answer = prometheus.get("/api/v1/sd/targets").await.expect(200);
    assert_eq!(answer.header("content-type"), "application/json");
    let groups = answer.json();
    let found: Vec<_> = groups.as_array().unwrap().iter().map(|group| &group["targets"][0]).collect();
    assert_eq!(found, ["a:9100", "b:9100"]);
    assert_eq!(groups[0]["labels"]["user_id"], priya.user_id());
}

#[tokio::test]
async fn a_target_added_by_the_api_is_scraped_and_its_health_comes_back() {
    let Some(prometheus) = Prometheus::start().await else { return };
    let Some(exporter) = NodeExporter::start().await else { return };
    let dir = prometheus.targets_dir.to_str().unwrap();
    let app = TestApp::with(&[("PROM_URL", &prometheus.url), ("TARGETS_DIR", dir)]).await;
    let (priya, sam) = (app.signed_up("priya").await, app.signed_up("sam").await);
    let created = create(&priya, json!({"address": exporter.address, "name": "web", "kind": "node"})).await;
    assert_eq!(created["health"]["state"], "pending");
    let one = format!("{PATH}/{}", created["id"].as_str().unwrap());
    let becomes = |state: &'static str| {
        let (priya, one) = (priya.clone(), one.clone());
        async move {
            eventually(state, || async {
                let health = priya.get(&one).await.expect(200).json()["health"].clone();
                if health["state"] == state { Ok(health) } else { Err(health.to_string()) }
            })
            .await
        }
    };
    let up = becomes("up").await;
    assert!(up["last_scrape"].is_string() && up["scrape_duration_seconds"].as_f64().unwrap() > 0.0, "{up}");
    drop(exporter);
    let down = becomes("down").await;
    assert!(down["error"].as_str().unwrap().contains("connection refused"), "{down}");
    assert_eq!(down["failure"], "refused");
    assert_eq!(names(&sam, "").await, Vec::<String>::new());
    sam.get(&one).await.expect(404);
}
