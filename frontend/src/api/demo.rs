//! The demo: start, watch, remove, and what it sent.

use watchkeeper_common::demo::{DemoView, OutboxMessage, StartDemo};
use watchkeeper_common::page::Page;

use super::wire::Method;
use super::{Answer, Session};

impl Session {
    pub(crate) fn demo(&self) -> Answer<DemoView> {
        self.get("/demo")
    }

    pub(crate) fn start_demo(&self, scenario: &str) -> Answer<DemoView> {
        self.write(Method::Post, "/demo", &StartDemo { scenario: scenario.to_owned() })
    }

    pub(crate) fn remove_demo(&self) -> Answer<()> {
        self.act(Method::Delete, "/demo")
    }

    pub(crate) fn demo_outbox(&self) -> Answer<Page<OutboxMessage>> {
        self.get("/demo/outbox")
    }
}
