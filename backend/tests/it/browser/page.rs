//! What one does on a page: look, read, type, press. Everything waits for its condition, none longer than [`PATIENCE`].

use std::time::Duration;

use serde_json::Value as Json;
use thirtyfour::extensions::query::ElementQueryable;
use thirtyfour::{By, WebElement};

use super::Browser;
use crate::support::parts::{PATIENCE, eventually};

const GLANCE: Duration = Duration::from_millis(50);

impl Browser {
    pub(super) async fn goto(&self, path: &str) {
        self.driver.goto(format!("{}{path}", self.base)).await.unwrap();
    }

    /// Waits until the address is this one, query included.
    pub(super) async fn at(&self, address: &str) {
        eventually(address, || async {
            let url = self.driver.current_url().await.unwrap();
            let here = url.as_str().strip_prefix(&self.base).unwrap_or(url.as_str()).to_owned();
            if here == address { Ok(()) } else { Err(here) }
        })
        .await;
    }

    /// The first element that matches, as soon as it is displayed.
    pub(super) async fn see(&self, css: &str) -> WebElement {
        let query = self.driver.query(By::Css(css)).and_displayed().wait(PATIENCE, GLANCE);
        match query.first().await {
            Ok(element) => element,
            Err(error) => panic!("{css} is not on the page ({error}), which says:\n{}", self.text().await),
        }
    }

    /// Waits until the page's text holds `words`.
    pub(super) async fn read(&self, words: &str) {
        eventually(words, || async {
            let text = self.text().await;
            if text.contains(words) { Ok(()) } else { Err(text) }
        })
        .await;
    }

    pub(super) async fn text(&self) -> String {
        self.script("return document.body.innerText").await.as_str().unwrap_or_default().to_owned()
    }

    pub(super) async fn script(&self, script: &str) -> Json {
        self.driver.execute(script, Vec::new()).await.unwrap().json().clone()
    }

    pub(super) async fn fill(&self, css: &str, value: &str) {
        let field = self.see(css).await;
        field.clear().await.unwrap();
        field.send_keys(value).await.unwrap();
    }

    pub(super) async fn press(&self, css: &str) {
        self.see(css).await.click().await.unwrap();
    }

    /// Keys that go to the page and to no field.
    pub(super) async fn keys(&self, keys: &str) {
        self.see("body").await.send_keys(keys).await.unwrap();
    }

    /// Presses the displayed button that says exactly this.
    pub(super) async fn press_button(&self, words: &str) {
        let query = self.driver.query(By::XPath(format!("//button[normalize-space()='{words}']")));
        let button = query.and_displayed().wait(PATIENCE, GLANCE).first().await;
        button.unwrap_or_else(|error| panic!("no button says “{words}”: {error}")).click().await.unwrap();
    }

    pub(super) async fn sign_up(&self, name: &str) {
        self.goto("/app/register").await;
        self.fill("#username", name).await;
        self.fill("#email", &format!("{name}@example.com")).await;
        self.fill("#password", crate::support::PASSWORD).await;
        self.press("button[type=submit]").await;
        self.read("Get started").await;
    }

    pub(super) async fn sign_in(&self, name: &str) {
        self.goto("/app/sign-in").await;
        self.fill("#username", name).await;
        self.fill("#password", crate::support::PASSWORD).await;
        self.press("button[type=submit]").await;
        self.at("/app").await;
    }

    /// Picks an option as a person does.
    pub(super) async fn choose(&self, css: &str, value: &str) {
        self.see(css).await;
        let pick = format!(
            "const list = document.querySelector({css:?}); list.value = {value:?}; \
             list.dispatchEvent(new Event('change', {{ bubbles: true }}))"
        );
        self.script(&pick).await;
    }

    /// Fails when something sticks out of the window.
    pub(super) async fn fits(&self, page: &str) {
        let wider = "return [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > \
                     window.innerWidth + 1 && document.documentElement.scrollWidth > window.innerWidth)\
                     .map(e => e.tagName + '.' + e.className).slice(0, 5)";
        let wider = self.script(wider).await;
        assert_eq!(wider, Json::Array(Vec::new()), "{page} is wider than its window");
    }
}
