//! A server's worth of batch parts over one SQLite file, a clock that is turned by hand, and a scripted metrics source.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use parking_lot::Mutex;
use watchkeeper::auth::{SystemScope, TenantScope};
use watchkeeper::clock::Clock;
use watchkeeper::jobs::scheduler::Scheduler;
use watchkeeper::jobs::{Job, Nudge, Progress};
use watchkeeper::services::ServiceError;
use watchkeeper::services::analyst::Analyst;
use watchkeeper::services::batch::{BatchService, Limits};
use watchkeeper::services::incident::IncidentService;
use watchkeeper::store::{Document, Filter, Order, Query, Schedule, Store};
use watchkeeper_clients::metrics::{GatherError, GatherRequest, MetricsSource};
use watchkeeper_domain::batch::{Batch, Trigger};
use watchkeeper_domain::id::{Id, TargetId, UserId};
use watchkeeper_domain::incident::Incident;
use watchkeeper_domain::metric::{Grid, MetricSet, ScrapeHealth, ScrapeState, Series, SeriesId, SeriesKind, Unit};
use watchkeeper_domain::target::{ExporterKind, Scheme, Target};
use watchkeeper_domain::time::{DAY, MINUTE, UtcMillis};

pub(super) const HOST: &str = "web:9100";
pub(super) const START: UtcMillis = UtcMillis(1_800_000_000_000);

/// How a tenant's world looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sky {
    Clear,
    TargetDown,
    /// A queue that fills for twenty minutes, from half an hour after [`START`] on: every day.
    Daily,
    /// The same, but only since yesterday.
    Once,
    /// Every day, but the source answers no question about yesterday.
    Forgotten,
    /// Prometheus itself is away.
    SourceAway,
    /// Prometheus never answers.
    SourceStuck,
}

/// Stands in for Prometheus; the sky is set per tenant.
#[derive(Debug, Default)]
pub(super) struct Scripted {
    skies: Mutex<BTreeMap<String, Sky>>,
    gathers: AtomicU32,
}

impl Scripted {
    pub(super) fn gathers(&self) -> u32 {
        self.gathers.load(Ordering::SeqCst)
    }
}

fn health(state: ScrapeState, at: UtcMillis) -> ScrapeHealth {
    ScrapeHealth {
        instance: HOST.to_owned(),
        name: "web".to_owned(),
        state,
        last_scrape: Some(at),
        duration_seconds: Some(0.01),
        error: (state == ScrapeState::Down).then(|| "connection refused".to_owned()),
    }
}

/// How full the queue is.
fn queue(sky: Sky, at: UtcMillis) -> f64 {
    let calm = if at.0 / 15_000 % 2 == 0 { 10.0 } else { 11.0 };
    let since = at.since(START);
    let full = (30 * MINUTE..50 * MINUTE).contains(&since.rem_euclid(DAY));
    let now = sky != Sky::Once || since >= DAY;
    if full && now { calm + 900.0 } else { calm }
}

fn metrics(request: &GatherRequest, state: ScrapeState, sky: Sky) -> MetricSet {
    let start = request.window.start - request.baseline_ms;
    let len = usize::try_from(request.window.end.since(start) / request.step_ms).unwrap() + 1;
    let labels: BTreeMap<String, String> = [("instance".to_owned(), HOST.to_owned())].into();
    let load = Series {
        id: SeriesId { metric: "node_load1".to_owned(), labels },
        kind: SeriesKind::Gauge,
        unit: Unit::Count,
        values: (0..len).map(|i| if i % 2 == 0 { 0.50 } else { 0.52 }).collect(),
    };
    let grid = Grid { start, step_ms: request.step_ms, len };
    let queue = Series {
        id: SeriesId { metric: "queue_depth".to_owned(), ..load.id.clone() },
        values: (0..len).map(|i| queue(sky, grid.at(i))).collect(),
        ..load.clone()
    };
    let queued = matches!(sky, Sky::Daily | Sky::Once | Sky::Forgotten);
    MetricSet {
        grid,
        window: request.window,
        series: std::iter::once(load).chain(queued.then_some(queue)).collect(),
        targets: vec![health(state, request.window.end)],
        truncated: None,
    }
}

#[async_trait]
impl MetricsSource for Scripted {
    async fn gather(&self, request: &GatherRequest) -> Result<MetricSet, GatherError> {
        self.gathers.fetch_add(1, Ordering::SeqCst);
        let sky = self.skies.lock().get(&request.user_id).copied().unwrap_or(Sky::Clear);
        match sky {
            // A batch's own question comes with a baseline.
            Sky::Forgotten if request.baseline_ms == 0 => Err(GatherError::Refused { cause: "scripted".to_owned() }),
            Sky::Clear | Sky::Daily | Sky::Once | Sky::Forgotten => Ok(metrics(request, ScrapeState::Up, sky)),
            Sky::TargetDown => Ok(metrics(request, ScrapeState::Down, sky)),
            Sky::SourceAway => Err(GatherError::Refused { cause: "scripted".to_owned() }),
            Sky::SourceStuck => std::future::pending().await,
        }
    }

    async fn health(&self, _user_id: &str, _now: UtcMillis) -> Result<Vec<ScrapeHealth>, GatherError> {
        Ok(Vec::new())
    }

    async fn ready(&self) -> Result<String, GatherError> {
        Ok("scripted".to_owned())
    }
}

pub(crate) struct World {
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) source: Arc<Scripted>,
    pub(super) batches: BatchService,
    pub(super) incidents: IncidentService,
    system: SystemScope,
    _dir: Option<tempfile::TempDir>,
}

impl World {
    pub(super) async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let settings = watchkeeper_docstore::Settings::Sqlite { path: dir.path().join("watchkeeper.db") };
        let store = Store::prepare(watchkeeper_docstore::open(&settings).await.unwrap()).await.unwrap();
        Self { _dir: Some(dir), ..Self::on(store, START) }
    }

    /// Over a server's own store, from now on.
    pub(crate) fn over(store: Store) -> Self {
        Self::on(store, Clock::default().now())
    }

    fn on(store: Store, start: UtcMillis) -> Self {
        let clock = Clock::manual(start);
        let source = Arc::new(Scripted::default());
        let batches = service(&store, &clock, &source, "first");
        let incidents = IncidentService::new(store.clone(), clock.clone(), Nudge::default());
        let system = SystemScope::for_job("test");
        Self { store, clock, source, batches, incidents, system, _dir: None }
    }

    /// A tenant with one target whose first batch is due now.
    pub(super) async fn tenant(&self, name: &str) -> TenantScope {
        let scope = TenantScope::for_job(UserId::derive(&[name]), &self.system, "test");
        self.adopt(&scope).await;
        scope
    }

    /// Gives a tenant one target whose first batch is due at the start.
    pub(crate) async fn adopt(&self, scope: &TenantScope) {
        let target = Target {
            id: TargetId::derive(&[scope.key()]),
            address: HOST.to_owned(),
            scheme: Scheme::Http,
            metrics_path: "/metrics".to_owned(),
            name: "web".to_owned(),
            tags: BTreeMap::new(),
            terms: Vec::new(),
            kind: ExporterKind::Node,
            enabled: true,
            created_at: START,
            updated_at: START,
        };
        let schedule = Schedule {
            id: "schedule".to_owned(),
            active: true,
            next_run_at: START,
            lease_until: UtcMillis(0),
            lease_owner: String::new(),
            attempt: 0,
            failures: 0,
            last_batch_at: None,
            last_error: None,
        };
        self.store.tenant(scope).insert(&target).await.unwrap();
        self.store.tenant(scope).insert(&schedule).await.unwrap();
    }

    pub(crate) fn sky(&self, scope: &TenantScope, sky: Sky) {
        self.source.skies.lock().insert(scope.key().to_owned(), sky);
    }

    /// Turns the clock a minute on and runs the tenant's batch.
    pub(crate) async fn minute(&self, scope: &TenantScope) -> Batch {
        self.pass(MINUTE);
        self.batches.run(scope, Trigger::Schedule, self.clock.now()).await.unwrap()
    }

    /// The tenant's batch of now, because somebody asked for it.
    pub(super) async fn by_hand(&self, scope: &TenantScope) -> Result<Batch, ServiceError> {
        let now = self.clock.now();
        let lease = self.batches.claim_errand(scope, now).await?;
        self.batches.run_errand(scope, &lease, now).await
    }

    pub(super) fn pass(&self, millis: i64) {
        self.clock.set(self.clock.now() + millis);
    }

    pub(super) async fn all<D: Document>(&self, scope: &TenantScope) -> Vec<D> {
        let query = Query::new(Filter::All, Order::oldest("id"), 1000);
        self.store.tenant(scope).find(&query).await.unwrap().items
    }

    pub(super) async fn only_incident(&self, scope: &TenantScope) -> Incident {
        let mut all = self.all::<Incident>(scope).await;
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    pub(super) async fn schedule(&self, scope: &TenantScope) -> Schedule {
        self.all::<Schedule>(scope).await.remove(0)
    }

    pub(super) fn scheduler(&self, server: &str) -> Scheduler {
        let batches = service(&self.store, &self.clock, &self.source, server);
        let system = SystemScope::for_job("test");
        Scheduler::new(system, batches, 4, Nudge::default(), Duration::from_millis(200))
    }
}

fn service(store: &Store, clock: &Clock, source: &Arc<Scripted>, server: &str) -> BatchService {
    let limits = Limits {
        gather_deadline: Duration::from_secs(5),
        ..Limits::new(Duration::from_secs(60), Duration::from_secs(86_400))
    };
    let source: Arc<dyn MetricsSource> = Arc::clone(source) as Arc<dyn MetricsSource>;
    let analyst = Arc::new(Analyst::without_models(store.clone(), clock.clone()));
    BatchService::new(store.clone(), source, analyst, clock.clone(), Nudge::default(), limits, server)
}

/// Steps until nothing is due and nothing runs.
pub(super) async fn serve(scheduler: &Scheduler, clock: &Clock) {
    loop {
        match scheduler.step(clock.now()).await.unwrap() {
            Progress::More => {}
            Progress::IdleUntil(at) if at <= clock.now() => {}
            Progress::IdleUntil(_) => break,
            // No free slot, or every tenant is held; let the running ones finish.
            Progress::Idle => tokio::task::yield_now().await,
        }
    }
    scheduler.stop().await;
}
