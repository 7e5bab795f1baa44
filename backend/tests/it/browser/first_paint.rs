//! How long a first visit waits for something to read: a cold cache, on loopback.

use super::{Browser, leak};

/// Milliseconds; the page promises a second, and a machine that tests much at once gets more.
const PROMISED: f64 = 1_000.0;
const LENIENT: f64 = 4_000.0;

#[actix_web::test]
async fn a_first_visit_has_something_to_read_within_a_second() {
    let app = leak::app().await;
    let Some(browser) = Browser::open(&app.base).await else { return };
    // A fresh profile has an empty cache; the address leads a visitor to signing in.
    browser.goto("/app/sign-in").await;
    browser.see("h1").await;
    let paint = browser
        .script("return performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1")
        .await
        .as_f64()
        .unwrap();
    println!("first contentful paint: {paint:.0} ms with a cold cache (promised: {PROMISED:.0} ms)");
    assert!(paint >= 0.0, "nothing was painted");
    assert!(paint <= LENIENT, "the first paint took {paint:.0} ms");
    browser.close().await;
    app.stopped().await;
}
