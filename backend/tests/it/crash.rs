//! SIGKILL at random points: no incident and no message is lost, and none is sent more than once too often.
//!
//! The server runs as a process of its own against a simulated Prometheus whose target comes and goes, and a real SMTP
//! server. Thirty times it is killed somewhere within batches and deliveries, then it is left in peace and must have told
//! everything.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Value as Json, json};

use super::support::mail_server::{MailServer, header};
use super::support::parts::{eventually_within, free_port};
use super::support::process::ServerProcess;
use super::support::simulated::Simulated;
use super::support::{Client, client_at};

const KILLS: u32 = 32;
/// A message that was being sent at a crash waits for its lease to lapse.
const SETTLING: Duration = Duration::from_secs(120);
const INSTANCE: &str = "127.0.0.1:59100";

/// A small linear congruential generator: the points of death differ within a run and are the same in every run.
struct Dice(u64);

impl Dice {
    fn millis(&mut self, from: u64, to: u64) -> Duration {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Duration::from_millis(from + (self.0 >> 33) % (to - from))
    }
}

async fn incidents(client: &Client) -> Option<Vec<Json>> {
    let answer = client.try_get("/api/v1/incidents?limit=100").await?;
    (answer.status == 200).then(|| answer.json()["items"].as_array().unwrap().clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killing_the_server_loses_no_incident_and_no_message() {
    let Some(mail) = MailServer::start(&[]) else { return };
    let dir = tempfile::tempdir().unwrap();
    let prometheus = Simulated::start(&dir.path().join("targets"), 3);
    let smtp_port = mail.port.to_string();
    let authority = mail.authority();
    let settings = [
        ("PROM_URL", prometheus.url.as_str()),
        ("BATCH_INTERVAL_MINUTES", "0.01"),
        ("HTTP_WORKERS", "1"),
        ("SMTP_HOST", "localhost"),
        ("SMTP_PORT", &smtp_port),
        ("SMTP_FROM", "watchkeeper@example.com"),
        ("SMTP_CA_FILE", authority.to_str().unwrap()),
    ];
    let port = free_port();
    let server = ServerProcess::start(port, dir.path(), &settings).await;
    let mut client = client_at(&server.base);
    client.register("priya").await;
    let receiver = json!({
        "enabled": true, "recipients": ["priya@example.com"], "min_severity": "low",
        "notify_on": { "open": true, "update": false, "resolve": true },
    });
    client.put("/api/v1/alerts/email", receiver).await.expect(200);
    client.post("/api/v1/targets", json!({ "address": INSTANCE, "name": "db-1", "kind": "node" })).await.expect(201);
    server.kill();

    let mut dice = Dice(7);
    let mut seen = BTreeSet::new();
    for round in 0..KILLS {
        match round % 8 {
            0 => prometheus.take_down(INSTANCE),
            4 => prometheus.bring_up(INSTANCE),
            _ => {}
        }
        let server = ServerProcess::start(port, dir.path(), &settings).await;
        tokio::time::sleep(dice.millis(100, 1_800)).await;
        if let Some(now) = incidents(&client).await {
            seen.extend(now.iter().map(|incident| incident["id"].as_str().unwrap().to_owned()));
        }
        server.kill();
    }

    prometheus.bring_up(INSTANCE);
    let _server = ServerProcess::start(port, dir.path(), &settings).await;
    let settled = eventually_within(SETTLING, "peace after the crashes", || async {
        let all = incidents(&client).await.ok_or("no answer")?;
        let open = all.iter().filter(|incident| incident["state"] != "resolved").count();
        let queued = client.get("/api/v1/deliveries?state=queued").await.json()["items"].as_array().unwrap().clone();
        if open + queued.len() == 0 { Ok(all) } else { Err(format!("{open} open, queued: {queued:?}")) }
    })
    .await;

    let ids: BTreeSet<String> = settled.iter().map(|incident| incident["id"].as_str().unwrap().to_owned()).collect();
    assert!(!seen.is_empty() && seen.is_subset(&ids), "lost: {:?}", seen.difference(&ids));
    told(&client, &ids, &mail).await;
}

/// Every opening and every end was told, by one mail or, after a crash between acceptance and record, by two.
async fn told(client: &Client, incidents: &BTreeSet<String>, mail: &MailServer) {
    let mut copies: BTreeMap<String, usize> = BTreeMap::new();
    for mail in mail.mails() {
        *copies.entry(header(&mail, "Message-ID")).or_default() += 1;
    }
    assert!(copies.values().all(|n| *n <= 2), "sent too often: {copies:?}");
    let mut wanted = 0;
    for id in incidents {
        let incident = client.get(&format!("/api/v1/incidents/{id}")).await.expect(200).json();
        let timeline = incident["timeline"].as_array().unwrap();
        let seqs: Vec<u64> = timeline.iter().map(|event| event["seq"].as_u64().unwrap()).collect();
        assert!(seqs.is_sorted_by(|a, b| a < b), "{incident}");
        let told = ["opened", "reopened", "resolved"];
        wanted += timeline.iter().filter(|event| told.contains(&event["kind"].as_str().unwrap())).count();
    }
    let rows = client.get("/api/v1/deliveries?limit=200").await.json();
    let sent = rows["items"].as_array().unwrap().iter().filter(|row| row["state"] == "sent").count();
    let superseded = rows["items"].as_array().unwrap().iter().filter(|row| row["state"] == "suppressed").count();
    assert_eq!(sent + superseded, wanted, "{rows}");
    assert_eq!(copies.len(), sent, "messages that were recorded as sent and messages in the mailbox");
    println!(
        "{} incidents, {sent} messages, {} sent twice",
        incidents.len(),
        copies.values().filter(|n| **n > 1).count()
    );
}
