//! One browser and its chromedriver, both ours: started on a free port with a fresh profile, ended with the test.

use std::process::Stdio;

use serde_json::{Value as Json, json};
use tempfile::TempDir;
use thirtyfour::{CapabilitiesHelper, ChromiumLikeCapabilities, DesiredCapabilities, WebDriver};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::support::parts::program;

const FLAGS: &[&str] = &[
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

pub(super) struct Browser {
    pub(super) driver: WebDriver,
    pub(super) base: String,
    service: String,
    _process: Child,
    _profile: Profile,
}

/// The window's content, and which theme the system prefers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Screen {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) dark: bool,
}

impl Browser {
    /// `None`, having said so, where there is no Chromium. `base` is the server's address.
    pub(super) async fn open(base: &str) -> Option<Self> {
        let chromium = program("WATCHKEEPER_TEST_CHROMIUM", &["chromium", "chromium-browser", "google-chrome"]);
        let chromedriver = program("WATCHKEEPER_TEST_CHROMEDRIVER", &["chromedriver"]);
        let (Some(chromium), Some(chromedriver)) = (chromium, chromedriver) else {
            println!("skipped: no Chromium");
            return None;
        };
        the_dashboard_is_built(base).await;
        let (process, port) = serve(&chromedriver).await;
        let service = format!("http://127.0.0.1:{port}");
        let profile = Profile(tempfile::tempdir().unwrap());
        let mut wants = DesiredCapabilities::chrome();
        wants.set_binary(chromium.to_str().unwrap()).unwrap();
        let own = format!("--user-data-dir={}", profile.0.path().display());
        for flag in FLAGS.iter().copied().chain([own.as_str()]) {
            wants.add_arg(flag).unwrap();
        }
        wants.set("goog:loggingPrefs", json!({ "browser": "ALL" })).unwrap();
        let driver = WebDriver::new(&service, wants).await.unwrap();
        let browser = Self { driver, base: base.to_owned(), service, _process: process, _profile: profile };
        browser.screen(Screen { width: 1280, height: 900, dark: false }).await;
        Some(browser)
    }

    /// Also narrower than a window can be made.
    pub(super) async fn screen(&self, screen: Screen) {
        let Screen { width, height, dark } = screen;
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
        let scheme = json!({ "name": "prefers-color-scheme", "value": if dark { "dark" } else { "light" } });
        // Colours change at once, so that what is looked at is not in between.
        let still = json!({ "name": "prefers-reduced-motion", "value": "reduce" });
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": [scheme, still] })).await;
    }

    async fn devtools(&self, command: &str, params: Json) {
        self.chromedriver("goog/cdp/execute", json!({ "cmd": command, "params": params })).await;
    }

    /// What chromedriver knows beyond the standard.
    async fn chromedriver(&self, path: &str, body: Json) -> Json {
        let url = format!("{}/session/{}/{path}", self.service, self.driver.handle().session_id());
        let answer = reqwest::Client::new().post(url).json(&body).send().await.unwrap();
        let mut answer: Json = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        assert!(answer["value"]["error"].is_null(), "{path}: {answer}");
        answer["value"].take()
    }

    /// Fails on what the console holds against us: exceptions and refusals by the Content-Security-Policy. An answer of
    /// 4xx, which Chromium lists too, is the server's word and not the page's fault.
    pub(super) async fn console_is_clean(&self) {
        let log = self.chromedriver("se/log", json!({ "type": "browser" })).await;
        let entries = log.as_array().expect("chromedriver hands out its log");
        let bad: Vec<&Json> =
            entries.iter().filter(|entry| entry["level"] == "SEVERE" && entry["source"] != "network").collect();
        assert!(bad.is_empty(), "the console says: {bad:#?}");
    }

    pub(super) async fn close(self) {
        self.driver.quit().await.unwrap();
    }
}

/// A profile of its own. A test that fails never closes its browser, and chromedriver leaves a browser behind when it is
/// killed; whoever still runs on this profile is ended with it.
struct Profile(TempDir);

impl Drop for Profile {
    fn drop(&mut self) {
        let own = self.0.path().to_string_lossy().into_owned();
        let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten().filter(|entry| {
            let arguments = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&arguments).contains(&own)
        });
        let pids: Vec<String> = processes.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        if !pids.is_empty() {
            std::process::Command::new("kill").arg("-KILL").args(pids).status().ok();
        }
    }
}

async fn the_dashboard_is_built(base: &str) {
    let page = reqwest::get(format!("{base}/app")).await.unwrap().text().await.unwrap();
    assert!(page.contains("/assets/"), "there is no dashboard in frontend/dist: run `cargo xtask dist` first");
}

/// A chromedriver on a port of its own choice, killed when its handle is dropped.
async fn serve(chromedriver: &std::path::Path) -> (Child, u16) {
    let mut command = Command::new(chromedriver);
    command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let mut process = command.spawn().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    while let Some(line) = lines.next_line().await.unwrap() {
        // "ChromeDriver was started successfully on port 41235."
        if let Some((_, port)) = line.split_once("successfully on port ") {
            return (process, port.trim_end_matches('.').parse().unwrap());
        }
    }
    panic!("chromedriver ended before it listened");
}
