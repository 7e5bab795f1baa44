//! How punctual and how cheap the scheduler is: 1,000 tenants with 5 targets each on a simulated Prometheus.
//!
//! `cargo run --release --example scheduler_bench [seconds]` prints one JSON line: batches, start lateness, CPU, RSS. The Prometheus
//! is a process of its own that answers over HTTP in Prometheus's JSON; its CPU time is not in the figure, though it shares the
//! machine and so makes the lateness an upper bound.

#[path = "../tests/it/support/simulated.rs"]
#[expect(dead_code, clippy::unwrap_used, clippy::indexing_slicing, reason = "the tests' own, which fail by panicking")]
mod simulated;

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use url::Url;
use watchkeeper::auth::{SystemScope, TenantScope};
use watchkeeper::clock::Clock;
use watchkeeper::jobs::scheduler::{PERIOD, Scheduler};
use watchkeeper::jobs::{Nudge, Runner};
use watchkeeper::services::analyst::Analyst;
use watchkeeper::services::batch::{BatchService, Limits};
use watchkeeper::store::{Filter, Order, Query, Schedule, Store};
use watchkeeper_clients::prometheus::{PrometheusSettings, PrometheusSource};
use watchkeeper_domain::batch::{Batch, Outcome};
use watchkeeper_domain::id::{Id, UserId};
use watchkeeper_domain::schedule::DueGrid;
use watchkeeper_domain::time::{MINUTE, UtcMillis};

const TENANTS: usize = 1_000;
const TARGETS: usize = 5;
const SERIES_PER_TARGET: usize = 40;
const CONCURRENCY: usize = 8;
/// Jiffies a second on every Linux that matters.
const TICKS: f64 = 100.0;

/// Where the simulated Prometheus reads its targets, when this program runs as one.
const SIMULATE: &str = "--simulate";

fn main() -> anyhow::Result<()> {
    if let Some(targets) = std::env::args().skip_while(|argument| argument != SIMULATE).nth(1) {
        return actix_web::rt::System::new().block_on(simulate(Path::new(&targets)));
    }
    watchkeeper::auth::install_crypto();
    let seconds = std::env::args().nth(1).map_or(Ok(130), |text| text.parse::<u64>()).context("seconds")?;
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(bench(Duration::from_secs(seconds)))
}

/// Prints its address and serves until its input ends, which is when the bench does.
async fn simulate(targets: &Path) -> anyhow::Result<()> {
    let prometheus = simulated::Simulated::start(targets, SERIES_PER_TARGET);
    writeln!(std::io::stdout(), "{}", prometheus.url)?;
    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await??;
    Ok(())
}

/// The other process; it ends with this one.
struct Prometheus {
    child: Child,
    url: Url,
}

impl Prometheus {
    fn start(targets: &Path) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        let mut child = command.arg(SIMULATE).arg(targets).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("stdout")?).read_line(&mut line)?;
        Ok(Self { child, url: line.trim().parse()? })
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

async fn bench(span: Duration) -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let settings = watchkeeper_docstore::Settings::Sqlite { path: dir.path().join("bench.db") };
    let store = Store::prepare(watchkeeper_docstore::open(&settings).await?).await?;
    let clock = Clock::default();
    let tenants = tenants(&store, clock.now()).await?;
    publish(dir.path(), &tenants)?;
    let prometheus = Prometheus::start(dir.path())?;
    let source = Arc::new(PrometheusSource::new(&PrometheusSettings::new(prometheus.url.clone()))?);
    let cpu_before = cpu_seconds()?;
    let mut runner = Runner::new(clock.clone(), 2)?;
    start(&store, &clock, source, &mut runner);
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

fn start(store: &Store, clock: &Clock, source: Arc<PrometheusSource>, runner: &mut Runner) {
    let limits = Limits::new(Duration::from_secs(60), Duration::from_secs(86_400));
    let analyst = Arc::new(Analyst::without_models(store.clone(), clock.clone()));
    let batches = BatchService::new(store.clone(), source, analyst, clock.clone(), Nudge::default(), limits, "bench");
    let nudge = Nudge::default();
    let system = SystemScope::for_job("bench the scheduler");
    let scheduler = Scheduler::new(system, batches, CONCURRENCY, nudge.clone(), Duration::from_secs(5));
    runner.spawn(PERIOD, nudge, Arc::new(scheduler));
}

/// Target files as the server writes them.
fn publish(dir: &Path, tenants: &[TenantScope]) -> anyhow::Result<()> {
    for (number, scope) in tenants.iter().enumerate() {
        let targets: Vec<_> = (0..TARGETS).map(|target| format!("host-{number}-{target}:9100")).collect();
        let labels = serde_json::json!({ "job": "dynamic-targets", "name": "host", "user_id": scope.key() });
        let groups = serde_json::json!([{ "targets": targets, "labels": labels }]);
        std::fs::write(dir.join(format!("{}.json", scope.key())), groups.to_string())?;
    }
    Ok(())
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
        if let Some(Outcome::Failed { reason }) = batches.iter().map(|batch| &batch.outcome).find(|o| is_failed(o)) {
            bail!("a batch failed: {reason}");
        }
        late.extend(batches.iter().map(|batch| batch.started_at.since(batch.window.end)));
    }
    Ok(late)
}

fn is_failed(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Failed { .. })
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
