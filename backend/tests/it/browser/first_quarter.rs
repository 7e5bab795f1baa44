//! The first quarter of an hour on a machine that has nothing else: no Prometheus, no model, an empty store. The server watches
//! itself, and a demo outage plays at its real pace; both in one sitting, and within two minutes of signing up.

use std::time::{Duration, Instant};

use super::Browser;
use crate::support::TestApp;
use crate::support::parts::{eventually, eventually_within};

const PROMISED: Duration = Duration::from_secs(120);
/// Two scrapes make a rate, and the collector scrapes every fifteen seconds.
const CHART: &str = "/app/metrics?metric=watchkeeper_http_request_duration_seconds_count";

#[actix_web::test]
async fn from_nothing_to_live_charts_and_an_explained_outage() {
    let app = TestApp::with(&[("METRICS_SOURCE", "builtin"), ("ALLOW_PRIVATE_TARGETS", "true")]).await;
    let Some(browser) = Browser::open(&app.base).await else { return };
    let begun = Instant::now();
    browser.sign_up("priya").await;
    browser.read("Or watch a demo outage first").await;
    let clicked = Instant::now();
    browser.press("button[aria-label='Play: Database down, processor misleading']").await;
    browser.at("/app/demo").await;
    browser.read("Playing: minute").await;

    // While it plays: the server itself, in one press.
    browser.goto("/app/targets").await;
    browser.press_button("Watch it").await;
    browser.read("watchkeeper is watched").await;

    browser.goto("/app/demo").await;
    within(&browser, PROMISED, "first message").await;
    println!("from the click to the first message: at most {:.0} s", clicked.elapsed().as_secs_f64());
    browser.press("#outbox-heading ~ .outbox summary").await;
    browser.read("PostgreSQL does not answer its exporter").await;
    let (mail, post) = ("iframe.letter", ".outbox .post");
    browser.see(post).await;
    eventually("the mail in its frame", || async {
        let inside =
            format!("return document.querySelector('{mail}')?.contentDocument?.querySelector('h1')?.innerText ?? ''");
        let title = browser.script(&inside).await;
        if title.as_str().is_some_and(|title| title.contains("PostgreSQL")) { Ok(()) } else { Err(title.to_string()) }
    })
    .await;
    browser.console_is_clean().await;
    browser.press(".stage-card .notice a").await;
    browser.read("You are looking at a demo outage.").await;
    let title = browser.see("h1").await.text().await.unwrap();
    assert!(title.contains("PostgreSQL does not answer"), "the dependency is named, not the busy processor: {title}");
    browser.read("Do first").await;
    browser.see(".chart path.line").await;

    browser.goto(CHART).await;
    eventually_within(PROMISED, "a line of the requests the server answers", || async {
        let line = browser.script("return document.querySelector('.chart path.line')?.getAttribute('d') ?? ''").await;
        if line.as_str().is_some_and(|path| path.contains('L')) { Ok(()) } else { Err(browser.text().await) }
    })
    .await;
    let took = begun.elapsed();
    println!("from signing up to live charts and an explained outage: {:.0} s", took.as_secs_f64());
    assert!(took <= PROMISED, "it took {took:?}");

    browser.goto("/app/demo").await;
    browser.press_button("Remove everything of this demo").await;
    browser.read("Watch a demo outage").await;
    browser.goto("/app/incidents").await;
    browser.read("Nothing has broken yet").await;
    browser.console_is_clean().await;
    browser.close().await;
    app.stopped().await;
}

async fn within(browser: &Browser, span: Duration, words: &str) {
    eventually_within(span, words, || async {
        let text = browser.text().await;
        if text.contains(words) { Ok(()) } else { Err(text) }
    })
    .await;
}
