//! Server-sent events as a client reads them.

use std::time::Duration;

use serde_json::Value as Json;
use tokio::time::timeout;

use super::parts::PATIENCE;

/// How long an endless answer is read where only its beginning matters.
const A_MOMENT: Duration = Duration::from_millis(300);

/// One event.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Told {
    /// What to resume after.
    pub(crate) cursor: String,
    pub(crate) noun: String,
    /// Of the thing that changed; empty when it is not said.
    pub(crate) id: String,
}

#[derive(Debug)]
pub(crate) struct Stream {
    response: reqwest::Response,
    text: String,
}

impl Stream {
    pub(crate) fn new(response: reqwest::Response) -> Self {
        Self { response, text: String::new() }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.response.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The next event; `None` when the server ended the stream.
    pub(crate) async fn next(&mut self) -> Option<Told> {
        timeout(PATIENCE, self.read()).await.expect("an event, or the end of the stream")
    }

    /// Whatever is told before the server is silent for a moment.
    pub(crate) async fn beginning(mut self) -> String {
        while let Ok(Ok(Some(bytes))) = timeout(A_MOMENT, self.response.chunk()).await {
            self.text.push_str(std::str::from_utf8(&bytes).unwrap());
        }
        self.text
    }

    async fn read(&mut self) -> Option<Told> {
        loop {
            while let Some((block, rest)) = self.text.split_once("\n\n") {
                let told = parse(block);
                self.text = rest.to_owned();
                if told.is_some() {
                    return told;
                }
            }
            let bytes = self.response.chunk().await.ok().flatten()?;
            self.text.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }
}

/// `None` for comments and the like.
fn parse(block: &str) -> Option<Told> {
    let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
    let data: Json = serde_json::from_str(&field("data: ")?).unwrap();
    let id = data["id"].as_str().unwrap_or_default().to_owned();
    assert!(data["at"].as_str().is_some_and(|at| at.parse::<jiff::Timestamp>().is_ok()), "{data}");
    Some(Told { cursor: field("id: ")?, noun: field("event: ")?, id })
}
