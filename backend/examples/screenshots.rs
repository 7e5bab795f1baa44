//! Pictures of the dashboard in a real browser, over a demo that has been played: `cargo xtask screenshots`.
//!
//! `cargo run --example screenshots -- DIR` writes PNG files to `DIR`: light, dark, and as on a phone. It takes `chromium` and
//! `chromedriver` from PATH, and the dashboard from `frontend/dist`.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::{Value as Json, json};
use thirtyfour::extensions::query::ElementQueryable;
use thirtyfour::{By, ChromiumLikeCapabilities, DesiredCapabilities, WebDriver};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use watchkeeper::app::{App, Outside};
use watchkeeper::auth::{Door, NewAccount, SystemScope, TenantScope, install_crypto};
use watchkeeper::config::Settings;
use watchkeeper::services::demo::Pace;
use watchkeeper_domain::demo::RunState;
use watchkeeper_domain::id::{Id, IncidentId};

const PATIENCE: Duration = Duration::from_secs(30);
const GLANCE: Duration = Duration::from_millis(100);
const EMAIL: &str = "priya@example.com";
const PASSWORD: &str = "correct-horse-battery-staple-9";
const SCENARIO: &str = "dependency-down";
const FLAGS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// A page as it is taken.
struct Shot {
    name: &'static str,
    path: String,
    /// What is there once the page is.
    shows: &'static str,
    width: u32,
    height: u32,
    dark: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    install_crypto();
    let directory = PathBuf::from(std::env::args().nth(1).context("which directory?")?);
    let dir = tempfile::tempdir()?;
    let app = App::build_with(settings(dir.path())?, Outside { pace: Pace::Unbraked, ..Outside::default() }).await?;
    let (base, stop) = (format!("http://{}", app.address()), app.stop_token());
    let (accounts, demos) = (app.accounts(), app.demos());
    let door = Door { address: "127.0.0.1".to_owned(), user_agent: "screenshots".to_owned() };
    let new = NewAccount { username: "priya".to_owned(), email: EMAIL.to_owned(), password: PASSWORD.to_owned() };
    let opened = accounts.register(new, &door).await?;
    let system = SystemScope::for_job("take pictures");
    let scope = TenantScope::for_job(opened.account.id, &system, "take pictures");
    let taking = async {
        demos.start(&scope, SCENARIO).await?;
        let incident = loop {
            tokio::time::sleep(GLANCE).await;
            let Some(story) = demos.story(&scope).await? else { bail!("the demo is gone") };
            match (story.state, story.run.incident_id) {
                (RunState::Finished, Some(incident)) => break incident,
                (RunState::Playing, _) => {}
                (state, incident) => bail!("the demo ended {state:?} with {incident:?}"),
            }
        };
        take(&base, &incident, &directory).await
    };
    let taken = tokio::select! {
        taken = taking => taken,
        served = app.run_until_stopped() => return Ok(served?),
    };
    stop.cancel();
    taken
}

fn settings(dir: &Path) -> anyhow::Result<Settings> {
    let path = |name: &str| dir.join(name).to_string_lossy().into_owned();
    Ok(Settings::from_pairs([("DATA_DIR", path("data")), ("TARGETS_DIR", path("targets")), ("PORT", "0".to_owned())])?)
}

fn shots(incident: &IncidentId) -> [Shot; 5] {
    let page = format!("/app/incidents/{}?demo=1", incident.as_str());
    let shot = |name, path: &str, shows, (width, height), dark| Shot {
        name,
        path: path.to_owned(),
        shows,
        width,
        height,
        dark,
    };
    [
        shot("incident-light", &page, ".evidence .plot", (1280, 1100), false),
        shot("incident-phone", &page, ".evidence .plot", (390, 844), false),
        shot("overview-dark", "/app?demo=1", ".headline", (1280, 800), true),
        shot("demo-light", "/app/demo", ".captions li", (1280, 1100), false),
        shot("demo-dark", "/app/demo", ".captions li", (1280, 1100), true),
    ]
}

async fn take(base: &str, incident: &IncidentId, directory: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(directory)?;
    let page = reqwest::get(format!("{base}/app")).await?.text().await?;
    if !page.contains("/assets/") {
        bail!("there is no dashboard in frontend/dist: run `cargo xtask dist` first");
    }
    let (mut process, port) = chromedriver().await?;
    let service = format!("http://127.0.0.1:{port}");
    let profile = tempfile::tempdir()?;
    let mut wants = DesiredCapabilities::chrome();
    let own = format!("--user-data-dir={}", profile.path().display());
    for flag in FLAGS.into_iter().chain([own.as_str()]) {
        wants.add_arg(flag)?;
    }
    let driver = WebDriver::new(&service, wants).await?;
    let taken = all(&driver, &service, base, incident, directory).await;
    driver.quit().await?;
    process.kill().await?;
    taken
}

async fn all(
    driver: &WebDriver,
    service: &str,
    base: &str,
    incident: &IncidentId,
    directory: &Path,
) -> anyhow::Result<()> {
    driver.goto(format!("{base}/app/sign-in")).await?;
    for (field, value) in [("#username", EMAIL), ("#password", PASSWORD)] {
        see(driver, field).await?.send_keys(value).await?;
    }
    see(driver, "form button.primary").await?.click().await?;
    see(driver, ".rail").await?;
    for shot in shots(incident) {
        let size =
            json!({ "width": shot.width, "height": shot.height, "deviceScaleFactor": 1, "mobile": shot.width < 600 });
        devtools(driver, service, "Emulation.setDeviceMetricsOverride", size).await?;
        let scheme = json!({ "name": "prefers-color-scheme", "value": if shot.dark { "dark" } else { "light" } });
        devtools(driver, service, "Emulation.setEmulatedMedia", json!({ "features": [scheme] })).await?;
        driver.goto(format!("{base}{}", shot.path)).await?;
        see(driver, shot.shows).await?;
        // The answers that follow the first; what is still then is the page.
        tokio::time::sleep(Duration::from_secs(2)).await;
        let file = directory.join(format!("{}.png", shot.name));
        driver.screenshot(&file).await?;
    }
    Ok(())
}

async fn see(driver: &WebDriver, css: &str) -> anyhow::Result<thirtyfour::WebElement> {
    let query = driver.query(By::Css(css)).and_displayed().wait(PATIENCE, GLANCE);
    query.first().await.with_context(|| format!("{css} is not on the page"))
}

async fn devtools(driver: &WebDriver, service: &str, command: &str, params: Json) -> anyhow::Result<()> {
    let url = format!("{service}/session/{}/goog/cdp/execute", driver.handle().session_id());
    let answer = reqwest::Client::new().post(url).json(&json!({ "cmd": command, "params": params })).send().await?;
    answer.error_for_status().map(drop).context("chromedriver refused a command")
}

/// On a port of its own choice, killed when its handle is dropped.
async fn chromedriver() -> anyhow::Result<(Child, u16)> {
    let mut command = Command::new("chromedriver");
    command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let mut process = command.spawn().context("chromedriver is not on PATH (Debian: `apt install chromium-driver`)")?;
    let mut lines = BufReader::new(process.stdout.take().context("chromedriver says nothing")?).lines();
    while let Some(line) = lines.next_line().await? {
        if let Some((_, port)) = line.split_once("successfully on port ") {
            return Ok((process, port.trim_end_matches('.').parse()?));
        }
    }
    bail!("chromedriver ended before it listened")
}
