//! The demo, end to end: a click, a scripted outage through the real pipeline, a message, and nothing left of it.

mod life;
mod live;
mod verb;
mod view;

use serde_json::{Value as Json, json};
use watchkeeper::app::Outside;
use watchkeeper::services::demo::Pace;

use crate::support::mail_server::{MailServer, header, readable};
use crate::support::parts::{eventually, mongo_database};
use crate::support::{Client, TestApp};

const PATH: &str = "/api/v1/demo";

/// What a scenario must come to.
struct Expected {
    scenario: &'static str,
    /// Of the first message, without its numbers.
    subject: &'static str,
    severity: &'static str,
    /// Instance that the root cause is about.
    fingerprint: &'static str,
    /// In the incident's title at its end.
    title: &'static str,
    /// How the fact begins that the first message gives as proof.
    proof: &'static str,
}

const LEAK: Expected = Expected {
    scenario: "memory-leak",
    subject: "[HIGH] [DEMO] api-1: memory leaks away, gone in",
    severity: "high",
    fingerprint: "10.20.0.11:9100",
    title: "api-1: the kernel killed 1 process for lack of memory",
    proof: "Memory of api-1 falls steadily by",
};
const DISK: Expected = Expected {
    scenario: "disk-full",
    subject: "[CRITICAL] [DEMO] db-1: /var/lib/postgresql will be full in",
    severity: "critical",
    fingerprint: "10.20.0.21:9100",
    title: "db-1: /var/lib/postgresql is",
    proof: "/var/lib/postgresql on db-1 fills by",
};
const DEPENDENCY: Expected = Expected {
    scenario: "dependency-down",
    subject: "[CRITICAL] [DEMO] shop-db: PostgreSQL does not answer its exporter",
    severity: "critical",
    fingerprint: "10.20.0.21:9187",
    title: "shop-db: PostgreSQL does not answer its exporter",
    proof: "shop-db does not answer its exporter",
};

#[tokio::test]
async fn a_memory_leak_from_the_click_to_the_last_message() {
    story(&LEAK, &[("STORE", "sqlite")]).await;
}

#[tokio::test]
async fn a_disk_that_fills_from_the_click_to_the_last_message() {
    story(&DISK, &[("STORE", "sqlite")]).await;
}

#[tokio::test]
async fn a_dead_database_from_the_click_to_the_last_message() {
    story(&DEPENDENCY, &[("STORE", "sqlite")]).await;
}

#[tokio::test]
async fn all_scenarios_with_mongodb() {
    for expected in [&LEAK, &DISK, &DEPENDENCY] {
        let Some(uri) = mongo_database() else { return };
        story(expected, &[("STORE", "mongodb"), ("MONGO_URI", &uri)]).await;
    }
}

async fn unbraked(settings: &[(&str, &str)]) -> TestApp {
    TestApp::within(Outside { pace: Pace::Unbraked, ..Outside::default() }, settings).await
}

/// The whole of it, over any store.
async fn story(expected: &Expected, store: &[(&str, &str)]) {
    let app = unbraked(store).await;
    let priya = app.signed_up("priya").await;
    let figures = figures(&priya).await;
    let begun = priya.post(PATH, json!({ "scenario": expected.scenario })).await.expect(202).json();
    assert_eq!(begun["run"]["scenario"], expected.scenario);

    let run = finished(&priya).await;
    all_captions(&run);
    let demo = priya.looking_at_demo();
    let incident = explained(&demo, &run, expected).await;
    told(&demo, &incident, expected).await;
    whole(&demo).await;

    assert_eq!(self::figures(&priya).await, figures, "the account's own figures moved");
    let path = format!("/api/v1/incidents/{}", text(&incident["id"]));
    priya.get(&path).await.expect(404);
    app.signed_up("omar").await.looking_at_demo().get(&path).await.expect(404);

    priya.delete(PATH).await.expect(204);
    assert_eq!(priya.get(PATH).await.expect(200).json()["run"], Json::Null);
    demo.get(&path).await.expect(404);
    nothing_left(&app, &priya).await;
    app.stopped().await;
}

async fn finished(client: &Client) -> Json {
    eventually("the end of the demo", || async {
        let run = client.get(PATH).await.expect(200).json()["run"].clone();
        if run["state"] == "finished" { Ok(run) } else { Err(run["minute"].to_string()) }
    })
    .await
}

/// Everything the script says was said, in order, and so was what came of it.
fn all_captions(run: &Json) {
    let captions = run["captions"].as_array().unwrap();
    let of = |by: &str| captions.iter().filter(|caption| caption["by"] == by).count();
    assert!(of("world") >= 5, "{captions:?}");
    assert!(of("watchkeeper") >= 2, "{captions:?}");
    let times: Vec<String> = captions.iter().map(|caption| text(&caption["at"])).collect();
    assert!(times.is_sorted(), "{times:?}");
    assert_eq!((&run["minute"], &run["scripted_now"]), (&run["minutes"], &run["scripted_until"]));
    let now = jiff::Timestamp::now().to_string();
    assert!(text(&run["scripted_until"]) <= now, "the demo's clock runs ahead");
    for chart in run["charts"].as_array().unwrap() {
        assert!(chart["values"].as_array().unwrap().len() > 60, "{}", chart["title"]);
    }
}

/// The one incident: the right cause, with evidence, over and done with, and no model was asked.
async fn explained(demo: &Client, run: &Json, expected: &Expected) -> Json {
    let incidents = items(demo, "/api/v1/incidents").await;
    assert_eq!(incidents.len(), 1, "{incidents:?}");
    let incident = demo.get(&format!("/api/v1/incidents/{}", text(&run["incident_id"]))).await.expect(200).json();
    assert!(text(&incident["title"]).starts_with(expected.title), "{}", incident["title"]);
    assert_eq!(incident["severity"], expected.severity);
    assert_eq!(incident["state"], "resolved");
    let instances = incident["instances"].to_string();
    assert!(instances.contains(expected.fingerprint), "{instances}");
    assert!(!incident["evidence"].as_array().unwrap().is_empty());
    assert!(items(demo, "/api/v1/llm/calls").await.is_empty());
    incident
}

/// First and last message, labelled, in the mail's two forms and in Slack's, and in the ledger.
async fn told(demo: &Client, incident: &Json, expected: &Expected) {
    let letters = eventually("the messages", || async {
        let letters = items(demo, "/api/v1/demo/outbox").await;
        let over = letters.iter().any(|letter| letter["notice"] == "resolved");
        if over { Ok(letters) } else { Err(format!("{} letters", letters.len())) }
    })
    .await;
    let first = letters.iter().find(|letter| letter["notice"] == "opened").expect("a first message");
    assert!(text(&first["subject"]).starts_with(expected.subject), "{}", first["subject"]);
    let link = format!("/app/incidents/{}?demo=1", text(&incident["id"]));
    for form in ["text", "html", "slack"] {
        // HTML writes a slash as an entity.
        let said = text(&first[form]).replace("&#x2f;", "/");
        assert!(said.contains("[DEMO]") && said.contains(&link), "{form}: {said}");
    }
    let lines = text(&first["text"]).replace('\n', " ");
    let (_, proof) = lines.split_once("PROOF ").expect("a proof");
    assert!(proof.split_once(": ").unwrap().1.starts_with(expected.proof), "{proof}");
    let slack: Json = serde_json::from_str(&text(&first["slack"])).unwrap();
    assert!(slack["blocks"].as_array().is_some_and(|blocks| blocks.len() > 3), "{slack}");
    let last = letters.iter().find(|letter| letter["notice"] == "resolved").unwrap();
    assert!(text(&last["subject"]).starts_with("Re: [RESOLVED] [DEMO] "), "{}", last["subject"]);
    let ledger = items(demo, "/api/v1/deliveries?channel=outbox").await;
    assert!(ledger.iter().any(|row| row["id"] == first["id"] && row["state"] == "sent"), "{ledger:?}");
}

/// The other pages have something to show too.
async fn whole(demo: &Client) {
    assert!(items(demo, "/api/v1/batches").await.len() > 10);
    assert!(items(demo, "/api/v1/targets").await.iter().all(|target| target["health"]["state"] == "up"));
    let instances = items(demo, "/api/v1/metrics/instances").await;
    assert_eq!(instances.len(), 5, "{instances:?}");
    let range = demo.get("/api/v1/metrics/range?metric=node_load1").await.expect(200).json();
    assert_eq!(range["series"].as_array().unwrap().len(), 3, "{range}");
}

/// What the person reads about their own account.
async fn figures(client: &Client) -> Vec<Json> {
    let mut stats = client.get("/api/v1/stats").await.expect(200).json();
    stats["strip"] = Json::Null;
    let lists = ["/api/v1/incidents", "/api/v1/batches", "/api/v1/targets", "/api/v1/deliveries", "/api/v1/anomalies"];
    let mut seen = vec![stats];
    for list in lists {
        seen.push(items(client, list).await.into());
    }
    seen
}

async fn items(client: &Client, path: &str) -> Vec<Json> {
    client.get(path).await.expect(200).json()["items"].as_array().unwrap().clone()
}

fn text(value: &Json) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// No document of the demo's tenant in any collection of the product.
async fn nothing_left(app: &TestApp, client: &Client) {
    let scope = app.scope(client).demo();
    assert!(app.store.tenant(&scope).purge(1).await.unwrap(), "the demo left documents");
}

#[tokio::test]
async fn the_persons_own_channels_hear_of_it_and_are_told_that_it_is_a_demo() {
    let Some(mail) = MailServer::start(&["--user", "bob", "--password", "hunter2"]) else { return };
    let authority = mail.authority();
    let app = unbraked(&[("SMTP_CA_FILE", authority.to_str().unwrap()), ("ALLOW_PRIVATE_TARGETS", "true")]).await;
    let priya = app.signed_up("priya").await;
    let server = json!({
        "host": "localhost", "port": mail.port, "user": "bob", "password": "hunter2",
        "from": "Watchkeeper <alerts@example.com>", "tls": "starttls",
    });
    let email = json!({
        "enabled": true, "recipients": ["priya@example.com"], "min_severity": "low",
        "notify_on": { "open": true, "update": false, "resolve": true }, "server": server,
    });
    priya.put("/api/v1/alerts/email", email).await.expect(200);
    priya.post(PATH, json!({ "scenario": DEPENDENCY.scenario })).await.expect(202);
    let mails = eventually("two mails", || async {
        let mails = mail.mails();
        if mails.len() == 2 { Ok(mails) } else { Err(mails.len().to_string()) }
    })
    .await;
    assert_eq!(header(&mails[0], "Subject"), DEPENDENCY.subject);
    assert!(header(&mails[1], "Subject").starts_with("Re: [RESOLVED] [DEMO] "));
    let letters = items(&priya.looking_at_demo(), "/api/v1/demo/outbox").await;
    let first = letters.iter().find(|letter| letter["notice"] == "opened").unwrap();
    let body = readable(&mails[0]);
    let lines = text(&first["text"]);
    assert!(lines.lines().filter(|line| !line.is_empty()).all(|line| body.contains(line.trim_end())), "{body}");
    app.stopped().await;
}
