//! Targets.

use watchkeeper_common::page::Page;
use watchkeeper_common::target::{CreateTarget, TargetView, UpdateTarget};

use super::wire::{Method, segment, with_query};
use super::{Fault, Session};

impl Session {
    pub(crate) async fn targets(&self, cursor: Option<String>) -> Result<Page<TargetView>, Fault> {
        self.get(with_query("/targets", &[("limit", Some("200".to_owned())), ("cursor", cursor)])).await
    }

    pub(crate) async fn create_target(&self, target: &CreateTarget) -> Result<TargetView, Fault> {
        self.write(Method::Post, "/targets", target).await
    }

    pub(crate) async fn update_target(&self, id: &str, change: &UpdateTarget) -> Result<TargetView, Fault> {
        self.write(Method::Patch, format!("/targets/{}", segment(id)), change).await
    }

    pub(crate) async fn delete_target(&self, id: &str) -> Result<(), Fault> {
        self.act(Method::Delete, format!("/targets/{}", segment(id))).await
    }
}
