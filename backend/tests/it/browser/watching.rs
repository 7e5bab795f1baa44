//! Targets and metrics: many added at once, one paused and taken back, a chart chosen, zoomed into and left again.

use serde_json::json;
use thirtyfour::Key;

use super::{Browser, leak, looks};
use crate::support::parts::eventually;

const CHART: &str = "/app/metrics?metric=node_memory_MemAvailable_bytes";

/// Keys that go to what has the focus.
async fn press_keys(browser: &Browser, css: &str, keys: impl IntoIterator<Item = Key>) {
    let keys: String = keys.into_iter().map(|key| key.value()).collect();
    browser.see(css).await.send_keys(keys).await.unwrap();
}

/// Waits until the address holds a stretch between two instants; what it holds.
async fn zoomed(browser: &Browser) -> String {
    eventually("a stretch in the address", || async {
        let search = browser.script("return location.search").await.as_str().unwrap_or_default().to_owned();
        if search.contains("from=20") && search.contains("to=20") { Ok(search) } else { Err(search) }
    })
    .await
}

#[actix_web::test]
async fn many_targets_are_judged_line_by_line() {
    let app = leak::app().await;
    let Some(browser) = Browser::open(&app.base).await else { return };
    browser.sign_up("priya").await;
    browser.goto("/app/targets").await;
    browser.press("a[href='/app/targets/bulk']").await;
    let lines = format!("{} {} env=prod\nnot-an-address\n169.254.169.254:80 metadata", leak::HOST, leak::NAME);
    browser.fill("#lines", &lines).await;
    browser.read("Add the exporter's port").await;
    browser.press_button("Check first").await;
    browser.read("can be added").await;
    browser.press_button("Add 2 targets").await;
    browser.read("1 target is added.").await;
    let left = browser.script("return document.querySelector('#lines').value").await;
    assert_eq!(left, json!("not-an-address\n169.254.169.254:80 metadata"), "what is refused stays to be mended");
    looks::look(&browser, "/app/targets/bulk").await;

    browser.goto("/app/targets").await;
    browser.read("env=prod").await;
    browser.press_button("Pause").await;
    browser.read("api-1 is paused.").await;
    browser.press_button("Undo").await;
    browser.read("api-1 is watched again.").await;
    browser.press("td .row-name").await;
    browser.read("Labels of its series").await;
    browser.read("dynamic-targets").await;
    let detail = browser.script("return location.pathname").await.as_str().unwrap().to_owned();
    looks::look(&browser, &detail).await;
    browser.console_is_clean().await;
    browser.close().await;
    app.stopped().await;
}

#[actix_web::test]
async fn chosen_targets_are_paused_and_deleted_together() {
    let app = leak::app().await;
    let Some(browser) = Browser::open(&app.base).await else { return };
    browser.sign_up("priya").await;
    browser.goto("/app/targets/bulk").await;
    browser.fill("#lines", "a.example:9100\nb.example:9100\nc.example:9100").await;
    browser.press_button("Add 3 targets").await;
    browser.read("3 targets are added.").await;
    browser.goto("/app/targets").await;
    browser.press("th input[type=checkbox]").await;
    browser.read("3 chosen").await;
    browser.press(".selection button:nth-of-type(1)").await;
    browser.read("3 targets are paused.").await;
    browser.press("tbody tr:first-child input[type=checkbox]").await;
    browser.read("1 chosen").await;
    browser.press_button("Delete…").await;
    browser.press_button("Delete them").await;
    browser.read("1 target is deleted.").await;
    eventually("two rows", || async {
        let rows = browser.script("return document.querySelectorAll('tbody tr').length").await;
        if rows == json!(2) { Ok(()) } else { Err(rows.to_string()) }
    })
    .await;
    browser.goto("/app/targets?state=up").await;
    browser.read("No target matches").await;
    browser.console_is_clean().await;
    browser.close().await;
    app.stopped().await;
}

#[actix_web::test]
async fn a_chart_is_chosen_zoomed_and_left_again() {
    let app = leak::app().await;
    let Some(browser) = Browser::open(&app.base).await else { return };
    browser.sign_up("priya").await;
    browser.goto("/app/targets").await;
    browser.press_button("Watch it").await;
    browser.read("watchkeeper is watched").await;
    browser.goto("/app/metrics").await;
    browser.read("What would you like to see?").await;
    browser.fill("#metric", "memavail").await;
    browser.see("#metric-0").await;
    press_keys(&browser, "#metric", [Key::Enter]).await;
    browser.at(CHART).await;
    browser.see(".chart path.line").await;

    // By keyboard: forty samples back from now, marked, and in.
    let back = std::iter::once(Key::Shift).chain(std::iter::repeat_n(Key::Left, 40));
    press_keys(&browser, ".scrub", back.chain([Key::Null, Key::Enter])).await;
    let first = zoomed(&browser).await;
    // By dragging.
    let chart = browser.see(".scrub").await;
    let drag = browser.driver.action_chain().move_to_element_center(&chart).click_and_hold();
    drag.move_by_offset(150, 0).release().perform().await.unwrap();
    eventually("another stretch", || async {
        let now = zoomed(&browser).await;
        if now == first { Err(now) } else { Ok(()) }
    })
    .await;

    browser.driver.refresh().await.unwrap();
    browser.see(".chart path.line").await;
    assert!(zoomed(&browser).await != first, "the address keeps what is shown");
    for address in [format!("/app/metrics{first}"), CHART.to_owned()] {
        browser.driver.back().await.unwrap();
        browser.at(&address).await;
        browser.see(".chart path.line").await;
    }
    browser.press(".chart-data summary").await;
    browser.see(".chart-table tbody tr").await;
    looks::look(&browser, CHART).await;
    browser.console_is_clean().await;
    browser.close().await;
    app.stopped().await;
}
