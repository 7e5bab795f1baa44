//! The words a target is found by.

use std::collections::{BTreeMap, BTreeSet};

/// Most words kept of one target.
const MAX_TERMS: usize = 64;

/// Lower-cased words of a text, cut at everything that is neither letter nor digit.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// Words of name, address and tag values.
#[must_use]
pub fn terms(name: &str, address: &str, tags: &BTreeMap<String, String>) -> Vec<String> {
    let texts = [name, address].into_iter().chain(tags.values().map(String::as_str));
    let distinct: BTreeSet<String> = texts.flat_map(words).collect();
    distinct.into_iter().take(MAX_TERMS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_found_by_the_words_of_name_address_and_tags() {
        let tags = BTreeMap::from([("env".to_owned(), "Prod-EU".to_owned())]);
        assert_eq!(
            terms("Köln DB", "db1.example.org:9100", &tags),
            ["9100", "db", "db1", "eu", "example", "köln", "org", "prod"]
        );
        assert_eq!(words(" DB1, köln ").collect::<Vec<_>>(), ["db1", "köln"]);
    }
}
