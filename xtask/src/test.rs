//! `cargo xtask test`: what has to hold before a change may land, cheapest first.

use anyhow::bail;

use crate::{dist, parts, sh};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only run tests whose name contains this; skips format, lints and the dashboard
    filter: Option<String>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    parts::report()?;
    if let Some(filter) = &args.filter {
        return sh::run(&mut sh::cargo(&["test", "--workspace", "--", filter]));
    }
    sh::run(&mut sh::cargo(&["fmt", "--all", "--check"]))?;
    sh::run(&mut dist::cargo(&["fmt", "--all", "--check"]))?;
    sh::run(&mut sh::cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "--deny", "warnings"]))?;
    banned_crates()?;
    sh::run(&mut sh::cargo(&[
        "check",
        "--package",
        "watchkeeper-common",
        "--target",
        "wasm32-unknown-unknown",
        "--locked",
    ]))?;
    sh::run(&mut dist::cargo(&[
        "clippy",
        "--workspace",
        "--target",
        "wasm32-unknown-unknown",
        "--locked",
        "--",
        "--deny",
        "warnings",
    ]))?;
    sh::run(&mut dist::cargo(&["test", "--workspace", "--locked"]))?;
    // The browser tests look at what is shipped.
    dist::build(dist::Profile::Release)?;
    sh::run(&mut sh::cargo(&["test", "--workspace", "--locked"]))
}

/// TLS is rustls with ring everywhere; these may not come back through a dependency's default feature.
fn banned_crates() -> anyhow::Result<()> {
    for name in ["aws-lc-sys", "openssl-sys", "native-tls", "rsa"] {
        let found = sh::output(&mut sh::cargo(&["tree", "--workspace", "--locked", "--invert", name]))?;
        if found.status.success() && !found.stdout.is_empty() {
            bail!("{name} is in the dependency graph:\n{}", String::from_utf8_lossy(&found.stdout));
        }
    }
    sh::say("no aws-lc, OpenSSL, native-tls or rsa in the graph");
    Ok(())
}
