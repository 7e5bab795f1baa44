//! The composition root: the only place that knows every part. `App::build(settings)`, `port()`, `run_until_stopped()`.

mod account;
mod analysis;
mod demo;
mod model;
mod readiness;
mod targets;

use std::fs::DirBuilder;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::{HttpServer, web};
use tokio_util::sync::CancellationToken;
use watchkeeper_clients::collector::CollectorError;
use watchkeeper_clients::egress::EgressError;
use watchkeeper_clients::metrics::{GatherError, MetricsSource};
use watchkeeper_docstore::StoreError;

use self::analysis::Analysis;
use self::targets::{Source, Targets};
use crate::auth::{
    Accounts, ApiKeys, AuthError, Authenticator, Hasher, Limits, Sessions, SystemScope, Throttle, Tokens,
};
use crate::clock::Clock;
use crate::config::{HttpUrl, Secrets, SecretsError, Settings, StoreKind};
use crate::http::{self, Discovery, Document, Front, Services, Shape};
use crate::jobs::deliver::Deliver;
use crate::jobs::notify::Notify;
use crate::jobs::{Drained, Runner};
use crate::nudge::Nudge;
use crate::services::alert::Alerts;
use crate::services::delivery::Deliveries;
use crate::services::demo::{DemoService, Pace};
use crate::services::events::Events;
use crate::services::metric::MetricService;
use crate::services::post::{Post, PostError};
use crate::services::publish;
use crate::shutdown;
use crate::store::Store;
use crate::telemetry::Telemetry;

/// Why the server does not start; one line for the operator.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Post(#[from] PostError),
    #[error(transparent)]
    Auth(#[from] AuthError),
    #[error("{}", .0.for_operator())]
    Metrics(#[from] GatherError),
    #[error("DATA_DIR: {0}")]
    Collector(#[from] CollectorError),
    #[error(transparent)]
    Egress(#[from] EgressError),
    #[error("HOST and PORT: cannot listen on {address}: {source}")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error("DATA_DIR: cannot create {}: {source}", path.display())]
    DataDir { path: PathBuf, source: std::io::Error },
    #[error("TARGETS_DIR: cannot write to {}: {source}", path.display())]
    TargetsDir { path: PathBuf, source: std::io::Error },
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// The world a server stands in; a test scripts it.
#[derive(Debug, Clone, Default)]
pub struct Outside {
    pub clock: Clock,
    /// `None`: the source the settings name.
    pub metrics: Option<Arc<dyn MetricsSource>>,
    /// How fast demos play.
    pub pace: Pace,
}

/// How long a message waits at most for a nudge that went to another server.
const MESSAGE_PERIOD: Duration = Duration::from_secs(5);

/// A server that listens and has not begun to serve.
#[derive(Debug)]
pub struct App {
    server: Listening,
    address: SocketAddr,
    store: Store,
    accounts: Arc<Accounts>,
    demos: Arc<DemoService>,
    jobs: Runner,
    drain: Duration,
    stop: CancellationToken,
    /// Ends what would go on as long as somebody listens.
    closing: CancellationToken,
}

struct Listening(Server);

impl std::fmt::Debug for Listening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Listening")
    }
}

impl App {
    /// Opens what the settings name and binds the port.
    ///
    /// # Errors
    /// [`StartError`]: one line for the operator.
    pub async fn build(settings: Settings) -> Result<Self, StartError> {
        Self::build_with(settings, Outside::default()).await
    }

    /// As [`App::build`], in a given world.
    ///
    /// # Errors
    /// As [`App::build`].
    pub async fn build_with(settings: Settings, outside: Outside) -> Result<Self, StartError> {
        make_data_dir(&settings.server.data_dir)?;
        let targets_dir = &settings.prometheus.targets_dir;
        publish::probe(targets_dir).map_err(|source| StartError::TargetsDir { path: targets_dir.clone(), source })?;
        let Outside { clock, metrics, pace } = outside;
        let secrets = Secrets::open(&settings)?;
        let store = Store::prepare(watchkeeper_docstore::open(&store_settings(&settings)).await?).await?;
        let telemetry = Telemetry::new();
        let mut jobs = Runner::new(clock.clone(), 2)?;
        let notices = Nudge::default();
        let mut source = metrics.map_or_else(|| Source::open(&settings, &clock), |given| Ok(Source::given(given)))?;
        source.metrics = demo::beside(source.metrics, &store);
        let listener = listen(&settings)?;
        let address = listener.local_addr()?;
        let targets = Targets::new(&settings, &store, &clock, &source, address, &mut jobs);
        let metrics = source.metrics;
        let analyst = model::analyst(&settings, &store, &clock, &telemetry, &mut jobs)?;
        let analysis = Analysis::new(&settings, &store, &clock, Arc::clone(&metrics), analyst, &notices, &telemetry);
        analysis.start(&settings, &store, &mut jobs);
        let post = Arc::new(Post::open(&settings, &secrets.sealing)?);
        let closing = CancellationToken::new();
        let events = Events::new(store.clone(), clock.clone(), closing.clone());
        let leaving = account::farewell(&store, &metrics, &targets.service.publisher, &mut jobs);
        let demos = demo::demos(&store, &clock, &metrics, &notices, pace, &mut jobs);
        let site = settings
            .http
            .frontend_url
            .as_ref()
            .map_or_else(|| format!("http://{address}"), |url| url.as_str().to_owned());
        let queued = Nudge::default();
        let queue = queued.clone();
        let parts =
            Parts { post: &post, metrics, analysis, targets, events, site: &site, queued: queue, leaving, demos };
        let services = services(&settings, &secrets, &store, &clock, &telemetry, parts)?;
        spawn_messages(&mut jobs, [notices, queued], site, &store, &post, &clock, &telemetry);
        let drain = settings.http.drain.0;
        let (accounts, demos) = (Arc::clone(&services.accounts), Arc::clone(&services.demos));
        let server = serve(&settings, services, listener)?;
        let stop = CancellationToken::new();
        Ok(Self { server: Listening(server), address, store, accounts, demos, jobs, drain, stop, closing })
    }

    /// The port it listens on; useful when it was told to take a free one.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it keeps; reaching a tenant's documents still takes their scope.
    #[must_use]
    pub fn store(&self) -> Store {
        self.store.clone()
    }

    /// For a caller that has an account made before anyone can sign in.
    #[must_use]
    pub fn accounts(&self) -> Arc<Accounts> {
        Arc::clone(&self.accounts)
    }

    #[must_use]
    pub fn demos(&self) -> Arc<DemoService> {
        Arc::clone(&self.demos)
    }

    /// Cancel it to stop the server as SIGTERM would.
    #[must_use]
    pub fn stop_token(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Serves until SIGTERM, SIGINT or the token; then requests in flight finish, jobs stop after their step, both within
    /// the drain's deadline.
    ///
    /// # Errors
    /// When the listener breaks.
    pub async fn run_until_stopped(self) -> Result<(), StartError> {
        let Self { server: Listening(server), jobs, drain, stop, closing, .. } = self;
        let handle = server.handle();
        let serving = async { Ok::<(), StartError>(server.await?) };
        tokio::pin!(serving);
        tokio::select! {
            broken = &mut serving => return broken,
            by = shutdown::requested(&stop) => {
                tracing::info!(stop.requested_by = by, "stopping: requests in flight may finish");
            }
        }
        closing.cancel();
        let stopping = async { tokio::join!(stop_serving(&handle, drain), jobs.drain(drain)) };
        tokio::pin!(stopping);
        // The server stops while it is polled; jobs may take longer than its last request.
        let ((), drained) = tokio::select! {
            drained = &mut stopping => drained,
            served = &mut serving => {
                let drained = stopping.await;
                served?;
                drained
            }
        };
        if let Drained::CutOff(jobs) = drained {
            tracing::warn!(jobs.cut_off = jobs, "jobs were cut off; their work is repeated after the next start");
        }
        Ok(())
    }
}

/// For nobody else on this machine: the store in it holds password hashes.
fn make_data_dir(path: &Path) -> Result<(), StartError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|source| StartError::DataDir { path: path.to_owned(), source })
}

/// The server's own deadline ends it gracefully; ours ends it in any case.
async fn stop_serving(handle: &ServerHandle, within: Duration) {
    if tokio::time::timeout(within + Duration::from_secs(1), handle.stop(true)).await.is_err() {
        tracing::warn!("requests were cut off at the end of the drain");
    }
}

/// What the document store is opened with; the embedded one needs its directory to exist.
fn store_settings(settings: &Settings) -> watchkeeper_docstore::Settings {
    match settings.store.kind {
        StoreKind::Sqlite => {
            watchkeeper_docstore::Settings::Sqlite { path: settings.server.data_dir.join("watchkeeper.db") }
        }
        StoreKind::Mongodb => {
            watchkeeper_docstore::Settings::Mongo { uri: settings.store.mongo_uri.clone(), database: None }
        }
    }
}

/// What was put together before the services that show it.
struct Parts<'a> {
    post: &'a Arc<Post>,
    metrics: Arc<dyn MetricsSource>,
    analysis: Analysis,
    targets: Targets,
    events: Events,
    /// Address of the dashboard.
    site: &'a str,
    /// Wakes the job that sends.
    queued: Nudge,
    leaving: Nudge,
    demos: Arc<DemoService>,
}

fn services(
    settings: &Settings,
    secrets: &Secrets,
    store: &Store,
    clock: &Clock,
    telemetry: &Telemetry,
    parts: Parts<'_>,
) -> Result<Services, StartError> {
    let Parts { post, metrics, analysis, targets, events, site, queued, leaving, demos } = parts;
    let security = &settings.security;
    let tokens = Tokens::new(secrets.jwt_bytes(), security.jwt_expire.0);
    let sessions = Arc::new(Sessions::new(store.clone(), tokens, clock.clone(), security.session.millis()));
    let api_keys = Arc::new(ApiKeys::new(store.clone(), clock.clone()));
    let accounts = Accounts {
        store: store.clone(),
        sessions: Arc::clone(&sessions),
        hasher: Arc::new(Hasher::new(security.hash_concurrency.0 as usize, telemetry.clone())?),
        limits: Limits::per_minute(security.login_rate.0),
        clock: clock.clone(),
        registration_open: security.registration,
        leaving,
        system: SystemScope::for_job("find accounts to sign in"),
    };
    let readiness = readiness::checks(settings, store, clock, Arc::clone(&metrics), &analysis);
    Ok(Services {
        accounts: Arc::new(accounts),
        authenticator: Authenticator::new(Arc::clone(&sessions), Arc::clone(&api_keys)),
        sessions,
        api_keys,
        errands: analysis.errands,
        incidents: analysis.incidents,
        stats: analysis.stats,
        settings: analysis.settings,
        discovery: Discovery { publisher: targets.publisher, token: secrets.sd_token.clone() },
        targets: targets.service,
        metrics: MetricService { store: store.clone(), source: metrics, clock: clock.clone() },
        alerts: Arc::new(Alerts::new(store.clone(), Arc::clone(post), clock.clone(), site.to_owned())),
        deliveries: Arc::new(Deliveries::new(store.clone(), clock.clone(), queued)),
        demos,
        events,
        analyst: analysis.analyst,
        throttle: Arc::new(Throttle::per_minute(settings.http.rate_limit_per_minute.0)),
        readiness: Arc::new(readiness),
        telemetry: telemetry.clone(),
    })
}

/// From a pending notice to an accepted message. `notices` wakes the first of the two jobs, `queued` the second.
fn spawn_messages(
    jobs: &mut Runner,
    [notices, queued]: [Nudge; 2],
    site: String,
    store: &Store,
    post: &Arc<Post>,
    clock: &Clock,
    telemetry: &Telemetry,
) {
    let notify = Notify {
        store: store.clone(),
        system: SystemScope::for_job("find incidents with pending notices"),
        post: Arc::clone(post),
        site,
        deliver: queued.clone(),
    };
    let system = SystemScope::for_job("find queued deliveries");
    let deliver = Deliver::new(store.clone(), system, Arc::clone(post), clock.clone(), telemetry.clone());
    jobs.spawn(MESSAGE_PERIOD, notices, Arc::new(notify));
    jobs.spawn(MESSAGE_PERIOD, queued, Arc::new(deliver));
}

fn listen(settings: &Settings) -> Result<TcpListener, StartError> {
    let address = SocketAddr::new(settings.http.host, settings.http.port);
    TcpListener::bind(address).map_err(|source| StartError::Listen { address, source })
}

fn serve(settings: &Settings, services: Services, listener: TcpListener) -> Result<Server, StartError> {
    let shape = Shape {
        front: Front {
            behind_proxy: settings.http.trust_proxy,
            https_outside: settings.http.frontend_url.as_ref().is_some_and(HttpUrl::is_https),
            metrics_token: settings.http.metrics_token.clone(),
        },
        max_body_bytes: settings.http.max_body_bytes.0 as usize,
        cors_origins: settings.http.cors_origins.clone(),
    };
    let document: web::Data<Document> = web::Data::new(http::document());
    let server = HttpServer::new(move || http::app(&services, &shape, &document))
        .shutdown_timeout(settings.http.drain.0.as_secs().max(1))
        .disable_signals()
        .client_request_timeout(Duration::from_secs(10));
    let server = match settings.http.workers {
        Some(workers) => server.workers(workers.0 as usize),
        None => server,
    };
    Ok(server.listen(listener)?.run())
}
