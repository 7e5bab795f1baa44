//! Every page in light, dark and on a phone: it fits, it has a heading and a title.

use serde_json::json;

use super::Browser;
use super::driver::Screen;

pub(super) const SIGNED_OUT: &[&str] = &["/app/sign-in", "/app/register", "/app/nowhere"];
pub(super) const PAGES: &[&str] = &[
    "/app",
    "/app/incidents",
    "/app/incidents/anomalies",
    "/app/incidents/root-causes",
    "/app/batches",
    "/app/metrics",
    "/app/targets",
    "/app/targets?state=down",
    "/app/targets/bulk",
    "/app/alerts",
    "/app/alerts/receivers",
    "/app/how-it-works",
    "/app/demo",
    "/app/settings",
    "/app/settings/account",
    "/app/settings/access",
    "/app/settings/data",
    "/app/nowhere",
];
/// What a screen shows behind everything, by theme.
const SCREENS: &[(Screen, &str)] = &[
    (Screen { width: 1440, height: 900, dark: false }, "rgb(247, 247, 245)"),
    (Screen { width: 768, height: 1024, dark: true }, "rgb(17, 20, 23)"),
    (Screen { width: 360, height: 780, dark: false }, "rgb(247, 247, 245)"),
];

/// Through all pages on all screens, signing in as `name` in between.
pub(super) async fn walk(browser: &Browser, name: &str, incident: &str) {
    for path in SIGNED_OUT {
        look(browser, path).await;
    }
    browser.sign_in(name).await;
    let incident = format!("/app/incidents/{incident}");
    for path in PAGES.iter().copied().chain([incident.as_str()]) {
        look(browser, path).await;
    }
}

/// One page on every screen; it is loaded once, as a window is that somebody resizes.
pub(super) async fn look(browser: &Browser, path: &str) {
    browser.goto(path).await;
    for (screen, background) in SCREENS {
        browser.screen(*screen).await;
        let heading = browser.see("h1").await.text().await.unwrap();
        assert!(!heading.is_empty(), "{path}");
        assert!(browser.driver.title().await.unwrap().ends_with("· Watchkeeper"), "{path}");
        let painted = browser.script("return getComputedStyle(document.body).backgroundColor").await;
        assert_eq!(painted, json!(background), "{path} on {screen:?}");
        browser.fits(path).await;
    }
}
