//! Writes per second of an engine: `cargo run -p watchkeeper-docstore --example throughput [mongodb://…]`.
//!
//! Without an address it measures SQLite on a file in the temporary directory. Callers wait for one answer before they
//! ask again, as requests do; more callers show what group commit brings.
#![expect(clippy::print_stdout, reason = "it is a report")]

use std::sync::Arc;
use std::time::Instant;

use futures::future::try_join_all;
use serde_json::{Map, Value as Json, json};
use watchkeeper_docstore::{
    Claim, Collection, Engine, Filter, Index, Order, Query, Raw, Revision, Settings, Space, StoreError, Tenancy, open,
};

const JOBS: Collection = Collection {
    name: "jobs",
    tenancy: Tenancy::Tenant,
    indexes: &[Index::on("created", &["created_at"]), Index::on("due", &["active", "next_run_at"]).global()],
};
const DOCUMENTS: usize = 8192;
const SPACE: Space<'static> = Space::Tenant("usr_bench");

fn fields(json: &Json) -> Map<String, Json> {
    json.as_object().cloned().unwrap_or_default()
}

fn job(id: String, at: usize) -> Raw {
    let body = fields(&json!({
        "id": id, "created_at": at, "active": true, "next_run_at": at, "lease_until": 0, "text": "x".repeat(400),
    }));
    Raw { id, user_id: None, rev: Revision(1), expires_at: None, body }
}

fn report(what: &str, callers: usize, done: usize, since: Instant) {
    let rate = done as f64 / since.elapsed().as_secs_f64();
    println!("{what:<14} {callers:>4} callers {rate:>10.0} /s");
}

async fn inserts(engine: &Arc<dyn Engine>, callers: usize, documents: usize) -> Result<(), StoreError> {
    let since = Instant::now();
    try_join_all((0..callers).map(|caller| async move {
        for n in 0..documents / callers {
            engine.insert(&JOBS, SPACE, job(format!("i{callers}_{caller}_{n}"), n)).await?;
        }
        Ok::<_, StoreError>(())
    }))
    .await?;
    report("single inserts", callers, documents, since);
    Ok(())
}

async fn bulk(engine: &Arc<dyn Engine>) -> Result<(), StoreError> {
    let since = Instant::now();
    for block in 0..8 {
        let jobs = (0..1000).map(|n| job(format!("b{block}_{n}"), n)).collect();
        engine.insert_many(&JOBS, SPACE, jobs).await?;
    }
    report("bulk of 1000", 1, 8000, since);
    Ok(())
}

async fn claims(engine: &Arc<dyn Engine>, callers: usize, documents: usize) -> Result<(), StoreError> {
    let filter = Filter::eq("active", true).and(Filter::below("next_run_at", 1_000_000));
    // What is claimed moves out of the way of the next claim, as a due time does.
    let set = fields(&json!({ "next_run_at": 2_000_000, "lease_until": 1 }));
    let claim = &Claim { query: Query::new(filter, Order::oldest("next_run_at"), 1), set, increment: Some("attempt") };
    let since = Instant::now();
    let claimed = try_join_all((0..callers).map(|_| async move {
        let mut claimed = 0;
        while claimed < documents / callers && engine.claim(&JOBS, Space::Every, claim).await?.is_some() {
            claimed += 1;
        }
        Ok::<_, StoreError>(claimed)
    }))
    .await?;
    report("claims", callers, claimed.into_iter().sum(), since);
    Ok(())
}

async fn reads(engine: &Arc<dyn Engine>, callers: usize) -> Result<(), StoreError> {
    let query = &Query::new(Filter::All, Order::newest("created_at"), 20);
    let since = Instant::now();
    try_join_all((0..callers).map(|_| async move {
        for _ in 0..DOCUMENTS / callers {
            engine.find(&JOBS, SPACE, query).await?;
        }
        Ok::<_, StoreError>(())
    }))
    .await?;
    report("pages of 20", callers, DOCUMENTS, since);
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dir = tempfile::tempdir()?;
    let settings = match std::env::args().nth(1) {
        Some(uri) => Settings::Mongo { uri: uri.into(), database: Some("watchkeeper_throughput".to_owned()) },
        None => Settings::Sqlite { path: dir.path().join("throughput.db") },
    };
    let engine = open(&settings).await?;
    engine.prepare(&[JOBS]).await?;
    engine.delete_many(&JOBS, SPACE, &Filter::All, u32::MAX).await?;
    inserts(&engine, 1, DOCUMENTS / 16).await?;
    inserts(&engine, 16, DOCUMENTS).await?;
    inserts(&engine, 256, DOCUMENTS).await?;
    bulk(&engine).await?;
    claims(&engine, 1, DOCUMENTS / 16).await?;
    claims(&engine, 16, DOCUMENTS / 2).await?;
    claims(&engine, 256, DOCUMENTS).await?;
    reads(&engine, 1).await?;
    reads(&engine, 64).await?;
    Ok(())
}
