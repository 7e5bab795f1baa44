//! Everything of an account goes, whatever collections there are: the walk is over `ALL`, so a new one cannot be forgotten.

use std::sync::Arc;

use serde_json::{Map, Value as Json, json};
use watchkeeper::auth::SystemScope;
use watchkeeper::jobs::farewell::Farewell;
use watchkeeper::jobs::{Job, Nudge, Progress};
use watchkeeper::store::{ALL, Store};
use watchkeeper_clients::collector::{Collector, CollectorSettings};
use watchkeeper_clients::egress::{Guard, Policy};
use watchkeeper_clients::metrics::MetricsSource;
use watchkeeper_docstore::{Collection, Engine, Filter, Raw, Revision, Settings, Space, Tenancy};
use watchkeeper_domain::tenant::Account;
use watchkeeper_domain::time::{MINUTE, UtcMillis};

use crate::support::parts::mongo_database;

const LEAVER: &str = "usr_0000000000000000000000000000000a";
const STAYER: &str = "usr_0000000000000000000000000000000b";
const NOW: UtcMillis = UtcMillis(1_800_000_000_000);
/// More than one piece, so that one step cannot do it.
const MANY: usize = 1_200;

fn owned() -> impl Iterator<Item = &'static Collection> {
    ALL.iter().filter(|collection| collection.tenancy == Tenancy::Tenant)
}

fn raw(owner: &str, n: usize) -> Raw {
    let id = format!("doc-{n}");
    let body: Map<String, Json> = [("id".to_owned(), json!(id))].into_iter().collect();
    Raw { id, user_id: Some(owner.to_owned()), rev: Revision(1), expires_at: None, body }
}

fn account(id: &str, leaving_at: Option<UtcMillis>) -> Account {
    serde_json::from_value(json!({
        "id": id, "username": id, "username_key": id, "email": "", "email_key": id, "password_hash": "",
        "time_zone": "UTC", "created_at": 0, "leaving_at": leaving_at,
    }))
    .unwrap()
}

async fn counts(engine: &Arc<dyn Engine>, owner: &str) -> Vec<(&'static str, u64)> {
    let mut counts = Vec::new();
    for collection in owned() {
        let count = engine.count(collection, Space::Tenant(owner), &Filter::All).await.unwrap();
        counts.push((collection.name, count));
    }
    counts
}

async fn everything_goes(settings: Settings) {
    let engine = watchkeeper_docstore::open(&settings).await.unwrap();
    let store = Store::prepare(Arc::clone(&engine)).await.unwrap();
    let system = SystemScope::for_job("test");
    for (owner, leaving_at) in [(LEAVER, Some(NOW)), (STAYER, None)] {
        store.system(&system).insert(&account(owner, leaving_at)).await.unwrap();
        for collection in owned() {
            let many = if collection.name == "metrics_batches" { MANY } else { 3 };
            let raws = (0..many).map(|n| raw(owner, n)).collect();
            let done = engine.insert_many(collection, Space::Tenant(owner), raws).await.unwrap();
            assert!(done.refused.is_empty(), "{}: {:?}", collection.name, done.refused);
        }
    }
    let before = counts(&engine, STAYER).await;
    assert!(before.iter().all(|(_, count)| *count > 0) && before.len() > 10, "{before:?}");

    let samples = tempfile::tempdir().unwrap();
    let kept = |owner: &str| samples.path().join(owner);
    std::fs::create_dir_all(kept(LEAVER)).unwrap();
    std::fs::create_dir_all(kept(STAYER)).unwrap();
    let settings = CollectorSettings::new(samples.path().to_owned());
    let collector = Arc::new(Collector::open(&settings, Guard::new(Policy::operator()), NOW).unwrap());
    let job = || Farewell {
        store: store.clone(),
        system: system.clone(),
        source: Arc::clone(&collector) as Arc<dyn MetricsSource>,
        publisher: Nudge::default(),
    };
    assert_eq!(job().step(NOW).await.unwrap(), Progress::More);
    assert!(counts(&engine, LEAVER).await.iter().any(|(_, count)| *count > 0), "one step is a bounded piece");
    // The server died; the next one finds the mark and goes on.
    let successor = job();
    while successor.step(NOW).await.unwrap() == Progress::More {}
    let left = counts(&engine, LEAVER).await;
    assert!(left.iter().all(|(_, count)| *count == 0), "{left:?}");
    assert!(store.system(&system).get::<Account>(LEAVER).await.unwrap().is_some(), "the mark stays for late writers");

    assert!(!kept(LEAVER).exists() && kept(STAYER).exists(), "samples go too");
    // A batch that was under way when the account left.
    let late = owned().find(|collection| collection.name == "incidents").unwrap();
    engine.insert(late, Space::Tenant(LEAVER), raw(LEAVER, 1)).await.unwrap();
    let later = NOW + 11 * MINUTE;
    while successor.step(later).await.unwrap() == Progress::More {}
    assert!(counts(&engine, LEAVER).await.iter().all(|(_, count)| *count == 0));
    assert!(store.system(&system).get::<Account>(LEAVER).await.unwrap().is_none(), "at last the row itself");
    assert_eq!(counts(&engine, STAYER).await, before, "nobody else loses anything");
    assert!(store.system(&system).get::<Account>(STAYER).await.unwrap().is_some());
}

#[tokio::test]
async fn everything_goes_from_the_embedded_store() {
    let dir = tempfile::tempdir().unwrap();
    everything_goes(Settings::Sqlite { path: dir.path().join("watchkeeper.db") }).await;
}

#[tokio::test]
async fn everything_goes_from_mongodb() {
    let Some(uri) = mongo_database() else { return };
    everything_goes(Settings::Mongo { uri: uri.into(), database: None }).await;
}
