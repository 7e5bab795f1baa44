//! `cargo xtask bench`: what the product costs, as CPU time per unit, so that a busy machine does not falsify it.

use std::path::Path;
use std::process::Command;

use crate::{run, sh};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How long the scheduler bench runs, seconds: every one of its 1,000 tenants is due once a minute
    #[arg(long, default_value_t = 130)]
    scheduler_seconds: u32,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let seconds = args.scheduler_seconds.to_string();
    // All at once: built one by one, the server would be compiled once more with the features of the tests.
    let what = ["--package", "watchkeeper", "--package", "watchkeeper-domain", "--bins", "--examples"];
    sh::run(sh::cargo(&["build", "--release", "--locked"]).args(what))?;
    let server = run::binary(true)?;
    sh::say("series examined per CPU-second, and the tokens of a prompt");
    example(&server, "series_bench", &[])?;
    sh::say("1,000 tenants × 5 targets on a simulated Prometheus: start lateness, CPU, memory");
    example(&server, "scheduler_bench", &[&seconds])?;
    sh::say(
        "scraping 20 node_exporters every second: samples per CPU-second and bytes a sample, beside a real Prometheus",
    );
    example(&server, "collector_bench", &[])?;
    sh::say("cold start, idle memory, authenticated reads per CPU-second from 200 connections");
    example(&server, "http_bench", &[&server.to_string_lossy()])
}

/// Runs one of the benches that stand beside the server.
fn example(server: &Path, name: &str, args: &[&str]) -> anyhow::Result<()> {
    sh::run(Command::new(server.with_file_name("examples").join(name)).args(args).current_dir(sh::root()))
}
