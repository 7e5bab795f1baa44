//! The words an incident is found by: beginnings of those in its title, instances and target names, so that a search
//! finds while it is typed.

use std::collections::BTreeSet;

use super::Incident;
use crate::target::search::words;

/// Words looked at of one incident.
const MAX_WORDS: usize = 60;
/// Words of a search that count.
const MAX_WANTED: usize = 8;
/// A beginning is at least and at most this long; longer words are found by their first letters.
const SHORTEST: usize = 2;
const LONGEST: usize = 16;

/// What the document keeps.
#[must_use]
pub fn terms(incident: &Incident) -> Vec<String> {
    let names = incident.evidence.iter().map(|fact| fact.target_name.as_str());
    let texts = [incident.title.as_str()].into_iter().chain(incident.instances.iter().map(String::as_str)).chain(names);
    let distinct: BTreeSet<String> = texts.flat_map(words).collect();
    let all: BTreeSet<String> = distinct.iter().take(MAX_WORDS).flat_map(|word| beginnings(word)).collect();
    all.into_iter().collect()
}

/// What the document must hold, all of it, for `search` to find it.
#[must_use]
pub fn wanted(search: &str) -> Vec<String> {
    words(search).take(MAX_WANTED).map(|word| word.chars().take(LONGEST).collect()).collect()
}

fn beginnings(word: &str) -> impl Iterator<Item = String> {
    let length = word.chars().count().min(LONGEST);
    (SHORTEST.min(length)..=length).map(|end| word.chars().take(end).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::example;
    use crate::time::UtcMillis;

    #[test]
    fn an_incident_is_found_by_beginnings_of_its_words() {
        let mut leak = example::incident(UtcMillis(0));
        leak.title = "Memory leak fills Überlaufspeichererweiterung".to_owned();
        leak.instances = vec!["api-1:9100".to_owned()];
        let terms = terms(&leak);
        let finds = |search: &str| wanted(search).iter().all(|word| terms.contains(word));
        for search in ["mem", "MEMORY le", "api-1", "9100", "überlaufspeichererweiterung", "1", ""] {
            assert!(finds(search), "{search}");
        }
        for search in ["emory", "disk", "memory disk", "m"] {
            assert!(!finds(search), "{search}");
        }
    }
}
