//! Batches, incidents and what belongs to them: anomalies, root causes, model calls.

use watchkeeper_common::analysis::{AnomalyView, BatchDetail, BatchView, LlmCallView, RcaView};
use watchkeeper_common::incident::{
    AcknowledgeIncidents, Acknowledged, AssignIncident, CommentIncident, IncidentDetail, IncidentView, ResolveIncident,
    SimilarIncidents,
};
use watchkeeper_common::page::Page;
use watchkeeper_common::system::Stats;

use super::wire::{Method, segment, with_query};
use super::{Fault, Session};

/// Parameters of a list: name and value; an empty value does not narrow it.
pub(crate) type Wanted = Vec<(&'static str, String)>;

fn list(path: &str, wanted: Wanted) -> String {
    let set: Vec<_> = wanted.into_iter().map(|(name, value)| (name, Some(value).filter(|v| !v.is_empty()))).collect();
    with_query(path, &set)
}

fn of(id: &str, what: &str) -> String {
    format!("/incidents/{}{what}", segment(id))
}

impl Session {
    pub(crate) async fn stats(&self) -> Result<Stats, Fault> {
        self.get("/stats").await
    }

    pub(crate) async fn batches(&self, wanted: Wanted) -> Result<Page<BatchView>, Fault> {
        self.get(list("/batches", wanted)).await
    }

    pub(crate) async fn batch(&self, id: &str) -> Result<BatchDetail, Fault> {
        self.get(format!("/batches/{}", segment(id))).await
    }

    pub(crate) async fn run_batch(&self) -> Result<BatchView, Fault> {
        self.act(Method::Post, "/batches/run").await
    }

    pub(crate) async fn incidents(&self, wanted: Wanted) -> Result<Page<IncidentView>, Fault> {
        self.get(list("/incidents", wanted)).await
    }

    pub(crate) async fn anomalies(&self, wanted: Wanted) -> Result<Page<AnomalyView>, Fault> {
        self.get(list("/anomalies", wanted)).await
    }

    pub(crate) async fn causes(&self, wanted: Wanted) -> Result<Page<RcaView>, Fault> {
        self.get(list("/rca", wanted)).await
    }

    pub(crate) async fn cause(&self, id: &str) -> Result<RcaView, Fault> {
        self.get(format!("/rca/{}", segment(id))).await
    }

    pub(crate) async fn call(&self, id: &str) -> Result<LlmCallView, Fault> {
        self.get(format!("/llm/calls/{}", segment(id))).await
    }

    pub(crate) async fn incident(&self, id: &str) -> Result<IncidentDetail, Fault> {
        self.get(of(id, "")).await
    }

    pub(crate) async fn acknowledge(&self, id: &str) -> Result<IncidentDetail, Fault> {
        self.act(Method::Post, of(id, "/acknowledge")).await
    }

    pub(crate) async fn acknowledge_all(&self, ids: Vec<String>) -> Result<Acknowledged, Fault> {
        self.write(Method::Post, "/incidents/acknowledge", &AcknowledgeIncidents { ids }).await
    }

    pub(crate) async fn resolve(&self, id: &str, why: Option<String>) -> Result<IncidentDetail, Fault> {
        self.write(Method::Post, of(id, "/resolve"), &ResolveIncident { why }).await
    }

    pub(crate) async fn reopen(&self, id: &str) -> Result<IncidentDetail, Fault> {
        self.act(Method::Post, of(id, "/reopen")).await
    }

    pub(crate) async fn comment(&self, id: &str, text: String) -> Result<IncidentDetail, Fault> {
        self.write(Method::Post, of(id, "/comments"), &CommentIncident { text }).await
    }

    pub(crate) async fn assign(&self, id: &str, assignee: Option<String>) -> Result<IncidentDetail, Fault> {
        self.write(Method::Put, of(id, "/assignee"), &AssignIncident { assignee }).await
    }

    pub(crate) async fn similar(&self, id: &str) -> Result<SimilarIncidents, Fault> {
        self.get(of(id, "/similar")).await
    }

    /// Markdown.
    pub(crate) async fn post_mortem(&self, id: &str) -> Result<String, Fault> {
        self.text(of(id, "/post-mortem")).await
    }
}
