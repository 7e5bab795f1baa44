//! Typed, prefixed ids: `tgt_…` can never be passed where an `inc_…` is meant.
//!
//! An id is a prefix, `_`, and 32 lower-case hex digits of a UUID. The caller brings the UUID: nothing here is random.
//! What must be the same when work is repeated after a crash has a *derived* id: [`Id::derive`].

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

/// Why a text is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an id that looks like {prefix}_0123456789abcdef0123456789abcdef")]
pub struct InvalidId {
    pub prefix: &'static str,
}

/// What every id type can do; lets callers be generic over the noun.
pub trait Id: Sized {
    const PREFIX: &'static str;
    fn from_uuid(uuid: Uuid) -> Self;
    fn as_str(&self) -> &str;
    /// The id that these parts always give: a version 8 UUID of a SHA-256 over the prefix and the length-prefixed parts.
    #[must_use]
    fn derive(parts: &[&str]) -> Self {
        Self::from_uuid(derived(Self::PREFIX, parts))
    }
    /// # Errors
    /// [`InvalidId`] unless the text is the prefix, `_` and 32 lower-case hex digits.
    fn parse(text: &str) -> Result<Self, InvalidId>;
}

fn derived(prefix: &str, parts: &[&str]) -> Uuid {
    let mut hasher = Sha256::new();
    for part in std::iter::once(&prefix).chain(parts) {
        hasher.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    let mut bytes = [0_u8; 16];
    for (byte, hashed) in bytes.iter_mut().zip(hasher.finalize()) {
        *byte = hashed;
    }
    Builder::from_custom_bytes(bytes).into_uuid()
}

fn is_id(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'))
        .is_some_and(|hex| hex.len() == 32 && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)))
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal $(with $suffix:ident)?;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl Id for $name {
            const PREFIX: &'static str = $prefix;
            fn from_uuid(uuid: Uuid) -> Self {
                Self(format!(concat!($prefix, "_{}"), uuid.simple()))
            }
            fn as_str(&self) -> &str {
                &self.0
            }
            fn parse(text: &str) -> Result<Self, InvalidId> {
                let plain = text;
                $(let plain = plain.strip_suffix($suffix).unwrap_or(plain);)?
                if is_id(plain, $prefix) { Ok(Self(text.to_owned())) } else { Err(InvalidId { prefix: $prefix }) }
            }
        }
        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::parse(&text)
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// The account that owns data; stored and labelled as `user_id`. The demo that an account plays owns its data apart from it:
    /// see [`UserId::demo`].
    UserId = "usr" with DEMO;
    SessionId = "ses";
    ApiKeyId = "key";
    TargetId = "tgt";
    BatchId = "bat";
    IncidentId = "inc";
    AnomalyId = "anm";
    RcaId = "rca";
    DeliveryId = "dlv";
    LlmCallId = "llm";
}

/// Ends the id under which the data of an account's demo is kept. No account's own id can end so: hex digits do not.
const DEMO: &str = "~demo";

impl UserId {
    /// The owner of the demo's data.
    #[must_use]
    pub fn demo(&self) -> Self {
        if self.is_demo() { self.clone() } else { Self(format!("{}{DEMO}", self.0)) }
    }

    /// The account itself, also when this is its demo.
    #[must_use]
    pub fn account(&self) -> Self {
        Self(self.0.strip_suffix(DEMO).unwrap_or(&self.0).to_owned())
    }

    #[must_use]
    pub fn is_demo(&self) -> bool {
        self.0.ends_with(DEMO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_ids_repeat_and_part_boundaries_count() {
        let id = BatchId::derive(&["usr_1", "60000"]);
        assert_eq!(id, BatchId::derive(&["usr_1", "60000"]));
        assert_ne!(id, BatchId::derive(&["usr_16", "0000"]));
        assert_eq!(BatchId::parse(id.as_str()), Ok(id.clone()));
        assert_ne!(id.as_str().replace("bat_", ""), RcaId::derive(&["usr_1", "60000"]).as_str().replace("rca_", ""));
    }

    #[test]
    fn a_demo_belongs_to_one_account_and_to_no_other_kind_of_id() {
        let user = UserId::derive(&["priya"]);
        let demo = user.demo();
        assert_ne!(demo, user);
        assert_eq!((demo.account(), demo.demo()), (user.clone(), demo.clone()));
        assert!(demo.is_demo() && !user.is_demo());
        assert_eq!(UserId::parse(demo.as_str()), Ok(demo.clone()));
        assert!(UserId::parse(&format!("{demo}~demo")).is_err());
        assert!(BatchId::parse(&format!("{}~demo", BatchId::derive(&["x"]))).is_err());
    }
}
