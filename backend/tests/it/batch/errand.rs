//! A batch that somebody asked for, when they go away, ask too often, or the server stops.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use serde_json::Value as Json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use watchkeeper::app::Outside;
use watchkeeper::store::Schedule;
use watchkeeper_clients::metrics::{GatherError, GatherRequest, MetricsSource};
use watchkeeper_domain::metric::{MetricSet, ScrapeHealth};
use watchkeeper_domain::time::UtcMillis;

use crate::support::parts::eventually;
use crate::support::{Client, TestApp};

const RUN: &str = "/api/v1/batches/run";

/// Answers one question for each permit, and tells how many were asked.
#[derive(Debug)]
struct Slow {
    asked: Semaphore,
    may_answer: Semaphore,
}

impl Slow {
    fn new() -> Arc<Self> {
        Arc::new(Self { asked: Semaphore::new(0), may_answer: Semaphore::new(0) })
    }

    /// Returns once a batch waits for its metrics.
    async fn is_asked(&self) {
        tokio::time::timeout(Duration::from_secs(10), self.asked.acquire())
            .await
            .expect("a question")
            .unwrap()
            .forget();
    }
}

#[async_trait]
impl MetricsSource for Slow {
    async fn gather(&self, request: &GatherRequest) -> Result<MetricSet, GatherError> {
        self.asked.add_permits(1);
        self.may_answer.acquire().await.unwrap().forget();
        Ok(MetricSet::empty(request.window, request.baseline_ms, request.step_ms))
    }

    async fn health(&self, _user_id: &str, _now: UtcMillis) -> Result<Vec<ScrapeHealth>, GatherError> {
        Ok(Vec::new())
    }

    async fn ready(&self) -> Result<String, GatherError> {
        Ok("slow".to_owned())
    }
}

async fn server(source: &Arc<Slow>, settings: &[(&str, &str)]) -> (TestApp, Client) {
    let metrics: Arc<dyn MetricsSource> = Arc::clone(source) as Arc<dyn MetricsSource>;
    let app = TestApp::within(Outside { metrics: Some(metrics), ..Outside::default() }, settings).await;
    let priya = app.signed_up("priya").await;
    (app, priya)
}

/// Asks for a batch and is gone while it runs. A connection that is only closed leaves its handler to finish; one that is reset
/// ends it.
async fn ask_and_vanish(app: &TestApp, client: &Client, source: &Slow) {
    let address = app.base.strip_prefix("http://").unwrap();
    let mut line = TcpStream::connect(address).await.unwrap();
    let token = client.token.as_deref().unwrap();
    let head = format!("POST {RUN} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n");
    line.write_all(format!("{head}Content-Length: 0\r\n\r\n").as_bytes()).await.unwrap();
    source.is_asked().await;
    line.set_zero_linger().unwrap();
}

async fn schedule(app: &TestApp, client: &Client) -> Schedule {
    app.store.tenant(&app.scope(client)).get::<Schedule>("schedule").await.unwrap().expect("a schedule").doc
}

async fn batches(client: &Client) -> Vec<Json> {
    client.get("/api/v1/batches").await.expect(200).json()["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_batch_is_finished_although_nobody_waits_for_it_any_more() {
    let source = Slow::new();
    let (app, priya) = server(&source, &[]).await;
    ask_and_vanish(&app, &priya, &source).await;
    // The end of the connection has had time to reach the server.
    let closed = Instant::now() + Duration::from_secs(1);
    while Instant::now() < closed {
        assert_eq!(priya.post(RUN, Json::Null).await.expect(409).code(), "conflict", "it goes on");
    }
    source.may_answer.add_permits(1);
    let batch =
        eventually("the batch", || async { batches(&priya).await.pop().ok_or_else(|| "none".to_owned()) }).await;
    assert_eq!((&batch["trigger"], &batch["outcome"]), (&"manual".into(), &"quiet".into()), "{batch}");
    eventually("the turn handed back", || async {
        let schedule = schedule(&app, &priya).await;
        if schedule.lease_until == UtcMillis(0) { Ok(()) } else { Err(format!("{schedule:?}")) }
    })
    .await;
    source.may_answer.add_permits(1);
    let next = eventually("room for the next", || async {
        let answer = priya.post(RUN, Json::Null).await;
        if answer.status == 429 { Err(answer.text) } else { Ok(answer.expect(200).json()) }
    })
    .await;
    assert_ne!(next["id"], batch["id"]);
    app.stopped().await;
}

#[tokio::test]
async fn a_server_that_stops_hands_an_unfinished_batch_back() {
    let source = Slow::new();
    let (app, priya) = server(&source, &[("DRAIN_SECONDS", "2")]).await;
    let (store, scope) = (app.store.clone(), app.scope(&priya));
    ask_and_vanish(&app, &priya, &source).await;
    let begun = Instant::now();
    app.stopped().await;
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    let schedule = store.tenant(&scope).get::<Schedule>("schedule").await.unwrap().expect("a schedule").doc;
    assert_eq!(schedule.lease_until, UtcMillis(0), "the next server need not wait");
}
