//! Everything a tenant has, document by document, without what is secret: what the account export streams.

use serde_json::{Map, Value as Json, json};
use watchkeeper_domain::tenant::Account;

use super::ServiceError;
use crate::auth::TenantScope;
use crate::store::{Store, Walk};

/// Documents held in memory at a time; some hold a prompt of tens of kilobytes.
const PIECE: u32 = 50;

/// Fields whose name ends so hold a credential, hashed or sealed. They mean nothing to anybody else and stay here.
const SECRET: &[&str] = &["_hash", "_hashes", "_sealed"];

/// Reads on as long as it is asked.
#[derive(Debug)]
pub struct Export {
    store: Store,
    scope: TenantScope,
    account: Option<Account>,
    walk: Option<Walk>,
}

impl Export {
    #[must_use]
    pub fn new(store: Store, scope: TenantScope, account: Account) -> Self {
        Self { store, scope, account: Some(account), walk: Some(Walk::begin()) }
    }

    /// The next lines, one JSON object each: `{"collection": "targets", "document": {…}}`. `None` at the end.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn next(&mut self) -> Result<Option<String>, ServiceError> {
        if let Some(account) = self.account.take() {
            let document = serde_json::to_value(&account).map_err(|error| ServiceError::Internal(error.to_string()))?;
            return Ok(Some(line("users", document)));
        }
        while let Some(walk) = self.walk.take() {
            let (found, next) = self.store.tenant(&self.scope).walk(walk, PIECE).await?;
            self.walk = next;
            if !found.is_empty() {
                let lines = found.into_iter().map(|(collection, document)| line(collection, Json::Object(document)));
                return Ok(Some(lines.collect()));
            }
        }
        Ok(None)
    }
}

fn line(collection: &str, document: Json) -> String {
    let mut text = json!({ "collection": collection, "document": without_secrets(document) }).to_string();
    text.push('\n');
    text
}

fn without_secrets(value: Json) -> Json {
    match value {
        Json::Object(fields) => Json::Object(
            fields
                .into_iter()
                .filter(|(name, _)| !SECRET.iter().any(|end| name.ends_with(end)))
                .map(|(name, value)| (name, without_secrets(value)))
                .collect::<Map<_, _>>(),
        ),
        Json::Array(values) => Json::Array(values.into_iter().map(without_secrets).collect()),
        plain => plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hashed_or_sealed_is_left_out_however_deep() {
        let document = json!({
            "id": "x", "password_hash": "a", "spent_hashes": ["b"],
            "server": { "host": "mail", "password_sealed": "c" }, "list": [{ "webhook_sealed": "d", "kept": 1 }],
        });
        let kept = json!({ "id": "x", "server": { "host": "mail" }, "list": [{ "kept": 1 }] });
        assert_eq!(without_secrets(document), kept);
    }
}
