//! axe-core on every page in both themes: no violation that is serious or critical.
//!
//! The engine is fetched by `npm install --prefix tests/peer/axe`, as CI does; without it this test says so and passes, unless
//! everything is required. `WATCHKEEPER_TEST_AXE` names another `axe.min.js`.

use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};

use super::driver::Screen;
use super::{Browser, flows, leak, looks};
use crate::support::PASSWORD;
use crate::support::parts::eventually;

/// Runs the engine and leaves its verdict where the next script finds it.
const RUN: &str = "window.verdict = undefined; axe.run(document, { resultTypes: ['violations'] }).then(\
    result => { window.verdict = result.violations.filter(v => ['serious', 'critical'].includes(v.impact)).map(v => \
    `${v.id} (${v.impact}): ${v.nodes.slice(0, 4).map(n => n.html.slice(0, 160) + ' — ' + n.any.concat(n.all, n.none).map(\
    c => c.message).slice(0, 1)).join(' | ')}`) }, error => { window.verdict = ['axe failed: ' + error] })";

/// The script's file; `None`, having said so, where it is not installed.
fn engine() -> Option<String> {
    let named = std::env::var_os("WATCHKEEPER_TEST_AXE").filter(|path| !path.is_empty()).map(PathBuf::from);
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/peer/axe/node_modules/axe-core/axe.min.js");
    let path = named.unwrap_or(installed);
    if !path.is_file() {
        assert!(std::env::var_os("WATCHKEEPER_REQUIRE_ALL").is_none(), "axe-core is required and not here");
        println!("skipped: no axe-core (npm install --prefix tests/peer/axe)");
        return None;
    }
    Some(std::fs::read_to_string(path).unwrap())
}

/// What the engine holds against the page as it stands.
async fn violations(browser: &Browser, engine: &str) -> Vec<String> {
    if browser.script("return typeof axe").await != json!("object") {
        browser.script(engine).await;
    }
    browser.script(RUN).await;
    let verdict = eventually("the engine's verdict", || async {
        match browser.script("return window.verdict ?? null").await {
            Json::Array(found) => Ok(found),
            other => Err(other.to_string()),
        }
    })
    .await;
    verdict.into_iter().map(|found| found.as_str().unwrap_or_default().to_owned()).collect()
}

#[actix_web::test]
async fn no_page_shuts_anybody_out() {
    let Some(engine) = engine() else { return };
    let app = leak::app().await;
    let (_priya, id, _title) = flows::struck(&app, "priya").await;
    let Some(browser) = Browser::open(&app.base).await else { return };
    let incident = format!("/app/incidents/{id}");
    let mut found = Vec::new();
    for path in looks::SIGNED_OUT {
        found.extend(page(&browser, &engine, path).await);
    }
    browser.goto("/app/sign-in").await;
    browser.fill("#username", "priya").await;
    browser.fill("#password", PASSWORD).await;
    browser.press("button[type=submit]").await;
    browser.at("/app").await;
    for path in looks::PAGES.iter().copied().chain([incident.as_str()]) {
        found.extend(page(&browser, &engine, path).await);
    }
    browser.close().await;
    app.stopped().await;
    assert!(found.is_empty(), "{} violations:\n{}", found.len(), found.join("\n"));
}

/// One page in light and in dark, once what it shows is there.
async fn page(browser: &Browser, engine: &str, path: &str) -> Vec<String> {
    browser.goto(path).await;
    browser.see("h1").await;
    eventually(path, || async {
        let waiting = browser.script("return document.querySelectorAll('.skeleton').length").await;
        if waiting == json!(0) { Ok(()) } else { Err(waiting.to_string()) }
    })
    .await;
    let mut found = Vec::new();
    for dark in [false, true] {
        browser.screen(Screen { width: 1280, height: 900, dark }).await;
        let theme = if dark { "dark" } else { "light" };
        found.extend(violations(browser, engine).await.into_iter().map(|what| format!("{path} in {theme}: {what}")));
    }
    found
}
