//! Tags: labels that a target's owner adds to every series of it.

use std::collections::BTreeMap;

/// Most tags of one target.
pub const MAX_TAGS: usize = 16;
const MAX_KEY: usize = 64;
const MAX_VALUE: usize = 128;

/// Labels that the server sets itself.
const OURS: [&str; 5] = ["user_id", "job", "instance", "name", "exported_user_id"];
/// Labels that exporters put on their own series: a tag of that name would push theirs aside.
const EXPORTERS: [&str; 10] =
    ["le", "quantile", "cpu", "mode", "device", "mountpoint", "fstype", "volume", "core", "collector"];

/// Checked tags.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tags(BTreeMap<String, String>);

/// Why a tag is refused, and what to use instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTag {
    #[error("use at most {MAX_TAGS} tags")]
    TooMany,
    #[error("tag {0:?}: begin with a letter or _, go on with letters, digits or _, at most {MAX_KEY} characters")]
    BadKey(String),
    #[error("tag {0:?}: names that begin with __ belong to Prometheus")]
    Internal(String),
    #[error("tag {0:?}: the server sets this label itself; choose another name")]
    Reserved(String),
    #[error("tag {0:?}: exporters use this label for their own series; choose another name")]
    Collides(String),
    #[error("tag {0:?}: type a value of 1 to {MAX_VALUE} characters without control characters")]
    BadValue(String),
}

impl Tags {
    /// # Errors
    /// [`InvalidTag`] for the first tag that cannot be a label.
    pub fn parse(typed: &BTreeMap<String, String>) -> Result<Self, InvalidTag> {
        if typed.len() > MAX_TAGS {
            return Err(InvalidTag::TooMany);
        }
        for (key, value) in typed {
            check_key(key)?;
            let length = value.chars().count();
            if !(1..=MAX_VALUE).contains(&length) || value.chars().any(char::is_control) {
                return Err(InvalidTag::BadValue(key.clone()));
            }
        }
        Ok(Self(typed.clone()))
    }

    #[must_use]
    pub fn into_inner(self) -> BTreeMap<String, String> {
        self.0
    }
}

fn check_key(key: &str) -> Result<(), InvalidTag> {
    let mut bytes = key.bytes();
    let first = bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_');
    let rest = bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let owned = || key.chars().take(MAX_KEY).collect();
    if !first || !rest || key.len() > MAX_KEY {
        Err(InvalidTag::BadKey(owned()))
    } else if key.starts_with("__") {
        Err(InvalidTag::Internal(owned()))
    } else if OURS.contains(&key) {
        Err(InvalidTag::Reserved(owned()))
    } else if EXPORTERS.contains(&key) {
        Err(InvalidTag::Collides(owned()))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(key: &str, value: &str) -> Result<Tags, InvalidTag> {
        Tags::parse(&BTreeMap::from([(key.to_owned(), value.to_owned())]))
    }

    #[test]
    fn tags_are_prometheus_labels() {
        for key in ["env", "Rack_7", "_x", "os"] {
            assert!(one(key, "prod").is_ok(), "{key}");
        }
        for key in ["", "7up", "a-b", "a.b", "größe", "a b", "env\n"] {
            assert_eq!(one(key, "x"), Err(InvalidTag::BadKey(key.to_owned())), "{key}");
        }
        assert!(matches!(one(&"k".repeat(65), "x"), Err(InvalidTag::BadKey(_))));
    }

    #[test]
    fn what_would_collide_is_refused() {
        for key in ["user_id", "job", "instance", "name", "exported_user_id"] {
            assert_eq!(one(key, "x"), Err(InvalidTag::Reserved(key.to_owned())));
        }
        for key in ["__name__", "__address__", "__x"] {
            assert_eq!(one(key, "x"), Err(InvalidTag::Internal(key.to_owned())));
        }
        assert_eq!(one("le", "x"), Err(InvalidTag::Collides("le".to_owned())));
    }

    #[test]
    fn values_and_number_are_capped() {
        assert!(one("env", &"ü".repeat(128)).is_ok());
        for value in ["", "a\nb", &"x".repeat(129)] {
            assert_eq!(one("env", value), Err(InvalidTag::BadValue("env".to_owned())));
        }
        let many = (0..=MAX_TAGS).map(|n| (format!("t{n}"), "x".to_owned())).collect();
        assert_eq!(Tags::parse(&many), Err(InvalidTag::TooMany));
    }
}
