//! What a read costs: starts the server as its own process and asks it for a page of targets from 200 connections.
//!
//! `cargo run --release --example http_bench -- path/to/watchkeeper [seconds]` prints one JSON line: cold start, idle RSS,
//! requests per CPU-second of the server, latency. The asking side shares the machine, so latency is an upper bound.

use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

const CLIENTS: usize = 200;
const TARGETS: usize = 5;
/// Jiffies a second on every Linux that matters.
const TICKS: f64 = 100.0;

struct Server {
    child: Child,
    address: String,
    cold_start: Duration,
    _dir: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    watchkeeper::auth::install_crypto();
    let mut arguments = std::env::args().skip(1);
    let binary = arguments.next().context("usage: http_bench path/to/watchkeeper [seconds]")?;
    let seconds: u64 = arguments.next().map_or(Ok(10), |text| text.parse())?;
    let server = start(&binary).await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let idle_rss = rss_mib(server.child.id())?;
    let token = arrange(&server.address).await?;
    let request =
        format!("GET /api/v1/targets HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {token}\r\n\r\n", server.address);
    let before = cpu_seconds(server.child.id())?;
    let mut latencies = load(&server.address, &request, Duration::from_secs(seconds)).await?;
    let cpu = cpu_seconds(server.child.id())? - before;
    latencies.sort_unstable();
    let count = latencies.len();
    let line = json!({
        "cold_start_ms": server.cold_start.as_millis(), "idle_rss_mib": idle_rss, "clients": CLIENTS,
        "requests": count, "cpu_seconds": cpu, "requests_per_cpu_second": count as f64 / cpu,
        "latency_ms": { "p50": quantile(&latencies, 0.5), "p99": quantile(&latencies, 0.99) },
        "loaded_rss_mib": rss_mib(server.child.id())?,
    });
    writeln!(std::io::stdout(), "{line}")?;
    Ok(())
}

/// Starts it on an empty store and waits for its first answer.
async fn start(binary: &str) -> anyhow::Result<Server> {
    let dir = tempfile::tempdir()?;
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let started = Instant::now();
    let child = Command::new(binary)
        .arg("serve")
        .current_dir(dir.path())
        .env_clear()
        .envs([
            ("PORT", port.to_string()),
            ("RATE_LIMIT_PER_MINUTE", "1000000000".to_owned()),
            ("LOG", "warn".to_owned()),
        ])
        .env("TARGETS_DIR", dir.path().join("targets"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()?;
    let address = format!("127.0.0.1:{port}");
    let mut server = Server { child, address, cold_start: Duration::ZERO, _dir: dir };
    while server.cold_start.is_zero() {
        if started.elapsed() > Duration::from_secs(30) {
            bail!("the server did not start");
        }
        match TcpStream::connect(&server.address).await {
            Ok(_) => server.cold_start = started.elapsed(),
            Err(_not_yet) => tokio::time::sleep(Duration::from_millis(2)).await,
        }
    }
    Ok(server)
}

/// An account with a few targets; answers with its access token.
async fn arrange(address: &str) -> anyhow::Result<String> {
    let http = reqwest::Client::new();
    let account =
        json!({ "username": "bench", "email": "bench@example.com", "password": "correct-horse-battery-staple-9" });
    let signed_in = http.post(format!("http://{address}/api/v1/auth/register")).json(&account).send().await?;
    let signed_in: serde_json::Value = signed_in.error_for_status()?.json().await?;
    let token = signed_in.get("access_token").and_then(|token| token.as_str()).context("no token")?.to_owned();
    for n in 0..TARGETS {
        let target =
            json!({ "address": format!("127.0.0.1:{}", 9100 + n), "name": format!("host {n}"), "kind": "node" });
        let made = http.post(format!("http://{address}/api/v1/targets")).bearer_auth(&token).json(&target).send();
        made.await?.error_for_status()?;
    }
    Ok(token)
}

/// Latencies in microseconds of everything asked within the span.
async fn load(address: &str, request: &str, span: Duration) -> anyhow::Result<Vec<u64>> {
    let until = Instant::now() + span;
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        clients.spawn(client(address.to_owned(), request.to_owned(), until));
    }
    let mut all = Vec::new();
    while let Some(done) = clients.join_next().await {
        all.extend(done??);
    }
    Ok(all)
}

async fn client(address: String, request: String, until: Instant) -> anyhow::Result<Vec<u64>> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut latencies = Vec::new();
    let mut buffer = vec![0; 64 * 1024];
    while Instant::now() < until {
        let asked = Instant::now();
        stream.write_all(request.as_bytes()).await?;
        read_answer(&mut stream, &mut buffer).await?;
        latencies.push(u64::try_from(asked.elapsed().as_micros())?);
    }
    Ok(latencies)
}

/// One answer of a known length; anything but 200 ends the bench.
async fn read_answer(stream: &mut TcpStream, buffer: &mut [u8]) -> anyhow::Result<()> {
    let mut filled = 0;
    loop {
        let free = buffer.get_mut(filled..).filter(|free| !free.is_empty()).context("the answer is too long")?;
        let read = stream.read(free).await?;
        if read == 0 {
            bail!("the server closed the connection");
        }
        filled += read;
        let text = std::str::from_utf8(buffer.get(..filled).unwrap_or_default())?;
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        if !head.starts_with("HTTP/1.1 200") {
            bail!("unexpected answer: {head}");
        }
        let length =
            head.lines().find_map(|line| line.strip_prefix("content-length: ")).context("no content-length")?;
        if body.len() >= length.parse::<usize>()? {
            return Ok(());
        }
    }
}

fn quantile(sorted: &[u64], share: f64) -> Option<f64> {
    let at = ((sorted.len() as f64 - 1.0).max(0.0) * share).round() as usize;
    sorted.get(at).map(|micros| *micros as f64 / 1000.0)
}

fn cpu_seconds(pid: u32) -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<f64>().ok()).context("/proc/pid/stat");
    Ok((ticks(11)? + ticks(12)?) / TICKS)
}

fn rss_mib(pid: u32) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("VmRSS")?;
    let kib: f64 = line.split_whitespace().nth(1).context("VmRSS")?.parse()?;
    Ok(kib / 1024.0)
}
