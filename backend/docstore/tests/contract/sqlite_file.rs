//! What only a file can do: survive, be locked, be corrupt, be somebody else's; and indexes that change between versions.

use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use watchkeeper_docstore::{Collection, Engine, Filter, Index, Order, Query, Settings, StoreError, Tenancy, open};

use crate::support::{A, THINGS, ids, many, raw};

async fn opened(path: &Path) -> Arc<dyn Engine> {
    let engine = open(&Settings::Sqlite { path: path.to_owned() }).await.unwrap();
    engine.prepare(&[THINGS]).await.unwrap();
    engine
}

/// The one line a refused start gives.
async fn refusal(path: &Path) -> String {
    match open(&Settings::Sqlite { path: path.to_owned() }).await {
        Err(StoreError::Startup(line)) => {
            assert!(!line.contains('\n') && line.contains(path.to_str().unwrap()), "{line}");
            line
        }
        other => panic!("{other:?}"),
    }
}

fn header(path: &Path, pragma: &str) {
    rusqlite::Connection::open(path).unwrap().execute_batch(pragma).unwrap();
}

#[tokio::test]
async fn documents_survive_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("w.db");
    let engine = opened(&path).await;
    engine.insert_many(&THINGS, A, many("d", 300, |n| json!({ "at": n, "spent": [n] }))).await.unwrap();
    drop(engine);
    assert!(!dir.path().join("w.db-wal").exists(), "a clean stop leaves no log behind");
    let engine = opened(&path).await;
    assert_eq!(engine.count(&THINGS, A, &Filter::All).await.unwrap(), 300);
    assert_eq!(engine.count(&THINGS, A, &Filter::eq("spent", 7_i64)).await.unwrap(), 1);
}

#[tokio::test]
async fn accepted_writes_are_done_when_the_engine_is_dropped() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("w.db");
    let engine = opened(&path).await;
    let writes: Vec<_> = (0..50).map(|n| engine.insert(&THINGS, A, raw(json!({ "id": format!("{n}") })))).collect();
    let done = futures::future::join_all(writes).await;
    assert!(done.iter().all(Result::is_ok));
    drop(engine);
    assert_eq!(opened(&path).await.count(&THINGS, A, &Filter::All).await.unwrap(), 50);
}

#[tokio::test]
async fn a_second_server_is_told_who_holds_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("w.db");
    let first = opened(&path).await;
    let line = refusal(&path).await;
    assert!(line.contains(&format!("in use by process {}", std::process::id())), "{line}");
    #[cfg(unix)]
    {
        let link = dir.path().join("link.db");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(refusal(&link).await.contains("in use"));
    }
    drop(first);
    opened(&path).await;
}

#[tokio::test]
async fn a_lock_file_that_was_left_behind_locks_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("w.db");
    std::fs::write(dir.path().join("w.db.lock"), "99999\n").unwrap();
    opened(&path).await;
}

#[tokio::test]
async fn a_corrupt_file_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("w.db");
    std::fs::write(&path, "this is no database at all".repeat(1000)).unwrap();
    assert!(refusal(&path).await.contains("corrupt"));
    let path = dir.path().join("torn.db");
    let engine = opened(&path).await;
    engine.insert_many(&THINGS, A, many("d", 500, |n| json!({ "text": "x".repeat(500), "at": n }))).await.unwrap();
    drop(engine);
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 40_000].fill(0xa5);
    std::fs::write(&path, &bytes).unwrap();
    assert!(refusal(&path).await.contains("corrupt"));
    std::fs::write(&path, &bytes[..10_000]).unwrap();
    assert!(refusal(&path).await.contains("corrupt"));
}

#[tokio::test]
async fn a_newer_or_foreign_file_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("w.db");
    drop(opened(&path).await);
    header(&path, "PRAGMA user_version = 999");
    assert!(refusal(&path).await.contains("newer version"));
    let path = dir.path().join("other.db");
    header(&path, "CREATE TABLE songs (title TEXT); INSERT INTO songs VALUES ('x');");
    let before = std::fs::read(&path).unwrap();
    assert!(refusal(&path).await.contains("another program"));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn a_place_that_cannot_be_written_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    for path in [file.join("w.db"), dir.path().join("no/such/dir/w.db"), dir.path().to_owned()] {
        assert!(refusal(&path).await.contains("cannot be written"), "{path:?}");
    }
}

/// `things` as a later version might declare them.
const NEXT: Collection = Collection {
    name: "things",
    tenancy: Tenancy::Tenant,
    indexes: &[Index::elements("terms", "words"), Index::on("place", &["host"]), Index::on("spent", &["spent"])],
};

#[tokio::test]
async fn changed_declarations_rebuild_indexes() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("w.db");
    let engine = opened(&path).await;
    engine
        .insert(&THINGS, A, raw(json!({ "id": "1", "words": ["a", "b"], "terms": ["x"], "host": "h", "port": 1 })))
        .await
        .unwrap();
    // `terms` moves to another field, `place` loses a key and its uniqueness, `spent` becomes a scalar, the rest goes.
    engine.prepare(&[NEXT]).await.unwrap();
    engine.prepare(&[NEXT]).await.unwrap();
    engine
        .insert(&NEXT, A, raw(json!({ "id": "2", "host": "h", "port": 1, "words": ["b"], "spent": 5 })))
        .await
        .unwrap();
    let find = async |c: &Collection, filter| {
        ids(&engine.find(c, A, &Query::new(filter, Order::oldest("id"), 10)).await.unwrap())
    };
    assert_eq!(find(&NEXT, Filter::Terms("words", vec!["b".to_owned()])).await, ["1", "2"]);
    assert_eq!(find(&NEXT, Filter::eq("terms", "x")).await, ["1"]);
    // And back: a unique index over documents that collide is refused, in one line.
    let back = engine.prepare(&[THINGS]).await;
    assert!(matches!(back, Err(StoreError::Startup(_))), "{back:?}");
    assert!(engine.delete(&NEXT, A, "2").await.unwrap());
    engine.prepare(&[THINGS]).await.unwrap();
    assert_eq!(find(&THINGS, Filter::Terms("terms", vec!["x".to_owned()])).await, ["1"]);
}
