//! `cargo xtask screenshots`: the README's pictures, taken from a demo in a real browser.

use anyhow::bail;

use crate::sh;

pub(crate) fn run() -> anyhow::Result<()> {
    for (program, package) in [("chromium", "chromium"), ("chromedriver", "chromium-driver")] {
        if sh::which(program).is_none() {
            bail!("`{program}` is not on PATH; on Debian: `apt install {package}`");
        }
    }
    if !sh::root().join("frontend/dist/index.html").is_file() {
        bail!("the dashboard is not built; run `cargo xtask dist` first");
    }
    let directory = sh::root().join("docs/screenshots");
    let mut command = sh::cargo(&["run", "--locked", "--package", "watchkeeper", "--example", "screenshots", "--"]);
    sh::run(command.arg(directory))
}
