//! What the address of a list or a page says: how far back, from where on, which fact.

use serde_json::json;

use super::flows::struck;
use super::{Browser, incidents, leak};
use crate::support::TestApp;
use crate::support::parts::eventually;

/// What is chosen in the top bar, in words.
async fn time(browser: &Browser, said: &str) {
    browser.see("select[name=time]").await;
    eventually(said, || async {
        let shown = "return document.querySelector('select[name=time]')?.selectedOptions[0]?.text ?? ''";
        let shown = browser.script(shown).await;
        if shown == json!(said) { Ok(()) } else { Err(shown.to_string()) }
    })
    .await;
}

#[actix_web::test]
async fn a_list_goes_back_as_far_as_its_address_says() {
    let app = leak::app().await;
    let (_priya, _id, _title) = struck(&app, "priya").await;
    let Some(browser) = Browser::open(&app.base).await else { return };
    browser.sign_in("priya").await;
    browser.goto("/app/batches").await;
    time(&browser, "any time").await;
    browser.choose("select[name=time]", "24h").await;
    browser.at("/app/batches?since=24h").await;
    browser.see("tbody td.main a").await;
    browser.choose("select[name=outcome]", "failed").await;
    browser.at("/app/batches?since=24h&outcome=failed").await;
    browser.read("No batch matches").await;
    browser.press(".empty a").await;
    browser.at("/app/batches").await;
    time(&browser, "any time").await;
    browser.driver.back().await.unwrap();
    browser.at("/app/batches?since=24h&outcome=failed").await;
    time(&browser, "last 24 hours").await;

    browser.goto("/app/batches?from=2020-01-01T00%3A00%3A00Z&to=2020-01-01T06%3A30%3A00Z").await;
    browser.read("No batch matches").await;
    time(&browser, "1 Jan 00:00–06:30").await;
    browser.choose("select[name=time]", "7d").await;
    browser.at("/app/batches?since=7d").await;
    browser.see("tbody td.main a").await;

    browser.goto("/app/metrics?instance=10.0.0.4%3A9100").await;
    time(&browser, "last hour").await;
    browser.choose("select[name=time]", "-6h").await;
    browser.at("/app/metrics?instance=10.0.0.4%3A9100&from=-6h").await;
    time(&browser, "last 6 hours").await;
    browser.goto("/app/targets").await;
    browser.see("h1").await;
    assert_eq!(browser.script("return document.querySelectorAll('select[name=time]').length").await, json!(0));
    browser.console_is_clean().await;
    browser.close().await;
    app.stopped().await;
}

#[actix_web::test]
async fn a_link_to_a_fact_of_a_batch_leads_to_it() {
    let app = leak::app().await;
    let (_priya, _id, _title) = struck(&app, "priya").await;
    let Some(browser) = Browser::open(&app.base).await else { return };
    browser.sign_in("priya").await;
    browser.goto("/app/incidents/anomalies").await;
    browser.press("td a.plain-link").await;
    browser.see("figure.fact.lit path.line").await;
    eventually("the keyboard's place on the fact, in view", || async {
        let seen = "const fact = document.activeElement, box = fact.getBoundingClientRect(); \
                    return [fact.matches('figure.fact.lit'), box.top >= 0 && box.top < innerHeight, \
                    location.search.endsWith('fact=' + fact.id.slice(5))]";
        let seen = browser.script(seen).await;
        if seen == json!([true, true, true]) { Ok(()) } else { Err(seen.to_string()) }
    })
    .await;
    browser.console_is_clean().await;
    browser.close().await;
    app.stopped().await;
}

#[actix_web::test]
async fn from_a_link_into_a_list_newer_leads_to_its_beginning() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    incidents::past(&app, &priya, 120).await;
    let lines: Vec<_> = (0..150).map(|n| json!({ "address": format!("host{n}.example:9100") })).collect();
    priya.post("/api/v1/targets/bulk", json!({ "targets": lines })).await.expect(200);
    let Some(browser) = Browser::open(&app.base).await else { return };
    browser.sign_in("priya").await;
    for (path, list) in [("/app/incidents", "/api/v1/incidents"), ("/app/targets", "/api/v1/targets?limit=100")] {
        let page = priya.get(list).await.expect(200).json();
        let cursor = page["next_cursor"].as_str().expect("more than a page");
        browser.goto(&format!("{path}?cursor={cursor}")).await;
        browser.press(".pager .newer").await;
        browser.at(path).await;
        browser.press(".pager .older").await;
        browser.at(&format!("{path}?cursor={cursor}")).await;
    }
    browser.fill("input[name=q]", "host149").await;
    browser.at("/app/targets?q=host149").await;
    browser.read("host149.example:9100").await;
    browser.console_is_clean().await;
    browser.close().await;
    app.stopped().await;
}

#[actix_web::test]
async fn a_session_that_ended_says_so_and_leads_back() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    let Some(browser) = Browser::open(&app.base).await else { return };
    browser.sign_in("priya").await;
    browser.goto("/app/incidents?state=resolved").await;
    browser.read("No incident matches").await;
    // From elsewhere: all sessions but the one that asks.
    priya.delete("/api/v1/auth/sessions").await.expect(204);
    browser.driver.refresh().await.unwrap();
    browser.read("Your session has ended.").await;
    browser.fill("#username", "priya").await;
    browser.fill("#password", crate::support::PASSWORD).await;
    browser.press("button[type=submit]").await;
    browser.at("/app/incidents?state=resolved").await;
    browser.console_is_clean().await;
    browser.close().await;
    app.stopped().await;
}
