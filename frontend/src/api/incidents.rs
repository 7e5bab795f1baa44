//! Batches, incidents, deliveries and the figures of the overview.

use watchkeeper_common::alert::DeliveryView;
use watchkeeper_common::analysis::{BatchDetail, BatchView};
use watchkeeper_common::incident::{IncidentDetail, IncidentView, ResolveIncident};
use watchkeeper_common::page::Page;
use watchkeeper_common::system::Stats;

use super::wire::{Method, segment, with_query};
use super::{Fault, Session};

/// What the incident list shows; an absent field does not narrow it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct IncidentFilter {
    pub(crate) state: Option<String>,
    pub(crate) severity: Option<String>,
    pub(crate) instance: Option<String>,
    pub(crate) cursor: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct BatchFilter {
    pub(crate) outcome: Option<String>,
    pub(crate) cursor: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct DeliveryFilter {
    pub(crate) incident_id: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) cursor: Option<String>,
}

impl Session {
    pub(crate) async fn stats(&self) -> Result<Stats, Fault> {
        self.get("/stats").await
    }

    pub(crate) async fn batches(&self, filter: &BatchFilter) -> Result<Page<BatchView>, Fault> {
        let BatchFilter { outcome, cursor } = filter.clone();
        self.get(with_query("/batches", &[("outcome", outcome), ("cursor", cursor)])).await
    }

    pub(crate) async fn batch(&self, id: &str) -> Result<BatchDetail, Fault> {
        self.get(format!("/batches/{}", segment(id))).await
    }

    pub(crate) async fn run_batch(&self) -> Result<BatchView, Fault> {
        self.act(Method::Post, "/batches/run").await
    }

    pub(crate) async fn incidents(&self, filter: &IncidentFilter) -> Result<Page<IncidentView>, Fault> {
        let IncidentFilter { state, severity, instance, cursor } = filter.clone();
        let query = [("state", state), ("severity", severity), ("instance", instance), ("cursor", cursor)];
        self.get(with_query("/incidents", &query)).await
    }

    pub(crate) async fn incident(&self, id: &str) -> Result<IncidentDetail, Fault> {
        self.get(format!("/incidents/{}", segment(id))).await
    }

    pub(crate) async fn acknowledge(&self, id: &str) -> Result<IncidentDetail, Fault> {
        self.act(Method::Post, format!("/incidents/{}/acknowledge", segment(id))).await
    }

    pub(crate) async fn resolve(&self, id: &str, why: Option<String>) -> Result<IncidentDetail, Fault> {
        self.write(Method::Post, format!("/incidents/{}/resolve", segment(id)), &ResolveIncident { why }).await
    }

    pub(crate) async fn reopen(&self, id: &str) -> Result<IncidentDetail, Fault> {
        self.act(Method::Post, format!("/incidents/{}/reopen", segment(id))).await
    }

    pub(crate) async fn deliveries(&self, filter: &DeliveryFilter) -> Result<Page<DeliveryView>, Fault> {
        let DeliveryFilter { incident_id, state, cursor } = filter.clone();
        self.get(with_query("/deliveries", &[("incident", incident_id), ("state", state), ("cursor", cursor)])).await
    }
}
