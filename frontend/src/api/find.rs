//! Finding things by their words.

use watchkeeper_common::incident::IncidentView;
use watchkeeper_common::page::Page;
use watchkeeper_common::target::TargetView;

use super::wire::with_query;
use super::{Fault, Session};

/// Hits of one kind.
const MOST: &str = "6";

impl Session {
    pub(crate) async fn find_targets(&self, words: &str) -> Result<Page<TargetView>, Fault> {
        self.get(query("/targets", "q", words)).await
    }

    pub(crate) async fn find_incidents(&self, words: &str) -> Result<Page<IncidentView>, Fault> {
        self.get(query("/incidents", "search", words)).await
    }
}

fn query(path: &str, field: &str, words: &str) -> String {
    with_query(path, &[(field, Some(words.to_owned())), ("limit", Some(MOST.to_owned()))])
}
