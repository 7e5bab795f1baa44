//! How punctual and how cheap the scheduler is: 1,000 tenants with 5 targets each on a simulated metrics source.
//!
//! `cargo run --release --example scheduler_bench [seconds]` prints one JSON line: batches, start lateness, CPU, RSS.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use async_trait::async_trait;
use watchkeeper::auth::{SystemScope, TenantScope};
use watchkeeper::clock::Clock;
use watchkeeper::jobs::scheduler::{PERIOD, Scheduler};
use watchkeeper::jobs::{Nudge, Runner};
use watchkeeper::services::analyst::Analyst;
use watchkeeper::services::batch::{BatchService, Limits};
use watchkeeper::store::{Filter, Order, Query, Schedule, Store};
use watchkeeper_clients::metrics::{GatherError, GatherRequest, MetricsSource};
use watchkeeper_domain::batch::Batch;
use watchkeeper_domain::id::{Id, UserId};
use watchkeeper_domain::metric::{Grid, MetricSet, ScrapeHealth, ScrapeState, Series, SeriesId, SeriesKind, Unit};
use watchkeeper_domain::schedule::DueGrid;
use watchkeeper_domain::time::{MINUTE, UtcMillis};

const TENANTS: usize = 1_000;
const TARGETS: usize = 5;
const SERIES_PER_TARGET: usize = 40;
const CONCURRENCY: usize = 8;
/// Jiffies a second on every Linux that matters.
const TICKS: f64 = 100.0;

/// Steady series with a little noise; answers at once, as a Prometheus beside the server would.
#[derive(Debug)]
struct Simulated;

fn instance(target: usize) -> String {
    format!("host-{target}:9100")
}

fn series(target: usize, number: usize, len: usize) -> Series {
    let labels = BTreeMap::from([("instance".to_owned(), instance(target))]);
    let noise = |at: usize| ((at * 7919 + number * 104_729) % 100) as f64 / 100.0;
    Series {
        id: SeriesId { metric: format!("node_simulated_{number}"), labels },
        kind: SeriesKind::Gauge,
        unit: Unit::Count,
        values: (0..len).map(|at| 50.0 + noise(at)).collect(),
    }
}

#[async_trait]
impl MetricsSource for Simulated {
    async fn gather(&self, request: &GatherRequest) -> Result<MetricSet, GatherError> {
        let start = request.window.start - request.baseline_ms;
        let len = usize::try_from(request.window.end.since(start) / request.step_ms).unwrap_or(0) + 1;
        let all = (0..TARGETS).flat_map(|target| (0..SERIES_PER_TARGET).map(move |n| series(target, n, len)));
        Ok(MetricSet {
            grid: Grid { start, step_ms: request.step_ms, len },
            window: request.window,
            series: all.collect(),
            targets: self.health(&request.user_id, request.window.end).await?,
            truncated: None,
        })
    }

    async fn health(&self, _user_id: &str, now: UtcMillis) -> Result<Vec<ScrapeHealth>, GatherError> {
        let up = |target| ScrapeHealth {
            instance: instance(target),
            name: instance(target),
            state: ScrapeState::Up,
            last_scrape: Some(now),
            duration_seconds: Some(0.01),
            error: None,
        };
        Ok((0..TARGETS).map(up).collect())
    }

    async fn ready(&self) -> Result<String, GatherError> {
        Ok("simulated".to_owned())
    }
}

fn main() -> anyhow::Result<()> {
    let seconds = std::env::args().nth(1).map_or(Ok(130), |text| text.parse::<u64>()).context("seconds")?;
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(bench(Duration::from_secs(seconds)))
}

async fn bench(span: Duration) -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let settings = watchkeeper_docstore::Settings::Sqlite { path: dir.path().join("bench.db") };
    let store = Store::prepare(watchkeeper_docstore::open(&settings).await?).await?;
    let clock = Clock::default();
    let tenants = tenants(&store, clock.now()).await?;
    let cpu_before = cpu_seconds()?;
    let mut runner = Runner::new(clock.clone(), 2)?;
    start(&store, &clock, &mut runner);
    tokio::time::sleep(span).await;
    let rss = rss_mib()?;
    runner.drain(Duration::from_secs(10)).await;
    let cpu = cpu_seconds()? - cpu_before;
    let mut lateness = lateness(&store, &tenants).await?;
    lateness.sort_unstable();
    let line = serde_json::json!({
        "tenants": TENANTS, "targets": TENANTS * TARGETS, "series": TENANTS * TARGETS * SERIES_PER_TARGET,
        "seconds": span.as_secs(), "batches": lateness.len(),
        "start_lateness_ms": { "p50": quantile(&lateness, 0.5), "p99": quantile(&lateness, 0.99), "max": lateness.last() },
        "cpu_seconds": cpu, "cpu_share": cpu / span.as_secs_f64(), "rss_mib": rss,
    });
    writeln!(std::io::stdout(), "{line}")?;
    Ok(())
}

fn start(store: &Store, clock: &Clock, runner: &mut Runner) {
    let limits = Limits::new(Duration::from_secs(60), Duration::from_secs(86_400));
    let analyst = Arc::new(Analyst::without_models(store.clone(), clock.clone()));
    let source = Arc::new(Simulated);
    let batches = BatchService::new(store.clone(), source, analyst, clock.clone(), Nudge::default(), limits, "bench");
    let nudge = Nudge::default();
    let system = SystemScope::for_job("bench the scheduler");
    let scheduler = Scheduler::new(system, batches, CONCURRENCY, nudge.clone(), Duration::from_secs(5));
    runner.spawn(PERIOD, nudge, Arc::new(scheduler));
}

/// Every tenant due at its own point of the coming minute, as after a minute of running.
async fn tenants(store: &Store, now: UtcMillis) -> anyhow::Result<Vec<TenantScope>> {
    let system = SystemScope::for_job("bench the scheduler");
    let mut scopes = Vec::with_capacity(TENANTS);
    for number in 0..TENANTS {
        let scope = TenantScope::for_job(UserId::derive(&[&number.to_string()]), &system, "bench the scheduler");
        let schedule = Schedule {
            id: "schedule".to_owned(),
            active: true,
            next_run_at: DueGrid::new(scope.key(), MINUTE).next(now),
            lease_until: UtcMillis(0),
            lease_owner: String::new(),
            attempt: 0,
            failures: 0,
            last_batch_at: None,
            last_error: None,
        };
        store.tenant(&scope).insert(&schedule).await?;
        scopes.push(scope);
    }
    Ok(scopes)
}

/// Milliseconds from due to started, of every batch.
async fn lateness(store: &Store, tenants: &[TenantScope]) -> anyhow::Result<Vec<i64>> {
    let mut late = Vec::new();
    for scope in tenants {
        let query = Query::new(Filter::All, Order::oldest("started_at"), 1000);
        let batches = store.tenant(scope).find::<Batch>(&query).await?.items;
        late.extend(batches.iter().map(|batch| batch.started_at.since(batch.window.end)));
    }
    Ok(late)
}

fn quantile(sorted: &[i64], share: f64) -> Option<i64> {
    let at = ((sorted.len() as f64 - 1.0).max(0.0) * share).round() as usize;
    sorted.get(at).copied()
}

fn cpu_seconds() -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<f64>().ok()).context("/proc/self/stat");
    Ok((ticks(11)? + ticks(12)?) / TICKS)
}

fn rss_mib() -> anyhow::Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("VmRSS")?;
    let kib: f64 = line.split_whitespace().nth(1).context("VmRSS")?.parse()?;
    Ok(kib / 1024.0)
}
