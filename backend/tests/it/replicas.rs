//! Two servers on one MongoDB-wire store share the tenants; when one is killed the other takes its tenants over.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;
use uuid::Uuid;

use super::support::parts::{eventually, free_port};
use super::support::process::ServerProcess;
use super::support::simulated::Simulated;
use super::support::{Client, client_at, mongo_uri};

const TENANTS: usize = 12;
const INTERVAL: Duration = Duration::from_secs(6);

/// The newest batch's time, milliseconds since the epoch.
async fn last_batch(client: &Client) -> i64 {
    let page = client.get("/api/v1/batches?limit=1").await.expect(200).json();
    let at = page["items"][0]["started_at"].as_str();
    at.map_or(0, |at| at.parse::<jiff::Timestamp>().unwrap().as_millisecond())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_survivor_serves_every_tenant_within_two_intervals() {
    let Some(mongo) = mongo_uri() else { return };
    let dir = tempfile::tempdir().unwrap();
    let prometheus = Simulated::start(&dir.path().join("targets"), 2);
    let uri = format!("{}/replicas_{}", mongo.trim_end_matches('/'), Uuid::new_v4().simple());
    let settings = [
        ("STORE", "mongodb"),
        ("MONGO_URI", uri.as_str()),
        ("PROM_URL", prometheus.url.as_str()),
        ("BATCH_INTERVAL_MINUTES", "0.1"),
        ("HTTP_WORKERS", "1"),
        ("JWT_SECRET_KEY", "one-secret-for-both-servers-0123456789"),
        ("SEALING_KEY", "one-seal-for-both-servers-0123456789ab"),
        ("SD_TOKEN", "one-token-for-both-servers"),
    ];
    let first = ServerProcess::start(free_port(), dir.path(), &settings).await;
    let second = ServerProcess::start(free_port(), dir.path(), &settings).await;
    let mut tenants = Vec::new();
    for n in 0..TENANTS {
        let mut client = client_at(&second.base);
        client.register(&format!("tenant{n}")).await;
        let target = json!({ "address": format!("127.0.0.1:{}", 40_000 + n), "name": format!("host {n}") });
        client.post("/api/v1/targets", target).await.expect(201);
        tenants.push(client);
    }
    all_served_after(&tenants, 0).await;

    first.kill();
    let killed = jiff::Timestamp::now().as_millisecond();
    all_served_after(&tenants, killed).await;
    let late = jiff::Timestamp::now().as_millisecond() - killed;
    let two = 2 * i64::try_from(INTERVAL.as_millis()).unwrap();
    assert!(late <= two + 2_000, "the last tenant was served {late} ms after the crash");

    for client in &tenants {
        let page = client.get("/api/v1/batches?limit=50").await.json();
        let ends: Vec<String> =
            page["items"].as_array().unwrap().iter().map(|b| b["window"]["end"].to_string()).collect();
        assert_eq!(ends.len(), ends.iter().collect::<BTreeSet<_>>().len(), "one window, one batch: {ends:?}");
    }
}

async fn all_served_after(tenants: &[Client], at: i64) {
    eventually("a batch for every tenant", || async {
        for (n, tenant) in tenants.iter().enumerate() {
            if last_batch(tenant).await <= at {
                return Err(format!("tenant {n} waits"));
            }
        }
        Ok(())
    })
    .await;
}
