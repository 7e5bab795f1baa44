//! The real parts that tests want beside them, and how each is found.

use std::process::Command;

use anyhow::bail;

use crate::sh;

/// Set by CI: a missing part is a failure, not a skip.
pub(crate) const REQUIRE_ALL: &str = "WATCHKEEPER_REQUIRE_ALL";

struct Part {
    name: &'static str,
    present: fn() -> bool,
    hint: &'static str,
}

const PARTS: &[Part] = &[
    Part { name: "Prometheus", present: prometheus, hint: "put `prometheus` and `promtool` on PATH" },
    Part {
        name: "node_exporter",
        present: node_exporter,
        hint: "put `prometheus-node-exporter` or `node_exporter` on PATH",
    },
    Part {
        name: "MongoDB-wire server",
        present: || std::env::var_os("WATCHKEEPER_TEST_MONGO_URI").is_some(),
        hint: "set WATCHKEEPER_TEST_MONGO_URI (tests/peer/mongo starts one)",
    },
    Part { name: "SMTP server", present: smtp, hint: "pip install -r tests/peer/smtp/requirements.txt" },
    Part { name: "Chromium", present: chromium, hint: "put `chromium` and `chromedriver` on PATH" },
];

fn prometheus() -> bool {
    sh::which("prometheus").is_some() && sh::which("promtool").is_some()
}

fn node_exporter() -> bool {
    sh::which("prometheus-node-exporter").or_else(|| sh::which("node_exporter")).is_some()
}

fn smtp() -> bool {
    let python = std::env::var("WATCHKEEPER_TEST_SMTP_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    sh::output(Command::new(python).args(["-c", "import aiosmtpd"])).is_ok_and(|out| out.status.success())
}

fn chromium() -> bool {
    sh::which("chromium").is_some() && sh::which("chromedriver").is_some()
}

/// Says which parts are missing; with [`REQUIRE_ALL`] set, one missing part is an error.
pub(crate) fn report() -> anyhow::Result<()> {
    let missing: Vec<&Part> = PARTS.iter().filter(|part| !(part.present)()).collect();
    for part in &missing {
        sh::say(&format!("skipped: no {} ({})", part.name, part.hint));
    }
    if !missing.is_empty() && std::env::var_os(REQUIRE_ALL).is_some_and(|v| v == "1") {
        bail!("{REQUIRE_ALL}=1 and {} part(s) are missing", missing.len());
    }
    Ok(())
}
