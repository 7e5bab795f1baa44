//! `cargo xtask run`: the first command of a newcomer.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::{dist, sh};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Build the server optimised: slower to build, what a deployment runs
    #[arg(long, conflicts_with = "debug")]
    release: bool,
    /// Build the dashboard unoptimised too: the fastest to build, the largest to load
    #[arg(long)]
    debug: bool,
    /// Passed on to `watchkeeper serve`
    #[arg(last = true)]
    serve_args: Vec<String>,
}

/// How long a child may take to stop before it is killed.
const GRACE: Duration = Duration::from_secs(40);

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let mut build = vec!["build", "--package", "watchkeeper", "--locked"];
    if args.release {
        build.push("--release");
    }
    sh::say("building the dashboard, then the server: some minutes the first time, seconds after that");
    dist::build(if args.debug { dist::Profile::Debug } else { dist::Profile::Release })?;
    sh::run(&mut sh::cargo(&build))?;

    let (stop, stopped) = mpsc::channel();
    let on_signal = move || stop.send(()).unwrap_or_default();
    ctrlc::set_handler(on_signal).context("could not listen for Ctrl-C")?;
    let prometheus = Prometheus::start()?;
    let mut server = Command::new(binary(args.release)?);
    server.arg("serve").args(&args.serve_args).current_dir(sh::root());
    if let Some(prometheus) = &prometheus {
        server.env("PROM_URL", &prometheus.url);
    }
    let mut server = Running::start("watchkeeper", &mut server)?;
    let status = loop {
        if let Some(status) = server.child.try_wait()? {
            break status;
        }
        if stopped.recv_timeout(Duration::from_millis(200)).is_ok() {
            break server.stop()?;
        }
    };
    if !status.success() {
        bail!("the server stopped with {status}");
    }
    Ok(())
}

pub(crate) fn binary(release: bool) -> anyhow::Result<std::path::PathBuf> {
    let metadata = sh::output(&mut sh::cargo(&["metadata", "--format-version", "1", "--no-deps", "--locked"]))?;
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout)?;
    let target = metadata
        .get("target_directory")
        .and_then(|v| v.as_str())
        .context("cargo metadata names no target directory")?;
    Ok(Path::new(target).join(if release { "release" } else { "debug" }).join("watchkeeper"))
}

/// A child that is asked to stop, then made to, when it goes out of scope.
struct Running {
    name: &'static str,
    child: Child,
}

impl Running {
    fn start(name: &'static str, command: &mut Command) -> anyhow::Result<Self> {
        let child = command.stdin(Stdio::null()).spawn().with_context(|| format!("could not start {name}"))?;
        Ok(Self { name, child })
    }

    fn stop(&mut self) -> anyhow::Result<std::process::ExitStatus> {
        let pid = Pid::from_raw(i32::try_from(self.child.id())?);
        if self.child.try_wait()?.is_none() {
            kill(pid, Signal::SIGTERM).with_context(|| format!("could not stop {}", self.name))?;
        }
        let deadline = Instant::now() + GRACE;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            std::thread::park_timeout(Duration::from_millis(50));
        }
        self.child.kill()?;
        Ok(self.child.wait()?)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            sh::say(&format!("{}: {error:#}", self.name));
        }
    }
}

/// The Prometheus on PATH with our configuration, when none was named; without one the server scrapes by itself.
struct Prometheus {
    url: String,
    _process: Running,
}

impl Prometheus {
    fn start() -> anyhow::Result<Option<Self>> {
        let builtin = std::env::var("METRICS_SOURCE").is_ok_and(|source| source.eq_ignore_ascii_case("builtin"));
        if builtin || std::env::var_os("PROM_URL").is_some() {
            return Ok(None);
        }
        let Some(program) = sh::which("prometheus") else {
            sh::say(
                "no `prometheus` on PATH: the server scrapes by itself and keeps a day of samples in data/collector",
            );
            return Ok(None);
        };
        let address = format!("127.0.0.1:{}", free_port()?);
        let data = sh::root().join("data");
        std::fs::create_dir_all(&data)?;
        let log = std::fs::File::create(data.join("prometheus.log"))?;
        let mut command = Command::new(program);
        command
            .arg(format!("--config.file={}", sh::root().join("prometheus/prometheus.yml").display()))
            .arg(format!("--storage.tsdb.path={}", data.join("prometheus").display()))
            .arg(format!("--web.listen-address={address}"))
            .current_dir(sh::root())
            .stdout(Stdio::null())
            .stderr(log);
        let process = Running::start("prometheus", &mut command)?;
        sh::say(&format!("Prometheus on http://{address}, log in data/prometheus.log"));
        Ok(Some(Self { url: format!("http://{address}"), _process: process }))
    }
}

/// Prometheus's own port when it is free, any other otherwise.
fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:9090").or_else(|_| TcpListener::bind("127.0.0.1:0"))?;
    Ok(listener.local_addr()?.port())
}
