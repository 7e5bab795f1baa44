//! What scraping costs: the built-in collector, then a real Prometheus where there is one, on the same targets.
//!
//! `cargo run --release --example collector_bench -- [seconds] [targets]` prints one JSON line: samples scraped per CPU-second, bytes a
//! sample, RSS. The targets are one node_exporter behind a relay (this program again, as a process of its own, so that serving costs
//! neither side anything), each on a loopback address of its own, scraped every second.

use std::collections::BTreeMap;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::{Value as Json, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use uuid::Uuid;
use watchkeeper_clients::collector::{Collector, CollectorSettings};
use watchkeeper_clients::egress::{Guard, Policy};
use watchkeeper_domain::id::{Id, TargetId, UserId};
use watchkeeper_domain::target::{ExporterKind, Scheme, Target, file_sd};
use watchkeeper_domain::time::UtcMillis;

const INTERVAL: Duration = Duration::from_secs(1);
/// Jiffies a second on every Linux that matters.
const TICKS: f64 = 100.0;

/// A child that ends with its value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    watchkeeper::auth::install_crypto();
    let mut arguments = std::env::args().skip(1);
    let first = arguments.next();
    if first.as_deref() == Some("relay") {
        let port = arguments.next().context("relay without a port")?.parse()?;
        return relay(port, &arguments.next().context("relay without an exporter")?).await;
    }
    let seconds: u64 = first.map_or(Ok(60), |text| text.parse())?;
    let count: u8 = arguments.next().map_or(Ok(20), |text| text.parse())?;
    let (_relay, targets) = start_targets(count).await?;
    let span = Duration::from_secs(seconds);
    let builtin = builtin(&targets, span).await?;
    let prometheus = match on_path(&["prometheus"]) {
        Some(program) => prometheus(&program, &targets, span).await?,
        None => Json::Null,
    };
    let line = json!({
        "targets": count, "seconds": seconds, "interval_seconds": INTERVAL.as_secs(), "debug": cfg!(debug_assertions),
        "builtin": builtin, "prometheus": prometheus,
    });
    writeln!(std::io::stdout(), "{line}")?;
    Ok(())
}

/// The collector in this process.
async fn builtin(targets: &[Target], span: Duration) -> anyhow::Result<Json> {
    let dir = tempfile::tempdir()?;
    let settings = CollectorSettings { interval: INTERVAL, ..CollectorSettings::new(dir.path().join("collector")) };
    let collector = Collector::open(&settings, Guard::new(Policy::operator()), now())?;
    let owner = owner();
    collector.set_targets(targets.iter().map(|target| (&owner, target)));
    let before = cpu_seconds("self")?;
    let until = Instant::now() + span;
    while Instant::now() < until {
        let wait = collector.step(now()).since(now()).clamp(1, 100);
        tokio::time::sleep(Duration::from_millis(wait.unsigned_abs())).await;
    }
    collector.stop().await;
    let cpu = cpu_seconds("self")? - before;
    let held = collector.summary();
    let samples = held.samples as f64;
    Ok(json!({
        "series": held.series, "samples": held.samples, "cpu_seconds": cpu, "samples_per_cpu_second": samples / cpu,
        "bytes_per_sample": held.chunk_bytes as f64 / samples, "disk_bytes_per_sample": held.disk as f64 / samples,
        "rss_mib": rss_mib("self")?,
    }))
}

/// A Prometheus of one's own with nothing else to do.
async fn prometheus(program: &Path, targets: &[Target], span: Duration) -> anyhow::Result<Json> {
    let dir = tempfile::tempdir()?;
    let owner = owner();
    std::fs::write(dir.path().join("targets.json"), file_sd(targets.iter().map(|target| (&owner, target))))?;
    let config = "global: {scrape_interval: 1s, scrape_timeout: 1s}\nscrape_configs:\n  - job_name: dynamic-targets\n    \
                  honor_timestamps: false\n    file_sd_configs: [{files: [targets.json]}]\n";
    std::fs::write(dir.path().join("prometheus.yml"), config)?;
    let address = format!("127.0.0.1:{}", free_port()?);
    let mut command = Command::new(program);
    command
        .arg(format!("--config.file={}", dir.path().join("prometheus.yml").display()))
        .arg(format!("--storage.tsdb.path={}", dir.path().join("data").display()))
        .arg(format!("--web.listen-address={address}"))
        .current_dir(dir.path());
    let process = start(&mut command)?;
    let pid = process.0.id().to_string();
    let own = format!("http://{address}/metrics");
    let begun = answering(&own).await?;
    let before = cpu_seconds(&pid)?;
    tokio::time::sleep(span).await;
    let cpu = cpu_seconds(&pid)? - before;
    let ended = answering(&own).await?;
    let samples = number(&ended, "prometheus_tsdb_head_samples_appended_total")
        - number(&begun, "prometheus_tsdb_head_samples_appended_total");
    let all = number(&ended, "prometheus_tsdb_head_samples_appended_total");
    Ok(json!({
        "series": number(&ended, "prometheus_tsdb_head_series"), "samples": samples, "cpu_seconds": cpu,
        "samples_per_cpu_second": samples / cpu,
        "wal_bytes_per_sample": bytes_in(&dir.path().join("data/wal")) as f64 / all,
        "rss_mib": rss_mib(&pid)?,
    }))
}

/// What the files of a directory take on disk; Prometheus allocates its write-ahead log ahead.
fn bytes_in(dir: &Path) -> u64 {
    let files = std::fs::read_dir(dir).into_iter().flatten().flatten();
    files.filter_map(|file| file.metadata().ok()).map(|file| file.len().min(file.blocks() * 512)).sum()
}

/// The sum over a metric's rows; zero for one that is not there.
fn number(exposition: &str, metric: &str) -> f64 {
    let rows =
        exposition.lines().filter(|line| line.strip_prefix(metric).is_some_and(|rest| rest.starts_with([' ', '{'])));
    rows.filter_map(|row| row.rsplit(' ').next()?.parse::<f64>().ok()).sum()
}

async fn start_targets(count: u8) -> anyhow::Result<([Running; 2], Vec<Target>)> {
    let exporter = on_path(&["prometheus-node-exporter", "node_exporter"]).context("no node_exporter on PATH")?;
    let (source, port) = (format!("127.0.0.1:{}", free_port()?), free_port()?);
    let exporter = start(Command::new(exporter).arg(format!("--web.listen-address={source}")))?;
    let metrics = format!("http://{source}/metrics");
    answering(&metrics).await?;
    let relay = start(Command::new(std::env::current_exe()?).args(["relay", &port.to_string(), &metrics]))?;
    answering(&format!("http://127.0.0.1:{port}/metrics")).await?;
    let target = |n: u8| Target {
        id: TargetId::from_uuid(Uuid::from_u128(n.into())),
        address: format!("127.0.1.{n}:{port}"),
        scheme: Scheme::Http,
        metrics_path: "/metrics".to_owned(),
        name: format!("host {n}"),
        tags: BTreeMap::new(),
        terms: Vec::new(),
        kind: ExporterKind::Node,
        enabled: true,
        created_at: UtcMillis(0),
        updated_at: UtcMillis(0),
    };
    Ok(([exporter, relay], (1..=count).map(target).collect()))
}

/// Serves what the exporter said last, asking it anew each second.
async fn relay(port: u16, exporter: &str) -> anyhow::Result<()> {
    let body = Arc::new(RwLock::new(answering(exporter).await?));
    let listener = TcpListener::bind(("0.0.0.0", port)).await?;
    let mut open = JoinSet::new();
    let mut refresh = tokio::time::interval(INTERVAL);
    loop {
        tokio::select! {
            _ = refresh.tick() => {
                let fresh = answering(exporter).await?;
                if let Ok(mut body) = body.write() {
                    *body = fresh;
                }
            }
            accepted = listener.accept() => {
                open.spawn(serve(accepted?.0, Arc::clone(&body)));
                while open.try_join_next().is_some() {}
            }
        }
    }
}

async fn serve(mut stream: tokio::net::TcpStream, body: Arc<RwLock<String>>) -> Option<()> {
    let mut buffer = vec![0; 8192];
    loop {
        let mut filled = 0;
        while !buffer.get(..filled)?.ends_with(b"\r\n\r\n") {
            let read = stream.read(buffer.get_mut(filled..)?).await.ok().filter(|read| *read > 0)?;
            filled += read;
        }
        let body = body.read().ok()?.clone();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: text/plain; version=0.0.4\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(&[head.as_bytes(), body.as_bytes()].concat()).await.ok()?;
    }
}

/// The body, once it answers.
async fn answering(url: &str) -> anyhow::Result<String> {
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        match reqwest::get(url).await {
            Ok(answer) if answer.status().is_success() => return Ok(answer.text().await?),
            _ if Instant::now() > until => bail!("{url} does not answer"),
            _ => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

fn start(command: &mut Command) -> anyhow::Result<Running> {
    Ok(Running(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?))
}

fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .flat_map(|dir| names.iter().map(move |name| dir.join(name)))
        .find(|file| file.is_file())
}

fn free_port() -> anyhow::Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

fn owner() -> UserId {
    UserId::from_uuid(Uuid::from_u128(1))
}

fn now() -> UtcMillis {
    jiff::Timestamp::now().into()
}

fn cpu_seconds(pid: &str) -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<f64>().ok()).context("/proc/pid/stat");
    Ok((ticks(11)? + ticks(12)?) / TICKS)
}

fn rss_mib(pid: &str) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("VmRSS")?;
    let kib: f64 = line.split_whitespace().nth(1).context("VmRSS")?.parse()?;
    Ok(kib / 1024.0)
}
