//! The demo: start, watch, remove, and what it sent.

use watchkeeper_common::demo::{DemoView, OutboxMessage, StartDemo};
use watchkeeper_common::page::Page;

use super::wire::Method;
use super::{Fault, Session};

impl Session {
    pub(crate) async fn demo(&self) -> Result<DemoView, Fault> {
        self.get("/demo").await
    }

    pub(crate) async fn start_demo(&self, scenario: &str) -> Result<DemoView, Fault> {
        self.write(Method::Post, "/demo", &StartDemo { scenario: scenario.to_owned() }).await
    }

    pub(crate) async fn remove_demo(&self) -> Result<(), Fault> {
        self.act(Method::Delete, "/demo").await
    }

    pub(crate) async fn demo_outbox(&self) -> Result<Page<OutboxMessage>, Fault> {
        self.get("/demo/outbox").await
    }
}
