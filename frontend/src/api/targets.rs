//! Targets.

use watchkeeper_common::page::Page;
use watchkeeper_common::target::{
    BulkResult, CreateTarget, CreateTargets, DiscoveredGroup, TargetSuggestions, TargetView, UpdateTarget,
};

use super::wire::{Method, segment, with_query};
use super::{Fault, Session};

/// Rows of a page.
const ROWS: &str = "100";

/// What the list of targets shows; an absent field does not narrow it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct TargetFilter {
    pub(crate) q: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) cursor: Option<String>,
}

impl Session {
    pub(crate) async fn targets(&self, filter: &TargetFilter) -> Result<Page<TargetView>, Fault> {
        let TargetFilter { q, state, kind, cursor } = filter.clone();
        let limit = Some(ROWS.to_owned());
        let query = [("limit", limit), ("q", q), ("state", state), ("kind", kind), ("cursor", cursor)];
        self.get(with_query("/targets", &query)).await
    }

    pub(crate) async fn target(&self, id: &str) -> Result<TargetView, Fault> {
        self.get(format!("/targets/{}", segment(id))).await
    }

    pub(crate) async fn create_target(&self, target: &CreateTarget) -> Result<TargetView, Fault> {
        self.write(Method::Post, "/targets", target).await
    }

    pub(crate) async fn create_targets(&self, targets: &CreateTargets) -> Result<BulkResult, Fault> {
        self.write(Method::Post, "/targets/bulk", targets).await
    }

    pub(crate) async fn update_target(&self, id: &str, change: &UpdateTarget) -> Result<TargetView, Fault> {
        self.write(Method::Patch, format!("/targets/{}", segment(id)), change).await
    }

    pub(crate) async fn delete_target(&self, id: &str) -> Result<(), Fault> {
        self.act(Method::Delete, format!("/targets/{}", segment(id))).await
    }

    /// What is there and not watched yet.
    pub(crate) async fn suggestions(&self) -> Result<TargetSuggestions, Fault> {
        self.get("/targets/suggestions").await
    }

    /// What service discovery tells of it.
    pub(crate) async fn discovery(&self, id: &str) -> Result<DiscoveredGroup, Fault> {
        self.get(format!("/targets/{}/discovery", segment(id))).await
    }
}
