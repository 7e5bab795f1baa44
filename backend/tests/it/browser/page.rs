//! What one does on a page: look, read, type, press. Everything waits for its condition, none longer than [`PATIENCE`].

use std::time::{Duration, Instant};

use serde_json::Value as Json;
use thirtyfour::error::{WebDriverError, WebDriverErrorInner, WebDriverResult};
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
        self.with(By::Css(css), css, async |element| Ok(element.clone())).await
    }

    /// Does something with the first element that matches and is displayed; again where the page was drawn anew in between.
    async fn with<T>(&self, by: By, what: &str, act: impl AsyncFn(&WebElement) -> WebDriverResult<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let query = self.driver.query(by.clone()).and_displayed().wait(PATIENCE, GLANCE);
            let done = match query.first().await {
                Ok(element) => act(&element).await,
                Err(error) => Err(error),
            };
            match done {
                Ok(done) => return done,
                Err(error) if is_gone(&error) && Instant::now() < deadline => {}
                Err(error) => panic!("{what} is not on the page ({error}), which says:\n{}", self.text().await),
            }
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
        self.with(By::Css(css), css, async |field| {
            field.clear().await?;
            field.send_keys(value).await
        })
        .await;
    }

    pub(super) async fn press(&self, css: &str) {
        self.with(By::Css(css), css, async |element| element.click().await).await;
    }

    /// Keys that go to the page and to no field.
    pub(super) async fn keys(&self, keys: &str) {
        self.see("body").await.send_keys(keys).await.unwrap();
    }

    /// Presses the displayed button that says exactly this.
    pub(super) async fn press_button(&self, words: &str) {
        let by = By::XPath(format!("//button[normalize-space()='{words}']"));
        self.with(by, &format!("a button “{words}”"), async |button| button.click().await).await;
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

/// Whether an element left the page after it was found.
fn is_gone(error: &WebDriverError) -> bool {
    matches!(**error, WebDriverErrorInner::StaleElementReference(..))
}
