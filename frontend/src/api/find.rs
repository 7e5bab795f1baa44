//! Finding things by their words.

use watchkeeper_common::incident::IncidentView;
use watchkeeper_common::page::Page;
use watchkeeper_common::target::TargetView;

use super::wire::with_query;
use super::{Answer, Session};

/// Hits of one kind.
const MOST: &str = "6";

impl Session {
    pub(crate) fn find_targets(&self, words: &str) -> Answer<Page<TargetView>> {
        self.get(query("/targets", "q", words))
    }

    pub(crate) fn find_incidents(&self, words: &str) -> Answer<Page<IncidentView>> {
        self.get(query("/incidents", "search", words))
    }
}

fn query(path: &str, field: &str, words: &str) -> String {
    with_query(path, &[(field, Some(words.to_owned())), ("limit", Some(MOST.to_owned()))])
}
