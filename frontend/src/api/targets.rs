//! Targets.

use watchkeeper_common::page::Page;
use watchkeeper_common::target::{
    BulkResult, CreateTarget, CreateTargets, DiscoveredGroup, TargetSuggestions, TargetView, UpdateTarget,
};

use super::incidents::list;
use super::wire::{Method, segment};
use super::{Answer, Session, Wanted};

/// Rows of a page.
const ROWS: &str = "100";

impl Session {
    pub(crate) fn targets(&self, mut wanted: Wanted) -> Answer<Page<TargetView>> {
        wanted.push(("limit", ROWS.to_owned()));
        self.get(list("/targets", wanted))
    }

    pub(crate) fn target(&self, id: &str) -> Answer<TargetView> {
        self.get(format!("/targets/{}", segment(id)))
    }

    pub(crate) fn create_target(&self, target: &CreateTarget) -> Answer<TargetView> {
        self.write(Method::Post, "/targets", target)
    }

    pub(crate) fn create_targets(&self, targets: &CreateTargets) -> Answer<BulkResult> {
        self.write(Method::Post, "/targets/bulk", targets)
    }

    pub(crate) fn update_target(&self, id: &str, change: &UpdateTarget) -> Answer<TargetView> {
        self.write(Method::Patch, format!("/targets/{}", segment(id)), change)
    }

    pub(crate) fn delete_target(&self, id: &str) -> Answer<()> {
        self.act(Method::Delete, format!("/targets/{}", segment(id)))
    }

    /// What is there and not watched yet.
    pub(crate) fn suggestions(&self) -> Answer<TargetSuggestions> {
        self.get("/targets/suggestions")
    }

    /// What service discovery tells of it.
    pub(crate) fn discovery(&self, id: &str) -> Answer<DiscoveredGroup> {
        self.get(format!("/targets/{}/discovery", segment(id)))
    }
}
