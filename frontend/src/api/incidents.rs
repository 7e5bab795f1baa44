//! Batches, incidents and what belongs to them: anomalies, root causes, model calls.

use watchkeeper_common::analysis::{AnomalyView, BatchDetail, BatchView, LlmCallView, RcaView};
use watchkeeper_common::incident::{
    AcknowledgeIncidents, Acknowledged, AssignIncident, CommentIncident, IncidentDetail, IncidentView, ResolveIncident,
    SimilarIncidents,
};
use watchkeeper_common::page::Page;
use watchkeeper_common::system::Stats;

use super::wire::{Method, segment, with_query};
use super::{Answer, Session};

/// Parameters of a list: name and value; an empty value does not narrow it.
pub(crate) type Wanted = Vec<(&'static str, String)>;

pub(super) fn list(path: &str, wanted: Wanted) -> String {
    let set: Vec<_> = wanted.into_iter().map(|(name, value)| (name, Some(value).filter(|v| !v.is_empty()))).collect();
    with_query(path, &set)
}

fn of(id: &str, what: &str) -> String {
    format!("/incidents/{}{what}", segment(id))
}

impl Session {
    pub(crate) fn stats(&self) -> Answer<Stats> {
        self.get("/stats")
    }

    pub(crate) fn batches(&self, wanted: Wanted) -> Answer<Page<BatchView>> {
        self.get(list("/batches", wanted))
    }

    pub(crate) fn batch(&self, id: &str) -> Answer<BatchDetail> {
        self.get(format!("/batches/{}", segment(id)))
    }

    pub(crate) fn run_batch(&self) -> Answer<BatchView> {
        self.act(Method::Post, "/batches/run")
    }

    pub(crate) fn incidents(&self, wanted: Wanted) -> Answer<Page<IncidentView>> {
        self.get(list("/incidents", wanted))
    }

    pub(crate) fn anomalies(&self, wanted: Wanted) -> Answer<Page<AnomalyView>> {
        self.get(list("/anomalies", wanted))
    }

    pub(crate) fn causes(&self, wanted: Wanted) -> Answer<Page<RcaView>> {
        self.get(list("/rca", wanted))
    }

    pub(crate) fn cause(&self, id: &str) -> Answer<RcaView> {
        self.get(format!("/rca/{}", segment(id)))
    }

    pub(crate) fn call(&self, id: &str) -> Answer<LlmCallView> {
        self.get(format!("/llm/calls/{}", segment(id)))
    }

    pub(crate) fn incident(&self, id: &str) -> Answer<IncidentDetail> {
        self.get(of(id, ""))
    }

    pub(crate) fn acknowledge(&self, id: &str) -> Answer<IncidentDetail> {
        self.act(Method::Post, of(id, "/acknowledge"))
    }

    pub(crate) fn acknowledge_all(&self, ids: Vec<String>) -> Answer<Acknowledged> {
        self.write(Method::Post, "/incidents/acknowledge", &AcknowledgeIncidents { ids })
    }

    pub(crate) fn resolve(&self, id: &str, why: Option<String>) -> Answer<IncidentDetail> {
        self.write(Method::Post, of(id, "/resolve"), &ResolveIncident { why })
    }

    pub(crate) fn reopen(&self, id: &str) -> Answer<IncidentDetail> {
        self.act(Method::Post, of(id, "/reopen"))
    }

    pub(crate) fn comment(&self, id: &str, text: String) -> Answer<IncidentDetail> {
        self.write(Method::Post, of(id, "/comments"), &CommentIncident { text })
    }

    pub(crate) fn delete_comment(&self, id: &str, seq: u32) -> Answer<IncidentDetail> {
        self.act(Method::Delete, of(id, &format!("/comments/{seq}")))
    }

    pub(crate) fn assign(&self, id: &str, assignee: Option<String>) -> Answer<IncidentDetail> {
        self.write(Method::Put, of(id, "/assignee"), &AssignIncident { assignee })
    }

    pub(crate) fn similar(&self, id: &str) -> Answer<SimilarIncidents> {
        self.get(of(id, "/similar"))
    }

    /// Markdown.
    pub(crate) fn post_mortem(&self, id: &str) -> Answer<String> {
        self.text(of(id, "/post-mortem"))
    }
}
