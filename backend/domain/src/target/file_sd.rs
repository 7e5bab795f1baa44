//! The form in which Prometheus learns of targets (file and HTTP service discovery alike).
//!
//! `[{"targets":["192.168.1.4:9182"],"labels":{"job":"dynamic-targets","name":"server","user_id":"…"}}]`; tags follow, and
//! scheme and path only where they are not Prometheus' defaults. Labels of ours come last in meaning: the owner is written here
//! and can be set by no tag.

use std::collections::BTreeMap;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::address::DEFAULT_PATH;
use super::{Scheme, Target};
use crate::id::{Id, UserId};

/// The `job` label of every target.
pub const JOB: &str = "dynamic-targets";

/// One compact JSON line over the enabled targets, ordered by address: equal targets give equal bytes.
#[must_use]
pub fn file_sd<'a>(targets: impl IntoIterator<Item = (&'a UserId, &'a Target)>) -> String {
    let mut groups: Vec<Group<'_>> = targets
        .into_iter()
        .filter(|(_, target)| target.enabled)
        .map(|(owner, target)| Group { owner, target })
        .collect();
    groups.sort_by(|a, b| a.key().cmp(&b.key()));
    // Strings and maps with string keys always have a JSON form.
    serde_json::to_string(&groups).unwrap_or_else(|_never| "[]".to_owned())
}

/// What is told of one target, or would be while it is paused: its address and the labels its series get.
#[must_use]
pub fn discovered(owner: &UserId, target: &Target) -> (String, BTreeMap<String, String>) {
    let labels = labels(owner, target).into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
    (target.address.clone(), labels.collect())
}

fn labels<'a>(owner: &'a UserId, target: &'a Target) -> Vec<(&'a str, &'a str)> {
    let mut labels = vec![("job", JOB), ("name", target.name.as_str()), ("user_id", owner.as_str())];
    labels.extend(target.tags.iter().map(|(key, value)| (key.as_str(), value.as_str())));
    if target.scheme != Scheme::Http {
        labels.push(("__scheme__", target.scheme.as_str()));
    }
    if target.metrics_path != DEFAULT_PATH {
        labels.push(("__metrics_path__", &target.metrics_path));
    }
    labels
}

struct Group<'a> {
    owner: &'a UserId,
    target: &'a Target,
}

impl Group<'_> {
    fn key(&self) -> (&UserId, &str, &str, &str) {
        let Target { address, scheme, metrics_path, .. } = self.target;
        (self.owner, address, scheme.as_str(), metrics_path)
    }
}

impl Serialize for Group<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut group = serializer.serialize_struct("Group", 2)?;
        group.serialize_field("targets", &[&self.target.address])?;
        group.serialize_field("labels", &Labels(self))?;
        group.end()
    }
}

struct Labels<'a>(&'a Group<'a>);

impl Serialize for Labels<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Group { owner, target } = self.0;
        serializer.collect_map(labels(owner, target))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use uuid::Uuid;

    use super::super::{Address, ExporterKind};
    use super::*;
    use crate::id::TargetId;
    use crate::time::UtcMillis;

    fn target(typed: &str, name: &str) -> Target {
        let address = Address::parse(typed).unwrap();
        Target {
            id: TargetId::from_uuid(Uuid::from_u128(1)),
            address: address.authority(),
            scheme: address.scheme(),
            metrics_path: address.path().to_owned(),
            name: name.to_owned(),
            tags: BTreeMap::new(),
            terms: Vec::new(),
            kind: ExporterKind::Windows,
            enabled: true,
            created_at: UtcMillis(0),
            updated_at: UtcMillis(0),
        }
    }

    fn owner() -> UserId {
        UserId::from_uuid(Uuid::from_u128(0xa))
    }

    #[test]
    fn the_documented_form_to_the_byte() {
        let server = target("192.168.1.4:9182", "server");
        assert_eq!(
            file_sd([(&owner(), &server)]),
            r#"[{"targets":["192.168.1.4:9182"],"labels":{"job":"dynamic-targets","name":"server","user_id":"usr_0000000000000000000000000000000a"}}]"#
        );
    }

    #[test]
    fn tags_scheme_and_path_follow() {
        let mut server = target("https://db/pg/metrics", "db \"one\"");
        server.tags = BTreeMap::from([("env".to_owned(), "prod".to_owned()), ("area".to_owned(), "eu".to_owned())]);
        insta::assert_snapshot!(file_sd([(&owner(), &server)]), @r#"[{"targets":["db:443"],"labels":{"job":"dynamic-targets","name":"db \"one\"","user_id":"usr_0000000000000000000000000000000a","area":"eu","env":"prod","__scheme__":"https","__metrics_path__":"/pg/metrics"}}]"#);
    }

    #[test]
    fn one_target_is_told_as_in_the_whole() {
        let paused = Target { enabled: false, ..target("https://db/pg", "db") };
        let (address, labels) = discovered(&owner(), &paused);
        assert_eq!(address, "db:443");
        let labels: Vec<_> = labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(
            labels,
            [
                "__metrics_path__=/pg",
                "__scheme__=https",
                "job=dynamic-targets",
                "name=db",
                "user_id=usr_0000000000000000000000000000000a"
            ]
        );
    }

    #[test]
    fn order_does_not_depend_on_the_input_and_paused_targets_are_left_out() {
        let (owner, a, b) = (owner(), target("a:1", "a"), target("b:1", "b"));
        let paused = Target { enabled: false, ..target("c:1", "c") };
        assert_eq!(file_sd([(&owner, &a), (&owner, &b)]), file_sd([(&owner, &b), (&owner, &paused), (&owner, &a)]));
        assert_eq!(file_sd([(&owner, &paused)]), "[]");
    }
}
