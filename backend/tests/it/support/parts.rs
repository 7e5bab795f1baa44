//! Real parts on loopback: Prometheus with the shipped configuration, node_exporter, and promtool.
//!
//! Each is a process of the test's own, on a free port, with its files in a directory of its own, and ends with its value.
//! A part that is not installed skips the test with a line that says so, unless everything is required.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use uuid::Uuid;
use watchkeeper_clients::egress::{Guard, Policy, Request};

/// Longest wait for a part to answer, or for a condition on it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The configuration that is shipped.
pub(crate) fn shipped_config() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../prometheus/prometheus.yml")
}

/// The program named by `variable`, or found on PATH by one of `names`.
pub(crate) fn program(variable: &str, names: &[&str]) -> Option<PathBuf> {
    let named = std::env::var_os(variable).filter(|path| !path.is_empty()).map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = named.or_else(|| {
        std::env::split_paths(&path).flat_map(|dir| names.iter().map(move |name| dir.join(name))).find(|p| p.is_file())
    });
    if found.is_none() {
        assert!(std::env::var_os("WATCHKEEPER_REQUIRE_ALL").is_none(), "{} is required and not here", names[0]);
        println!("skipped: no {}", names[0]);
    }
    found
}

/// A fresh database of the server that `WATCHKEEPER_TEST_MONGO_URI` names; `None`: it names none, and this said so.
pub(crate) fn mongo_database() -> Option<String> {
    let Some(server) = std::env::var("WATCHKEEPER_TEST_MONGO_URI").ok().filter(|uri| !uri.is_empty()) else {
        assert!(std::env::var_os("WATCHKEEPER_REQUIRE_ALL").is_none(), "WATCHKEEPER_TEST_MONGO_URI names no server");
        println!("skipped: no MongoDB-wire server (WATCHKEEPER_TEST_MONGO_URI)");
        return None;
    };
    Some(format!("{}/it_{}", server.trim_end_matches('/'), Uuid::now_v7().simple()))
}

/// Polls until `probe` gives something; the condition and what it last saw are in the panic.
pub(crate) async fn eventually<T, F: Future<Output = Result<T, String>>>(what: &str, probe: impl FnMut() -> F) -> T {
    eventually_within(PATIENCE, what, probe).await
}

/// As [`eventually`], for what takes its time by design.
pub(crate) async fn eventually_within<T, F: Future<Output = Result<T, String>>>(
    patience: Duration,
    what: &str,
    mut probe: impl FnMut() -> F,
) -> T {
    let deadline = Instant::now() + patience;
    loop {
        match probe().await {
            Ok(value) => return value,
            Err(seen) if Instant::now() > deadline => panic!("{what} did not come: {seen}"),
            Err(_not_yet) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

/// A child that is killed and reaped when dropped.
#[derive(Debug)]
struct Process(Child);

impl Process {
    fn start(command: &mut Command) -> Self {
        Self(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

async fn answers(url: &str) -> Result<(), String> {
    let client = Guard::new(Policy::operator()).client(Duration::from_secs(2)).unwrap().with_body_limit(8 << 20);
    let answer = client.send(Request::get(url.parse().unwrap())).await.map_err(|error| error.to_string())?;
    if answer.status.is_success() { Ok(()) } else { Err(answer.status.to_string()) }
}

/// Prometheus with the shipped configuration, scraping every second.
#[derive(Debug)]
pub(crate) struct Prometheus {
    pub(crate) url: String,
    /// What is put here as `*.json` is scraped.
    pub(crate) targets_dir: PathBuf,
    _process: Process,
    _files: TempDir,
}

impl Prometheus {
    /// `None`: not installed, and said so.
    pub(crate) async fn start() -> Option<Self> {
        let program = program("WATCHKEEPER_TEST_PROMETHEUS", &["prometheus"])?;
        let files = tempfile::tempdir().unwrap();
        let targets_dir = files.path().join("targets");
        fs::create_dir(&targets_dir).unwrap();
        let shipped = fs::read_to_string(shipped_config()).unwrap();
        let quick = shipped.replace("scrape_interval: 15s", "scrape_interval: 1s");
        let quick = quick
            .replace("scrape_timeout: 10s", "scrape_timeout: 1s")
            .replace("refresh_interval: 1m", "refresh_interval: 1s");
        assert_ne!(quick, shipped, "the shipped configuration no longer has the lines that tests shorten");
        let config = files.path().join("prometheus.yml");
        fs::write(&config, quick).unwrap();
        let address = format!("127.0.0.1:{}", free_port());
        let process = Process::start(
            Command::new(program)
                .arg(format!("--config.file={}", config.display()))
                .arg(format!("--storage.tsdb.path={}", files.path().join("data").display()))
                .arg(format!("--web.listen-address={address}")),
        );
        let url = format!("http://{address}");
        let ready = format!("{url}/-/ready");
        eventually("a ready Prometheus", || answers(&ready)).await;
        Some(Self { url, targets_dir, _process: process, _files: files })
    }
}

/// node_exporter with a few quick collectors. Nothing about disks: one that really is full would be told of, rightly.
#[derive(Debug)]
pub(crate) struct NodeExporter {
    /// `127.0.0.1:port`
    pub(crate) address: String,
    _process: Process,
}

impl NodeExporter {
    /// `None`: not installed, and said so.
    pub(crate) async fn start() -> Option<Self> {
        Self::start_at(free_port()).await
    }

    /// As [`NodeExporter::start`], on a given port: to come back where it was.
    pub(crate) async fn start_at(port: u16) -> Option<Self> {
        let names = ["prometheus-node-exporter", "node_exporter"];
        let program = program("WATCHKEEPER_TEST_NODE_EXPORTER", &names)?;
        let address = format!("127.0.0.1:{port}");
        let quick = ["cpu", "loadavg", "meminfo", "stat", "time", "vmstat"].map(|name| format!("--collector.{name}"));
        let process = Process::start(
            Command::new(program)
                .arg(format!("--web.listen-address={address}"))
                .arg("--collector.disable-defaults")
                .args(quick),
        );
        let metrics = format!("http://{address}/metrics");
        eventually("an answering node_exporter", || answers(&metrics)).await;
        Some(Self { address, _process: process })
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.rsplit_once(':').unwrap().1.parse().unwrap()
    }
}

/// Runs promtool to its end; `None`: not installed, and said so.
pub(crate) fn promtool(args: &[&str]) -> Option<Output> {
    let program = program("WATCHKEEPER_TEST_PROMTOOL", &["promtool"])?;
    Some(Command::new(program).args(args).output().unwrap())
}
