//! Reading addresses.

/// What stands for `:id` in `path` when it is of the shape of `pattern`; empty where the pattern has none.
pub(crate) fn matched(pattern: &str, path: &str) -> Option<String> {
    let mut id = String::new();
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    for wanted in pattern.split('/').filter(|part| !part.is_empty()) {
        let part = parts.next()?;
        if wanted == ":id" {
            part.clone_into(&mut id);
        } else if wanted != part {
            return None;
        }
    }
    parts.next().is_none().then_some(id)
}

/// Whether a path is `parent` or below it.
pub(crate) fn is_below(path: &str, parent: &str) -> bool {
    path.strip_prefix(parent).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What stands behind the `?` of an address.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn parse(search: &str) -> Self {
        let pairs = search.trim_start_matches('?').split('&').filter(|pair| !pair.is_empty());
        Self(pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).map(decoded).collect())
    }

    pub(crate) fn get(&self, name: &str) -> Option<String> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
    }
}

fn decoded((name, value): (&str, &str)) -> (String, String) {
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        // What is no encoding of anything stands for itself.
        js_sys::decode_uri_component(&text).map(String::from).unwrap_or(text)
    };
    (name.to_owned(), decode(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_fits_whole_paths() {
        assert_eq!(matched("/app/incidents", "/app/incidents/"), Some(String::new()));
        assert_eq!(matched("/app/incidents/:id", "/app/incidents/inc_1"), Some("inc_1".to_owned()));
        assert_eq!(matched("/app/incidents/:id", "/app/incidents"), None);
        assert_eq!(matched("/app", "/app/incidents"), None);
        assert_eq!(matched("/", "/"), Some(String::new()));
    }

    #[test]
    fn below_is_a_matter_of_whole_parts() {
        assert!(is_below("/app/targets/tgt_1", "/app/targets"));
        assert!(is_below("/app/targets", "/app/targets"));
        assert!(!is_below("/app/targets-old", "/app/targets"));
    }
}
