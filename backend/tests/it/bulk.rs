//! Many targets at once: what is right is added, and every one is answered for.

use serde_json::{Value as Json, json};

use crate::support::{Client, TestApp};

const BULK: &str = "/api/v1/targets/bulk";

async fn ask(client: &Client, targets: Json, check_only: bool) -> Json {
    client.post(BULK, json!({ "targets": targets, "check_only": check_only })).await.expect(200).json()
}

/// Outcome and code of each.
fn verdicts(result: &Json) -> Vec<(&str, &str)> {
    let items = result["items"].as_array().unwrap();
    items.iter().map(|item| (item["outcome"].as_str().unwrap(), item["code"].as_str().unwrap_or_default())).collect()
}

async fn addresses(client: &Client) -> Vec<String> {
    let page = client.get("/api/v1/targets?limit=200").await.expect(200).json();
    let items = page["items"].as_array().unwrap();
    let mut addresses: Vec<String> = items.iter().map(|item| item["address"].as_str().unwrap().to_owned()).collect();
    addresses.sort();
    addresses
}

#[tokio::test]
async fn each_of_many_is_judged_by_itself_and_in_order() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    priya.post("/api/v1/targets", json!({ "address": "old:9100" })).await.expect(201);
    let wanted = json!([
        { "address": "a:9100", "name": "first", "tags": { "env": "prod" }, "kind": "node" },
        { "address": "b" },
        { "address": "old:9100" },
        { "address": "169.254.169.254:80" },
        { "address": "A:9100" },
        { "address": "c:9100", "tags": { "user_id": "x" } },
        { "address": "http://a:9100/other" },
    ]);
    let expected = [
        ("added", ""),
        ("refused", "validation_failed"),
        ("refused", "conflict"),
        ("refused", "validation_failed"),
        ("refused", "conflict"),
        ("refused", "validation_failed"),
        ("added", ""),
    ];
    let checked = ask(&priya, wanted.clone(), true).await;
    let fits = expected.map(|(outcome, code)| (if outcome == "added" { "fits" } else { outcome }, code));
    assert_eq!(verdicts(&checked), fits, "{checked}");
    assert_eq!(addresses(&priya).await, ["old:9100"], "a check adds nothing");

    let result = ask(&priya, wanted.clone(), false).await;
    assert_eq!(verdicts(&result), expected, "{result}");
    assert_eq!((&result["added"], &result["refused"]), (&json!(2), &json!(5)));
    let item = |at: usize| &result["items"][at];
    assert_eq!((&item(0)["target"]["name"], &item(0)["target"]["tags"]["env"]), (&json!("first"), &json!("prod")));
    assert_eq!(item(1)["errors"][0]["message"], "add the port, such as b:9100");
    assert_eq!(item(4)["detail"], "You already have a target at http://a:9100/metrics.");
    assert_eq!(addresses(&priya).await, ["a:9100", "a:9100", "old:9100"]);

    let again = ask(&priya, wanted, false).await;
    assert_eq!(again["added"], 0, "asking again adds nothing twice: {again}");
}

#[tokio::test]
async fn there_is_an_end_to_many() {
    let app = TestApp::with(&[("MAX_TARGETS", "3")]).await;
    let priya = app.signed_up("priya").await;
    let hosts = |count: usize| (0..count).map(|n| json!({ "address": format!("h{n}:9100") })).collect::<Vec<_>>();
    for count in [0, 201] {
        let refused = priya.post(BULK, json!({ "targets": hosts(count) })).await.expect(422);
        assert!(refused.text.contains("send 1 to 200 targets"), "{}", refused.text);
    }
    let result = ask(&priya, json!(hosts(5)), false).await;
    let full = ("refused", "invalid_state");
    assert_eq!(verdicts(&result), [("added", ""), ("added", ""), ("added", ""), full, full]);
    priya.post(BULK, json!({ "targets": [{ "address": "x:1", "colour": "red" }] })).await.expect(400);
}

#[tokio::test]
async fn many_are_published_and_scheduled_like_one() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    let hosts: Vec<Json> = (0..200).map(|n| json!({ "address": format!("h{n}:9100") })).collect();
    let result = ask(&priya, json!(hosts), false).await;
    assert_eq!(result["added"], 200);
    let file = app.dir.path().join("targets").join(format!("{}.json", priya.user_id()));
    crate::support::parts::eventually("all of them in the file", || async {
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        let published = text.matches("\"targets\":").count();
        if published == 200 { Ok(()) } else { Err(published.to_string()) }
    })
    .await;
    let stats = priya.get("/api/v1/stats").await.expect(200).json();
    assert_eq!((&stats["targets"]["total"], &stats["has_target"]), (&json!(200), &json!(true)));
}

#[tokio::test]
async fn targets_are_listed_by_how_they_stand() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    let hosts: Vec<Json> =
        (0..30).map(|n| json!({ "address": format!("h{n}:9100"), "enabled": n % 10 != 0 })).collect();
    ask(&priya, json!(hosts), false).await;
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = priya.get(&format!("/api/v1/targets?state=paused&limit=2{cursor}")).await.expect(200).json();
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 2, "{page}");
        found.extend(items.iter().map(|item| item["address"].as_str().unwrap().to_owned()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    found.sort();
    assert_eq!(found, ["h0:9100", "h10:9100", "h20:9100"]);
    priya.get("/api/v1/targets?state=asleep").await.expect(400);
}

#[tokio::test]
async fn a_target_shows_the_labels_it_gets() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    let body = json!({ "address": "https://db/pg", "name": "db", "tags": { "env": "prod" }, "enabled": false });
    let created = priya.post("/api/v1/targets", body).await.expect(201).json();
    let path = format!("/api/v1/targets/{}/discovery", created["id"].as_str().unwrap());
    let group = priya.get(&path).await.expect(200).json();
    let labels = json!({
        "job": "dynamic-targets", "name": "db", "user_id": priya.user_id(), "env": "prod", "__scheme__": "https",
        "__metrics_path__": "/pg",
    });
    assert_eq!(group, json!({ "targets": ["db:443"], "labels": labels }));
    app.signed_up("sam").await.get(&path).await.expect(404);
}
