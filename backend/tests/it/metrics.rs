//! Metrics by the API, on the server that scrapes by itself.

use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::support::parts::{eventually, eventually_within, free_port};
use crate::support::process::ServerProcess;
use crate::support::{Client, TestApp, client_at};

const RANGE: &str = "/api/v1/metrics/range";

async fn builtin() -> TestApp {
    TestApp::with(&[("METRICS_SOURCE", "builtin"), ("ALLOW_PRIVATE_TARGETS", "true")]).await
}

async fn get(client: &Client, path: &str) -> Json {
    client.get(path).await.expect(200).json()
}

/// Adds the server itself as it is offered, and waits until it was scraped.
async fn watching_itself(client: &Client) -> Json {
    let offered = get(client, "/api/v1/targets/suggestions").await["items"][0].clone();
    let body = json!({ "address": offered["address"], "name": offered["name"], "kind": offered["kind"] });
    let target = client.post("/api/v1/targets", body).await.expect(201).json();
    let path = format!("/api/v1/targets/{}", target["id"].as_str().unwrap());
    eventually("the first scrape", || async {
        let seen = get(client, &path).await;
        if seen["health"]["state"] == "up" { Ok(seen) } else { Err(seen.to_string()) }
    })
    .await
}

#[tokio::test]
async fn the_server_watches_itself_in_one_click() {
    let app = builtin().await;
    let priya = app.signed_up("priya").await;
    let source = get(&priya, "/api/v1/metrics/source").await;
    assert_eq!((&source["kind"], &source["promql"]), (&json!("builtin"), &json!(false)));
    assert_eq!(source["scrape_interval_seconds"], 15.0);
    let target = watching_itself(&priya).await;
    assert_eq!(get(&priya, "/api/v1/targets/suggestions").await["items"], json!([]));

    let instances = get(&priya, "/api/v1/metrics/instances").await;
    assert_eq!(
        (&instances["items"][0]["instance"], &instances["items"][0]["name"]),
        (&target["address"], &json!("watchkeeper"))
    );
    assert!(instances["items"][0]["series"].as_u64().unwrap() > 5, "{instances}");
    let names = get(&priya, "/api/v1/metrics/names?search=HTTP_request&limit=500").await;
    let counts = names["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["metric"] == "watchkeeper_http_request_duration_seconds_count");
    assert_eq!(counts.unwrap()["kind"], "counter_rate", "a part of a histogram: {names}");
    let up = eventually("a whole second after the first scrape", || async {
        let up = get(&priya, &format!("{RANGE}?metric=up&points=10")).await;
        if up["series"][0]["values"][9] == 1.0 { Ok(up) } else { Err(up.to_string()) }
    })
    .await;
    assert_eq!(up["series"][0]["values"].as_array().unwrap().len(), 10, "{up}");
    assert!(up["series"][0]["labels"].get("user_id").is_none());
    let id = target["id"].as_str().unwrap();
    let scrapes = get(&priya, &format!("/api/v1/targets/{id}/scrapes")).await;
    assert_eq!(scrapes["up"].as_array().unwrap().last(), Some(&json!(true)), "{scrapes}");
    assert!(scrapes["duration_seconds"].as_array().unwrap().last().unwrap().as_f64() > Some(0.0), "{scrapes}");
    assert!(scrapes["series"].as_u64().unwrap() > 5 && scrapes["up"].as_array().unwrap().len() <= 1_000);

    let sam = app.signed_up("sam").await;
    assert_eq!(get(&sam, "/api/v1/metrics/instances").await["items"], json!([]));
    assert_eq!(get(&sam, "/api/v1/metrics/names").await["items"], json!([]));
    assert_eq!(get(&sam, &format!("{RANGE}?metric=up")).await["series"], json!([]));
    sam.get(&format!("/api/v1/targets/{id}/scrapes")).await.expect(404);

    let batch = priya.post("/api/v1/batches/run", Json::Null).await.expect(200).json();
    assert_ne!(batch["outcome"], "failed", "{batch}");
    let ready = app.anonymous().get("/health/ready").await.expect(200).text;
    assert!(ready.contains("built-in collector"), "{ready}");
}

#[tokio::test]
async fn samples_survive_a_crash() {
    let dir = tempfile::tempdir().unwrap();
    let port = free_port();
    let settings = [("METRICS_SOURCE", "builtin"), ("ALLOW_PRIVATE_TARGETS", "true"), ("SCHEDULER_ENABLED", "false")];
    let server = ServerProcess::start(port, dir.path(), &settings).await;
    let mut priya = client_at(&server.base);
    priya.register("priya").await;
    let target = watching_itself(&priya).await;
    let kept = dir.path().join("data/collector").join(priya.user_id());
    eventually_within(Duration::from_secs(60), "samples on disk", || async {
        let files = std::fs::read_dir(&kept).into_iter().flatten().flatten();
        let bytes: u64 = files.map(|file| file.metadata().unwrap().len()).sum();
        if bytes > 100 { Ok(()) } else { Err(format!("{bytes} bytes")) }
    })
    .await;
    let killed = jiff::Timestamp::now();
    server.kill();
    let _server = ServerProcess::start(port, dir.path(), &settings).await;
    let path = format!("{RANGE}?metric=up&points=1000&to={killed}");
    let before = get(&priya, &path).await;
    let values = before["series"][0]["values"].as_array().unwrap();
    assert!(values.iter().filter(|value| **value == 1.0).count() >= 2, "{before}");
    assert_eq!(before["series"][0]["labels"]["instance"], target["address"]);
}

#[tokio::test]
async fn a_parameter_that_is_wrong_is_named() {
    let app = builtin().await;
    let priya = app.signed_up("priya").await;
    let unknown = get(&priya, &format!("{RANGE}?metric=no_such_metric")).await;
    assert_eq!((&unknown["series"], &unknown["truncated"]), (&json!([]), &json!(false)));
    let (early, late) = ("2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z");
    for (query, word) in [
        (String::new(), "metric"),
        ("metric=".to_owned(), "metric"),
        ("metric=up&points=0".to_owned(), "points"),
        ("metric=up&points=1001".to_owned(), "points"),
        ("metric=up&from=yesterday".to_owned(), "from: \\\"yesterday\\\" is no instant"),
        ("metric=up&to=2026-13-01".to_owned(), "to: "),
        (format!("metric=up&from={late}&to={early}"), "from"),
        (format!("metric=up&from={early}&to={late}"), "31 days"),
        (format!("metric={}", "m".repeat(600)), "metric"),
    ] {
        let refused = priya.get(&format!("{RANGE}?{query}")).await.expect(400);
        assert!(refused.code() == "invalid_parameter" && refused.text.contains(word), "{query}: {}", refused.text);
    }
    let refused = priya.get("/api/v1/metrics/names?limit=501").await.expect(400);
    assert!(refused.text.contains("limit"), "{}", refused.text);
}

#[tokio::test]
async fn nobody_learns_where_the_operators_prometheus_is() {
    let app = TestApp::with(&[("PROM_URL", "http://127.0.0.1:9/hidden")]).await;
    let priya = app.signed_up("priya").await;
    let target = priya.post("/api/v1/targets", json!({ "address": "192.168.1.4:9100" })).await.expect(201);
    let batch = priya.post("/api/v1/batches/run", Json::Null).await.expect(200);
    let source = priya.get("/api/v1/metrics/source").await.expect(200);
    let range = priya.get(&format!("{RANGE}?metric=up")).await.expect(502);
    for answer in [target, batch, source, range] {
        assert!(answer.text.contains("PROM_URL"), "what to do is said: {}", answer.text);
        assert!(!answer.text.contains("127.0.0.1:9") && !answer.text.contains("hidden"), "{}", answer.text);
    }
    let ready = app.anonymous().get("/health/ready").await.expect(200).text;
    assert!(ready.contains("http://127.0.0.1:9/hidden"), "the operator is told: {ready}");
}
