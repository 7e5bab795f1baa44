//! `cargo xtask <verb>`: every chore of the project. A verb is a module here and a variant of [`Verb`].

mod bench;
mod dist;
mod parts;
mod run;
mod screenshots;
mod sh;
mod test;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", about = "Every chore of the project", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Build the dashboard and the server, then start it on the embedded store in ./data
    Run(run::Args),
    /// Build the dashboard into frontend/dist, which the server embeds
    Dist(dist::Args),
    /// Measure what the product costs, in CPU time per unit
    Bench(bench::Args),
    /// Take the README's pictures from a demo in a real browser
    Screenshots,
    /// Check format and lints, then run every test; parts that are missing are named and skipped
    Test(test::Args),
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().verb {
        Verb::Run(args) => run::run(&args),
        Verb::Dist(args) => dist::run(&args),
        Verb::Bench(args) => bench::run(&args),
        Verb::Screenshots => screenshots::run(),
        Verb::Test(args) => test::run(&args),
    }
}
