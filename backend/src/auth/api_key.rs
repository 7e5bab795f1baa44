//! API keys: a machine's credential, `wk_` and 256 random bits, shown once and kept as a hash.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use moka::future::Cache;
use serde_json::json;
use uuid::Uuid;
use watchkeeper_domain::id::{ApiKeyId, Id, UserId};
use watchkeeper_domain::tenant::{ApiKey, KeyScope};
use watchkeeper_domain::time::{MINUTE, UtcMillis};

use super::crypto::token_hash;
use super::error::AuthError;
use super::scope::{Principal, SystemScope, TenantScope};
use crate::clock::Clock;
use crate::store::{Filter, Order, Query, Store};

pub(super) const PREFIX: &str = "wk_";
/// Characters of a secret: the prefix and 32 bytes in base64url.
const SECRET_CHARACTERS: usize = PREFIX.len() + 43;
const HINT_CHARACTERS: usize = 9;
const LONGEST_NAME: usize = 64;
const MOST_KEYS: u32 = 50;
/// How long another server may take to notice that a key was revoked here.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
const REMEMBER_REVOKED: Duration = Duration::from_secs(30);
/// `last_used_at` is at most this far behind.
const USE_NOTED_EVERY: i64 = MINUTE;

/// The secret is here and nowhere else.
#[derive(Debug)]
pub struct CreatedKey {
    pub key: ApiKey,
    pub secret: String,
}

/// Makes, lists, revokes and recognises keys.
#[derive(Debug)]
pub struct ApiKeys {
    store: Store,
    system: SystemScope,
    clock: Clock,
    known: Cache<String, (UserId, ApiKey)>,
    revoked: Cache<ApiKeyId, ()>,
}

impl ApiKeys {
    #[must_use]
    pub fn new(store: Store, clock: Clock) -> Self {
        Self {
            store,
            system: SystemScope::new("find the owner of an API key"),
            clock,
            known: Cache::builder().max_capacity(10_000).time_to_live(LOOK_AGAIN).build(),
            revoked: Cache::builder().max_capacity(10_000).time_to_live(REMEMBER_REVOKED).build(),
        }
    }

    /// # Errors
    /// [`AuthError::Refused`] for a bad name, no scope, or one key too many.
    pub async fn create(
        &self,
        scope: &TenantScope,
        name: &str,
        mut scopes: Vec<KeyScope>,
    ) -> Result<CreatedKey, AuthError> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
            return Err(AuthError::refused("name", format!("1 to {LONGEST_NAME} characters on one line")));
        }
        scopes.sort_unstable();
        scopes.dedup();
        if scopes.is_empty() {
            return Err(AuthError::refused("scopes", "at least one of read, write and ingest"));
        }
        if self.store.tenant(scope).count::<ApiKey>(&Filter::All).await? >= u64::from(MOST_KEYS) {
            return Err(AuthError::refused("name", format!("there are {MOST_KEYS} keys already; revoke one first")));
        }
        let secret = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()));
        let key = ApiKey {
            id: ApiKeyId::from_uuid(Uuid::now_v7()),
            name: name.to_owned(),
            hint: secret.chars().take(HINT_CHARACTERS).collect(),
            secret_hash: token_hash(&secret),
            scopes,
            created_at: self.clock.now(),
            last_used_at: None,
        };
        self.store.tenant(scope).insert(&key).await?;
        Ok(CreatedKey { key, secret })
    }

    /// All keys of the tenant, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list(&self, scope: &TenantScope) -> Result<Vec<ApiKey>, AuthError> {
        let query = Query::new(Filter::All, Order::newest("created_at"), MOST_KEYS);
        Ok(self.store.tenant(scope).find::<ApiKey>(&query).await?.items)
    }

    /// The key stops working at once.
    ///
    /// # Errors
    /// [`AuthError::NotFound`] when the tenant has no such key.
    pub async fn revoke(&self, scope: &TenantScope, id: &ApiKeyId) -> Result<(), AuthError> {
        if !self.store.tenant(scope).delete::<ApiKey>(id.as_str()).await? {
            return Err(AuthError::NotFound);
        }
        self.revoked.insert(id.clone(), ()).await;
        Ok(())
    }

    /// All of the tenant's keys stop working at once.
    ///
    /// # Errors
    /// When the store fails; some may have stopped then.
    pub async fn revoke_all(&self, scope: &TenantScope) -> Result<(), AuthError> {
        for key in self.list(scope).await? {
            match self.revoke(scope, &key.id).await {
                Ok(()) | Err(AuthError::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The scope a secret proves.
    pub(super) async fn scope_of(&self, secret: &str) -> Result<TenantScope, AuthError> {
        if secret.len() != SECRET_CHARACTERS {
            return Err(AuthError::Unauthenticated);
        }
        let hash = token_hash(secret);
        let load = self.load(&hash);
        let (owner, key) =
            self.known.try_get_with_by_ref(&hash, load).await.map_err(|error| AuthError::clone(&error))?;
        if self.revoked.contains_key(&key.id) {
            return Err(AuthError::Unauthenticated);
        }
        Ok(TenantScope::new(owner, Principal::ApiKey { name: key.name, scopes: key.scopes }))
    }

    async fn load(&self, hash: &str) -> Result<(UserId, ApiKey), AuthError> {
        let query = Query::new(Filter::eq("secret_hash", hash), Order::newest("created_at"), 1);
        let page = self.store.system(&self.system).find::<ApiKey>(&query).await?;
        let found = page.items.into_iter().next().and_then(|(owner, key)| Some((owner?, key.doc)));
        let (owner, key) = found.ok_or(AuthError::Unauthenticated)?;
        self.note_use(&owner, &key).await;
        Ok((owner, key))
    }

    /// A failure to note is no reason to refuse the request.
    async fn note_use(&self, owner: &UserId, key: &ApiKey) {
        let now: UtcMillis = self.clock.now();
        if key.last_used_at.is_some_and(|last| now.since(last) < USE_NOTED_EVERY) {
            return;
        }
        let scope = TenantScope::for_job(owner.clone(), &self.system, "note the use of an API key");
        let filter = Filter::eq("id", key.id.as_str());
        let noted = self.store.tenant(&scope).update::<ApiKey>(&filter, &json!({ "last_used_at": now })).await;
        if let Err(error) = noted {
            tracing::warn!(key.id = %key.id, error = %error, "the use of an API key could not be noted");
        }
    }
}
