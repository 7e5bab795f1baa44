//! The labels of a series, packed, and how a target's own and those it exports become one set.
//!
//! What Prometheus does with our configuration is done here by hand: labels of ours win and the exporter's of the same name become
//! `exported_…`; what is left of an owner that an exporter claims is dropped; so are series that would contradict the scraper's own
//! notes. The owner is no label here at all: it is the tenant whose store the series lies in.

use std::collections::BTreeMap;

use watchkeeper_domain::metric::SeriesId;

use super::parse::Exposed;

const MAX_LABELS: usize = 64;
const MAX_NAME: usize = 128;
const MAX_VALUE: usize = 1024;
/// Never valid in UTF-8, so it ends every part.
const END: u8 = 0xff;
/// The label that Prometheus would carry beside these.
const OWNER: &str = "user_id";
/// Series that the scraper writes itself.
const OURS: [&str; 5] = [
    "up",
    "scrape_duration_seconds",
    "scrape_samples_scraped",
    "scrape_samples_post_metric_relabeling",
    "scrape_series_added",
];

/// Metric and labels, ordered by name; equal sets have equal bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Labels(Box<[u8]>);

impl Labels {
    pub(super) fn new(metric: &str, labels: &BTreeMap<String, String>) -> Self {
        let mut packed =
            Vec::with_capacity(metric.len() + 1 + labels.iter().map(|(k, v)| k.len() + v.len() + 2).sum::<usize>());
        for part in std::iter::once(metric).chain(labels.iter().flat_map(|(key, value)| [key.as_str(), value])) {
            packed.extend_from_slice(part.as_bytes());
            packed.push(END);
        }
        Self(packed.into_boxed_slice())
    }

    /// From disk; `None` unless it is whole.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let parts = bytes.strip_suffix(&[END])?.split(|byte| *byte == END);
        let whole = parts.clone().count() % 2 == 1 && parts.clone().all(|part| std::str::from_utf8(part).is_ok());
        whole.then(|| Self(bytes.into()))
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    fn parts(&self) -> impl Iterator<Item = &str> {
        self.0.split(|byte| *byte == END).map(|part| std::str::from_utf8(part).unwrap_or_default())
    }

    pub(super) fn metric(&self) -> &str {
        self.parts().next().unwrap_or_default()
    }

    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let mut parts = self.parts().skip(1);
        while let (Some(key), Some(value)) = (parts.next(), parts.next()) {
            if key == name {
                return Some(value);
            }
        }
        None
    }

    pub(super) fn id(&self) -> SeriesId {
        let mut parts = self.parts();
        let metric = parts.next().unwrap_or_default().to_owned();
        let mut labels = BTreeMap::new();
        while let (Some(key), Some(value)) = (parts.next(), parts.next()) {
            labels.insert(key.to_owned(), value.to_owned());
        }
        SeriesId { metric, labels }
    }
}

/// What becomes of an exported series: its labels, or `None` where it is dropped.
///
/// # Errors
/// The limit that it breaks; then the whole scrape is refused, as Prometheus does.
pub(super) fn attach(exposed: &Exposed, target: &BTreeMap<String, String>) -> Result<Option<Labels>, String> {
    let mut labels = target.clone();
    let mut clashing = Vec::new();
    for (name, value) in exposed.labels.iter().filter(|(_, value)| !value.is_empty()) {
        if name == OWNER || target.contains_key(name) {
            clashing.push((name, value));
        } else {
            labels.insert(name.clone(), value.clone());
        }
    }
    // The shortest first, so that `exported_job` is pushed aside by `job` and not the other way round.
    clashing.sort_by_key(|(name, _)| name.len());
    for (name, value) in clashing {
        let mut free = format!("exported_{name}");
        while labels.contains_key(&free) || exposed.labels.contains_key(&free) {
            free.insert_str(0, "exported_");
        }
        labels.insert(free, value.clone());
    }
    if OURS.contains(&exposed.metric.as_str()) {
        return Ok(None);
    }
    labels.retain(|name, _| !claims_an_owner(name));
    check(&exposed.metric, &labels)?;
    Ok(Some(Labels::new(&exposed.metric, &labels)))
}

/// `user_id`, or what pushing it aside made of it.
fn claims_an_owner(name: &str) -> bool {
    let mut rest = name;
    while let Some(shorter) = rest.strip_prefix("exported_") {
        rest = shorter;
    }
    rest == OWNER
}

fn check(metric: &str, labels: &BTreeMap<String, String>) -> Result<(), String> {
    // The metric's name and the owner count as labels.
    let count = labels.len() + 2;
    if count > MAX_LABELS {
        return Err(format!(
            "label_limit exceeded (metric: {metric:.60}, number of labels: {count}, limit: {MAX_LABELS})"
        ));
    }
    if metric.len() > MAX_VALUE {
        return Err(format!("label_value_length_limit exceeded (metric: {metric:.60}, limit: {MAX_VALUE})"));
    }
    for (name, value) in labels {
        if name.len() > MAX_NAME {
            return Err(format!(
                "label_name_length_limit exceeded (metric: {metric:.60}, label: {name:.60}, limit: {MAX_NAME})"
            ));
        }
        if value.len() > MAX_VALUE {
            return Err(format!(
                "label_value_length_limit exceeded (metric: {metric:.60}, label: {name:.60}, limit: {MAX_VALUE})"
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    fn attached(metric: &str, labels: &[(&str, &str)]) -> Option<SeriesId> {
        let exposed = Exposed { metric: metric.to_owned(), labels: map(labels) };
        let target = map(&[("instance", "a:1"), ("job", "dynamic-targets"), ("env", "prod")]);
        attach(&exposed, &target).unwrap().map(|labels| labels.id())
    }

    #[test]
    fn packed_labels_come_back() {
        let labels = map(&[("a", ""), ("b", "ü \" \n")]);
        let packed = Labels::new("m", &labels);
        assert_eq!(packed.id(), SeriesId { metric: "m".to_owned(), labels });
        assert_eq!((packed.metric(), packed.value("b"), packed.value("c")), ("m", Some("ü \" \n"), None));
        assert_eq!(Labels::from_bytes(packed.as_bytes()).as_ref(), Some(&packed));
        for broken in [&b""[..], b"m", b"m\xffk\xff", b"\xc3\xff"] {
            assert_eq!(Labels::from_bytes(broken), None, "{broken:?}");
        }
    }

    #[test]
    fn our_labels_win_and_the_exporters_step_aside() {
        let id = attached("m", &[("job", "theirs"), ("exported_job", "older"), ("env", ""), ("cpu", "0")]).unwrap();
        let expected = map(&[
            ("cpu", "0"),
            ("env", "prod"),
            ("exported_exported_job", "theirs"),
            ("exported_job", "older"),
            ("instance", "a:1"),
            ("job", "dynamic-targets"),
        ]);
        assert_eq!(id.labels, expected);
    }

    #[test]
    fn nobody_can_claim_an_owner_or_speak_for_the_scraper() {
        let id = attached("m", &[("user_id", "usr_victim"), ("exported_user_id", "usr_victim")]).unwrap();
        assert!(id.labels.keys().all(|name| !name.contains("user_id")), "{id:?}");
        for metric in OURS {
            assert_eq!(attached(metric, &[("instance", "victim:1")]), None);
        }
    }

    #[test]
    fn limits_refuse_the_scrape() {
        let refused = |exposed: Exposed| attach(&exposed, &BTreeMap::new()).unwrap_err();
        let many = (0..63).map(|n| (format!("l{n}"), "x".to_owned())).collect();
        assert!(refused(Exposed { metric: "m".to_owned(), labels: many }).starts_with("label_limit exceeded"));
        let long = map(&[("l", "x".repeat(1025).as_str())]);
        assert!(refused(Exposed { metric: "m".to_owned(), labels: long }).contains("value_length_limit"));
        let named = map(&[("l".repeat(129).as_str(), "x")]);
        assert!(refused(Exposed { metric: "m".to_owned(), labels: named }).contains("name_length_limit"));
    }
}
