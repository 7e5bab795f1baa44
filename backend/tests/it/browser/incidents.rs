//! What people do with incidents and messages in a browser.

use serde_json::json;
use watchkeeper_domain::id::{Id, IncidentId};
use watchkeeper_domain::incident::{Incident, IncidentState, example, search};
use watchkeeper_domain::time::{MINUTE, UtcMillis};

use super::flows::struck;
use super::{Browser, leak};
use crate::support::parts::eventually;
use crate::support::{Client, TestApp};

/// 21 Nov 2026, 09:50 UTC
pub(super) const AT: UtcMillis = UtcMillis(1_795_254_600_000);

/// So many incidents of the account, the newest open, all others over.
pub(super) async fn past(app: &TestApp, client: &Client, count: i64) {
    let one = |n: i64| {
        let opened_at = AT - n * MINUTE;
        let open = n == 0;
        let mut one = Incident {
            id: IncidentId::derive(&[&n.to_string()]),
            title: format!("Leak number {n}"),
            open_key: open.then(|| "memory:api-1:9100".to_owned()),
            state: if open { IncidentState::Open } else { IncidentState::Resolved },
            resolved_at: (!open).then(|| opened_at + MINUTE),
            ..example::incident(opened_at)
        };
        one.terms = search::terms(&one);
        one
    };
    let all: Vec<Incident> = (0..count).map(one).collect();
    for piece in all.chunks(1_000) {
        app.store.tenant(&app.scope(client)).insert_many(piece).await.unwrap();
    }
}

async fn rows(browser: &Browser, count: usize) {
    eventually("rows of the list", || async {
        let found = browser.script("return document.querySelectorAll('.rows .row-link').length").await;
        if found == json!(count) { Ok(()) } else { Err(found.to_string()) }
    })
    .await;
}

#[actix_web::test]
async fn filters_and_pages_live_in_the_address_and_back_goes_back() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    past(&app, &priya, 120).await;
    let Some(browser) = Browser::open(&app.base).await else { return };
    browser.sign_in("priya").await;
    browser.goto("/app/incidents").await;
    rows(&browser, 50).await;
    browser.press(".pager .older").await;
    browser.read("Leak number 50").await;
    browser.press(".pager .older").await;
    browser.read("Leak number 119").await;
    rows(&browser, 20).await;
    browser.press(".pager .newer").await;
    browser.read("Leak number 50").await;
    browser.press(".pager .newer").await;
    browser.read("Leak number 0").await;

    browser.choose("select[name=state]", "open").await;
    browser.at("/app/incidents?state=open").await;
    rows(&browser, 1).await;
    browser.driver.back().await.unwrap();
    rows(&browser, 50).await;
    browser.fill("input[name=search]", "leak 11").await;
    browser.at("/app/incidents?search=leak%2011").await;
    rows(&browser, 11).await;
    browser.goto("/app/incidents?state=open").await;
    browser.press(".choosable .tick input").await;
    browser.press_button("Acknowledge").await;
    browser.read("Acknowledged 1 incident.").await;
    browser.read("No incident matches").await;
    browser.console_is_clean().await;
    browser.close().await;
    app.stopped().await;
}

#[actix_web::test]
async fn an_incident_is_worked_on_and_told() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    past(&app, &priya, 2).await;
    let Some(browser) = Browser::open(&app.base).await else { return };
    browser.sign_in("priya").await;
    browser.goto(&format!("/app/incidents/{}", IncidentId::derive(&["0"]))).await;
    browser.read("Leak number 0").await;
    browser.read("In common: the same failure").await;
    browser.press_button("Assign to me").await;
    browser.read("priya looks after it").await;
    browser.press_button("Add comment").await;
    browser.read("Write something first.").await;
    browser.fill("#comment", "rolled back deploy 42").await;
    browser.press_button("Add comment").await;
    browser.see("blockquote.said").await;
    browser.fill("#comment", "not meant for here").await;
    browser.press_button("Add comment").await;
    browser.read("not meant for here").await;
    browser.press(".timeline li:first-child button").await;
    browser.press_button("Delete comment").await;
    browser.read("Comment deleted by priya").await;
    assert!(!browser.text().await.contains("not meant for here"));
    browser.press_button("Resolve").await;
    browser.fill("#resolve-why", "the deploy was rolled back").await;
    browser.press("dialog[open] button[type=submit]").await;
    browser.read("resolved").await;
    browser.read("the deploy was rolled back").await;
    browser.press_button("Post-mortem").await;
    let told = browser.see("dialog[open] pre.document").await.text().await.unwrap();
    assert!(told.contains("> rolled back deploy 42") && told.contains("| Assignee | priya |"), "{told}");
    let link = browser.see("dialog[open] a[download]").await;
    assert!(link.attr("href").await.unwrap().unwrap().starts_with("data:text/markdown"));
    browser.press("dialog[open] button[aria-label=Close]").await;
    browser.press_button("Reopen").await;
    browser.read("Reopened").await;
    browser.console_is_clean().await;
    browser.close().await;
    app.stopped().await;
}

#[actix_web::test]
async fn an_anomaly_leads_to_its_evidence_and_the_words_to_their_origin() {
    let app = leak::app().await;
    let (_priya, id, title) = struck(&app, "priya").await;
    let Some(browser) = Browser::open(&app.base).await else { return };
    browser.sign_in("priya").await;
    browser.goto("/app/incidents/anomalies").await;
    browser.press("td.main a").await;
    browser.at(&format!("/app/incidents/{id}?metric={}", leak::METRIC)).await;
    browser.see("figure.fact.lit path.line").await;
    browser.press("details.call summary").await;
    browser.read("No model was asked").await;
    browser.goto("/app/incidents/root-causes?verdict=inconclusive").await;
    browser.read("No root cause matches").await;
    browser.press("main a[href='/app/incidents/root-causes']:not(.tabs a)").await;
    browser.read(&title).await;
    browser.press(".row-link").await;
    browser.at(&format!("/app/incidents/{id}")).await;
    browser.console_is_clean().await;
    browser.close().await;
    app.stopped().await;
}

#[actix_web::test]
async fn a_message_is_previewed_and_a_failing_test_says_why() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    let server = json!({ "host": "localhost", "port": 9, "from": "alerts@example.com", "tls": "starttls" });
    let settings = json!({
        "enabled": true, "recipients": ["oncall@example.com"], "min_severity": "low", "server": server,
        "notify_on": { "open": true, "update": true, "resolve": true },
    });
    priya.put("/api/v1/alerts/email", settings).await.expect(200);
    let Some(browser) = Browser::open(&app.base).await else { return };
    browser.sign_in("priya").await;
    browser.goto("/app/alerts").await;
    browser.press("main .empty a.button").await;
    browser.at("/app/alerts/receivers").await;
    browser.press_button("Send a test email").await;
    browser.read("◆ Refused.").await;
    browser.read("localhost:9").await;
    browser.press_button("Preview the message").await;
    browser.read("Of a made-up incident").await;
    eventually("the mail in its frame, dressed by the page", || async {
        let look = "const inside = document.querySelector('iframe.letter')?.contentDocument; \
                    const title = inside?.querySelector('h1'); const frame = document.querySelector('iframe.letter'); \
                    return [title?.innerText, title?.style.fontSize, inside?.documentElement.scrollHeight > frame?.clientHeight]";
        let seen = browser.script(look).await;
        if seen == json!(["Memory leak in api-1 fills swap", "20px", false]) { Ok(()) } else { Err(seen.to_string()) }
    })
    .await;
    browser.console_is_clean().await;
    browser.close().await;
    app.stopped().await;
}
