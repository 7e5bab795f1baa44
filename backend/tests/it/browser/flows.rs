//! What a person does from the first visit to the last, and what a second person must not see.

use serde_json::json;

use super::{Browser, leak};
use crate::support::parts::eventually;
use crate::support::{Client, TestApp};

/// Somebody whose host loses its memory, and the incident's id and title, over the API.
pub(super) async fn struck(app: &TestApp, name: &str) -> (Client, String, String) {
    let client = app.signed_up(name).await;
    let target = json!({ "address": leak::HOST, "name": leak::NAME, "kind": "node" });
    client.post("/api/v1/targets", target).await.expect(201);
    let (id, title) = eventually("an incident", || async {
        let list = client.get("/api/v1/incidents").await.expect(200).json();
        let first = &list["items"][0];
        match (first["id"].as_str(), first["title"].as_str()) {
            (Some(id), Some(title)) => Ok((id.to_owned(), title.to_owned())),
            _ => Err(list.to_string()),
        }
    })
    .await;
    (client, id, title)
}

#[actix_web::test]
async fn from_signing_up_to_signing_out() {
    let app = leak::app().await;
    let Some(browser) = Browser::open(&app.base).await else { return };
    browser.goto("/").await;
    browser.at("/app/sign-in").await;
    browser.sign_up("priya").await;
    browser.read("Nothing is watched yet.").await;

    browser.keys("gt").await;
    browser.at("/app/targets").await;
    browser.press_button("Add target").await;
    browser.fill("#address", "10.0.0.4:0").await;
    browser.press("dialog[open] button[type=submit]").await;
    browser.read("The port is a number from 1 to 65535.").await;
    browser.fill("#address", leak::HOST).await;
    browser.fill("#name", leak::NAME).await;
    browser.press("dialog[open] button[type=submit]").await;
    browser.see("td .address").await;
    browser.read(leak::NAME).await;

    browser.goto("/app").await;
    browser.read("1 incident is open.").await;
    browser.press(".row-link").await;
    browser.read(leak::METRIC).await;
    browser.see("figure.fact path.line").await;
    browser.press_button("Acknowledge").await;
    browser.read("acknowledged").await;

    browser.goto("/app/settings").await;
    browser.fill("#budget", "1234").await;
    browser.press("button[type=submit]").await;
    browser.read("1,234 tokens").await;

    browser.press(".menu > button").await;
    browser.press_button("Sign out").await;
    browser.at("/app/sign-in").await;
    browser.see("input#password").await;
    browser.goto("/app/targets").await;
    browser.at("/app/sign-in?next=%2Fapp%2Ftargets").await;
    browser.console_is_clean().await;
    browser.close().await;
    app.stopped().await;
}

#[actix_web::test]
async fn a_second_person_sees_none_of_it() {
    let app = leak::app().await;
    let (_priya, id, title) = struck(&app, "priya").await;
    let Some(browser) = Browser::open(&app.base).await else { return };
    browser.sign_up("ravi").await;
    for path in ["/app", "/app/incidents", "/app/targets", "/app/alerts", "/app/batches"] {
        browser.goto(path).await;
        browser.see("h1").await;
        // What is still on its way is waited for, then read.
        eventually(path, || async {
            let waiting = browser.script("return document.querySelectorAll('.skeleton').length").await;
            if waiting == json!(0) { Ok(()) } else { Err(waiting.to_string()) }
        })
        .await;
        let text = browser.text().await;
        assert!(!text.contains(&title) && !text.contains(leak::HOST), "{path}: {text}");
    }
    browser.goto(&format!("/app/incidents/{id}")).await;
    browser.read("No such incident").await;
    assert!(!browser.text().await.contains(&title));
    browser.console_is_clean().await;
    browser.close().await;
    app.stopped().await;
}

#[actix_web::test]
async fn every_page_fits_in_light_in_dark_and_on_a_phone() {
    let app = leak::app().await;
    let (_priya, id, _title) = struck(&app, "priya").await;
    let Some(browser) = Browser::open(&app.base).await else { return };
    super::looks::walk(&browser, "priya", &id).await;
    browser.console_is_clean().await;
    browser.close().await;
    app.stopped().await;
}
