//! What people do with incidents together, over HTTP on the real server.

use serde_json::{Value as Json, json};
use watchkeeper_domain::alert::{Attempt, Delivery, DeliveryState, Phase};
use watchkeeper_domain::id::{Id, IncidentId};
use watchkeeper_domain::incident::{Incident, IncidentState, example};
use watchkeeper_domain::time::{DAY, UtcMillis};
use watchkeeper_domain::verdict::Severity;

use crate::batch::world::{Sky, World};
use crate::support::{Client, TestApp};

/// 21 Nov 2026, 09:50 UTC
const AT: UtcMillis = UtcMillis(1_795_254_600_000);

/// A resolved incident of the account, like the example but for these.
fn past(name: &str, days: i64, title: &str) -> Incident {
    let opened_at = AT - days * DAY;
    Incident {
        id: IncidentId::derive(&[name]),
        title: title.to_owned(),
        open_key: None,
        state: IncidentState::Resolved,
        resolved_at: Some(opened_at + 60_000),
        ..example::incident(opened_at)
    }
}

async fn keep(app: &TestApp, client: &Client, incidents: &[Incident]) {
    app.store.tenant(&app.scope(client)).insert_many(incidents).await.unwrap();
}

fn path(incident: &Incident) -> String {
    format!("/api/v1/incidents/{}", incident.id)
}

fn titles(list: &Json) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_comment_and_an_assignee_stand_in_the_timeline_and_in_the_post_mortem() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    priya.patch("/api/v1/auth/me", json!({ "time_zone": "Asia/Kolkata" })).await.expect(200);
    let incident = example::incident(AT);
    keep(&app, &priya, std::slice::from_ref(&incident)).await;
    let path = path(&incident);

    let key = json!({ "name": "ci", "scopes": ["read", "write"] });
    let key = priya.post("/api/v1/api-keys", key).await.expect(201).json();
    let machine = app.anonymous().with_token(key["secret"].as_str().unwrap());
    machine.post(&format!("{path}/comments"), json!({ "text": "deploy 42\n<b>rolled back</b>" })).await.expect(200);
    let assignee = format!("{path}/assignee");
    let assign = |who: Json| priya.put(&assignee, json!({ "assignee": who }));
    let assigned = assign(json!("priya")).await.expect(200).json();
    assert_eq!(assigned["assignee"], "priya");
    let kinds: Vec<_> = assigned["timeline"].as_array().unwrap().iter().map(|e| (&e["kind"], &e["actor"])).collect();
    assert_eq!(kinds[1..], [(&json!("commented"), &json!("api key ci")), (&json!("assigned"), &json!("priya"))]);
    assert_eq!(assign(json!("priya")).await.expect(200).json()["timeline"].as_array().unwrap().len(), 3);
    let refused = assign(json!("mallory")).await.expect(422).json();
    assert_eq!(refused["errors"][0]["field"], "assignee");
    for text in ["  \n ".to_owned(), "x".repeat(4_001)] {
        let refused = priya.post(&format!("{path}/comments"), json!({ "text": text })).await.expect(422).json();
        assert_eq!(refused["errors"][0]["field"], "text");
    }

    priya.post(&format!("{path}/comments"), json!({ "text": "not meant for here" })).await.expect(200);
    let not_hers = priya.delete(&format!("{path}/comments/2")).await.expect(409).json();
    assert_eq!(not_hers["detail"], "only who wrote a comment can delete it");
    let left = priya.delete(&format!("{path}/comments/4")).await.expect(200).json();
    let last = left["timeline"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["kind"], &last["detail"]), (&json!("comment_deleted"), &Json::Null));
    assert!(!left.to_string().contains("not meant for here"), "{left}");
    priya.delete(&format!("{path}/comments/4")).await.expect(409);

    let report = priya.get(&format!("{path}/post-mortem")).await.expect(200);
    assert_eq!(report.header("content-type"), "text/markdown; charset=utf-8");
    assert!(report.header("content-disposition").starts_with("attachment"), "{}", report.header("content-disposition"));
    for words in ["15:20 IST", "> \\<b\\>rolled back\\</b\\>", "assigned to priya", "3.9 GB–4.3 GB", "Likely: 4 of 5"]
    {
        assert!(report.text.contains(words), "{words} is not in\n{}", report.text);
    }
}

#[tokio::test]
async fn several_are_acknowledged_at_once_and_each_stands_for_itself() {
    let app = TestApp::start().await;
    let (priya, mallory) = (app.signed_up("priya").await, app.signed_up("mallory").await);
    let (open, done) = (example::incident(AT), past("past", 3, "Old leak"));
    keep(&app, &priya, &[open.clone(), done.clone()]).await;
    let ids = json!({ "ids": [open.id, done.id, IncidentId::derive(&["nowhere"])] });
    let foreign = mallory.post("/api/v1/incidents/acknowledge", ids.clone()).await.expect(200).json();
    assert_eq!((&foreign["acknowledged"], foreign["refused"].as_array().unwrap().len()), (&json!([]), 3));
    let outcome = priya.post("/api/v1/incidents/acknowledge", ids).await.expect(200).json();
    assert_eq!(outcome["acknowledged"], json!([open.id]));
    let why: Vec<_> = outcome["refused"].as_array().unwrap().iter().map(|row| row["why"].as_str().unwrap()).collect();
    assert_eq!(why, ["the incident is resolved; reopen it first", "there is no such incident"]);
    for ids in [json!([]), json!(vec![open.id; 101]), json!(["inc_1"])] {
        priya.post("/api/v1/incidents/acknowledge", json!({ "ids": ids })).await.expect(422);
    }
}

#[tokio::test]
async fn what_is_like_it_is_found_with_its_ending() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    let now = example::incident(AT);
    let stranger = Incident {
        fingerprint: "disk:db-1:9100:/".to_owned(),
        family: "disk".to_owned(),
        instances: vec!["db-1:9100".to_owned()],
        evidence: Vec::new(),
        ..past("stranger", 1, "Disk filling on db-1")
    };
    keep(&app, &priya, &[now.clone(), past("again", 3, "Memory leak, the last time"), stranger]).await;
    let similar = priya.get(&format!("{}/similar", path(&now))).await.expect(200).json();
    assert_eq!(titles(&similar), ["Memory leak, the last time"]);
    assert_eq!((&similar["items"][0]["score"], &similar["items"][0]["ended"]), (&json!(100), &Json::Null));
    let common = similar["items"][0]["common"].as_str().unwrap();
    assert!(common.starts_with("the same failure; api-1:9100"), "{common}");
}

#[tokio::test]
async fn incidents_are_searched_by_the_beginnings_of_words() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    let world = World::over(app.store.clone());
    let scope = app.scope(&priya);
    world.adopt(&scope).await;
    world.sky(&scope, Sky::TargetDown);
    world.minute(&scope).await;
    let all = priya.get("/api/v1/incidents").await.expect(200).json();
    let title = titles(&all)[0].to_lowercase();
    let start: String = title.split_whitespace().next().unwrap().chars().take(3).collect();
    for (search, found) in
        [(start.as_str(), 1), ("web", 1), ("WEB%3A9100", 1), ("elsewhere", 0), ("web%20elsewhere", 0)]
    {
        let list = priya.get(&format!("/api/v1/incidents?search={search}")).await.expect(200).json();
        assert_eq!(titles(&list).len(), found, "{search}: {list}");
    }
}

#[tokio::test]
async fn blindness_is_no_fire_and_eased_severity_says_both() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    let world = World::over(app.store.clone());
    let scope = app.scope(&priya);
    world.adopt(&scope).await;
    world.sky(&scope, Sky::SourceAway);
    for _ in 0..2 {
        world.minute(&scope).await;
    }
    let stats = priya.get("/api/v1/stats").await.expect(200).json();
    assert_eq!((&stats["standing"], &stats["incidents"]["open"]), (&json!("blind"), &json!(1)));
    let eased = Incident { severity_now: Some(Severity::Medium), ..example::incident(AT) };
    keep(&app, &priya, std::slice::from_ref(&eased)).await;
    let stats = priya.get("/api/v1/stats").await.expect(200).json();
    assert_eq!(stats["standing"], "burning", "something else burns as well");
    let detail = priya.get(&path(&eased)).await.expect(200).json();
    assert_eq!((&detail["severity"], &detail["eased_to"]), (&json!("high"), &json!("medium")));
}

#[tokio::test]
async fn a_preview_is_the_message_of_the_newest_incident_and_sends_nothing() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    let mail = || priya.post("/api/v1/alerts/email/preview", Json::Null);
    let example = mail().await.expect(200).json();
    assert_eq!(
        (&example["example"], &example["subject"]),
        (&json!(true), &json!("[HIGH] Memory leak in api-1 fills swap"))
    );
    let hostile = Incident { title: "<script>alert(1)</script> & more".to_owned(), ..past("x", 0, "") };
    keep(&app, &priya, std::slice::from_ref(&hostile)).await;
    let real = mail().await.expect(200).json();
    let (html, text) = (real["html"].as_str().unwrap(), real["text"].as_str().unwrap());
    assert!(!html.contains("<script>") && html.contains("&lt;script&gt;"), "{html}");
    assert!(real["example"] == false && text.contains("DO FIRST") && text.contains(hostile.id.as_str()), "{text}");
    let slack = priya.post("/api/v1/alerts/slack/preview", Json::Null).await.expect(200).json();
    assert_eq!(slack["blocks"][1], json!({ "kind": "header", "text": "<script>alert(1)</script> & more" }));
    assert!(slack["blocks"][0]["text"].as_str().unwrap().contains("*HIGH*"), "{slack}");
    assert_eq!(priya.get("/api/v1/deliveries").await.expect(200).json()["items"], json!([]));
}

#[tokio::test]
async fn only_what_did_not_leave_is_sent_again() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    let failed = delivery(DeliveryState::Failed { error: "554 spam".to_owned() });
    let sent = Delivery { id: Id::derive(&["sent"]), ..delivery(DeliveryState::Sent { at: AT }) };
    app.store.tenant(&app.scope(&priya)).insert_many(&[failed.clone(), sent.clone()]).await.unwrap();
    let again = |row: &Delivery| format!("/api/v1/deliveries/{}/retry", row.id);
    let queued = priya.post(&again(&failed), Json::Null).await.expect(200).json();
    assert_eq!((&queued["state"], &queued["attempts"][0]["error"]), (&json!("queued"), &json!("554 spam")));
    let refused = priya.post(&again(&sent), Json::Null).await.expect(409);
    assert_eq!(
        (refused.code().as_str(), &refused.json()["detail"]),
        ("invalid_state", &json!("the message was sent already"))
    );
}

fn delivery(state: DeliveryState) -> Delivery {
    let incident = example::incident(AT);
    let pending = watchkeeper_domain::incident::PendingNotice {
        seq: 1,
        notice: watchkeeper_domain::incident::Notice::Opened,
        at: AT,
    };
    Delivery {
        id: Id::derive(&["failed"]),
        incident_id: incident.id.clone(),
        incident_title: incident.title.clone(),
        severity: incident.severity,
        seq: 1,
        notice: pending.notice,
        channel: watchkeeper_domain::alert::Channel::Email,
        receiver: "oncall@example.com".to_owned(),
        state,
        phase: Phase::Done,
        lane: "email:none".to_owned(),
        message: watchkeeper_domain::message::Message::of(&incident, &pending, "UTC", ""),
        started: 1,
        attempts: vec![Attempt { at: AT, error: Some("554 spam".to_owned()) }],
        created_at: AT,
        next_attempt_at: AT,
        updated_at: AT,
        lease_until: UtcMillis(0),
        expires_at: AT + 900 * DAY,
    }
}
