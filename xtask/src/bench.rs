//! `cargo xtask bench`: what the product costs, as CPU time per unit, so that a busy machine does not falsify it.

use crate::{run, sh};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How long the scheduler bench runs, seconds: every one of its 1,000 tenants is due once a minute
    #[arg(long, default_value_t = 130)]
    scheduler_seconds: u32,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let seconds = args.scheduler_seconds.to_string();
    sh::run(&mut sh::cargo(&["build", "--release", "--locked", "--package", "watchkeeper"]))?;
    let server = run::binary(true)?;
    sh::say("series examined per CPU-second, and the tokens of a prompt");
    example("watchkeeper-domain", "series_bench", &[])?;
    sh::say("1,000 tenants × 5 targets on a simulated Prometheus: start lateness, CPU, memory");
    example("watchkeeper", "scheduler_bench", &[&seconds])?;
    sh::say(
        "scraping 20 node_exporters every second: samples per CPU-second and bytes a sample, beside a real Prometheus",
    );
    example("watchkeeper", "collector_bench", &[])?;
    sh::say("cold start, idle memory, authenticated reads per CPU-second from 200 connections");
    example("watchkeeper", "http_bench", &[&server.to_string_lossy()])
}

fn example(package: &str, name: &str, args: &[&str]) -> anyhow::Result<()> {
    let mut command = sh::cargo(&["run", "--release", "--locked", "--package", package, "--example", name, "--"]);
    sh::run(command.args(args))
}
