//! A real server of one's own: free port, temporary directory, own store; it stops when dropped.

use tempfile::TempDir;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use watchkeeper::app::{App, Outside};
use watchkeeper::auth::{SystemScope, TenantScope, install_crypto};
use watchkeeper::config::Settings;
use watchkeeper::store::Store;
use watchkeeper_domain::id::{Id, UserId};

use super::Client;
use super::parts::mongo_database;

/// What every test server is told unless the test says otherwise.
const DEFAULTS: &[(&str, &str)] = &[
    ("PORT", "0"),
    ("HTTP_WORKERS", "1"),
    ("DRAIN_SECONDS", "5"),
    ("SCHEDULER_ENABLED", "false"),
    ("LOGIN_RATE_PER_MINUTE", "100000"),
    ("RATE_LIMIT_PER_MINUTE", "1000000"),
    ("PROM_URL", "http://127.0.0.1:9"),
];

pub(crate) struct TestApp {
    pub(crate) base: String,
    pub(crate) stop: CancellationToken,
    pub(crate) dir: TempDir,
    pub(crate) store: Store,
    serving: JoinSet<()>,
    http: reqwest::Client,
}

impl TestApp {
    pub(crate) async fn start() -> Self {
        Self::with(&[]).await
    }

    /// With settings of its own; later ones win.
    pub(crate) async fn with(settings: &[(&str, &str)]) -> Self {
        Self::within(Outside::default(), settings).await
    }

    /// In a world of the test's own.
    pub(crate) async fn within(outside: Outside, settings: &[(&str, &str)]) -> Self {
        install_crypto();
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
        let mut pairs = vec![("DATA_DIR".to_owned(), path("data")), ("TARGETS_DIR".to_owned(), path("targets"))];
        pairs.extend(store());
        pairs.extend(DEFAULTS.iter().chain(settings).map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
        let app = App::build_with(Settings::from_pairs(pairs).unwrap(), outside).await.unwrap();
        let (base, stop, store) = (format!("http://127.0.0.1:{}", app.port()), app.stop_token(), app.store());
        let mut serving = JoinSet::new();
        serving.spawn(async { app.run_until_stopped().await.unwrap() });
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { base, stop, dir, store, serving, http }
    }

    /// A client without credentials.
    pub(crate) fn anonymous(&self) -> Client {
        Client::new(self.http.clone(), self.base.clone())
    }

    /// A fresh account of this name, signed in.
    pub(crate) async fn signed_up(&self, name: &str) -> Client {
        let mut client = self.anonymous();
        client.register(name).await;
        client
    }

    /// The tenant's scope, to put documents straight into the store.
    pub(crate) fn scope(&self, client: &Client) -> TenantScope {
        let user = UserId::parse(&client.user_id()).unwrap();
        TenantScope::for_job(user, &SystemScope::for_job("test"), "arrange a test")
    }

    /// One counter of `/metrics`, summed over its labels.
    pub(crate) async fn metric(&self, name: &str) -> f64 {
        let text = self.anonymous().get("/metrics").await.text;
        let rows = text.lines().filter(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' '])));
        rows.map(|row| row.rsplit(' ').next().unwrap().parse::<f64>().unwrap()).sum()
    }

    /// Stops it as SIGTERM would and waits until it has.
    pub(crate) async fn stopped(mut self) {
        self.stop.cancel();
        while let Some(ended) = self.serving.join_next().await {
            ended.unwrap();
        }
    }
}

/// SQLite in the test's own directory, or a fresh database of the MongoDB-wire server when `WATCHKEEPER_TEST_STORE=mongodb`.
fn store() -> Vec<(String, String)> {
    if std::env::var("WATCHKEEPER_TEST_STORE").as_deref() != Ok("mongodb") {
        return Vec::new();
    }
    let uri = mongo_database().expect("WATCHKEEPER_TEST_STORE=mongodb needs a server");
    vec![("STORE".to_owned(), "mongodb".to_owned()), ("MONGO_URI".to_owned(), uri)]
}
