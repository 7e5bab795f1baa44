//! Accounts, sessions and API keys: the documents only. What they permit is decided in the server's `auth/`.

use serde::{Deserialize, Serialize};

use crate::id::{ApiKeyId, SessionId, UserId};
use crate::time::UtcMillis;

/// One person's account, and the tenant that owns everything they create.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub id: UserId,
    /// As typed; shown.
    pub username: String,
    /// Lower-cased; unique.
    pub username_key: String,
    /// As typed; mail goes here.
    pub email: String,
    /// Lower-cased; unique.
    pub email_key: String,
    /// argon2id PHC string.
    pub password_hash: String,
    /// IANA zone name, `UTC` until chosen.
    pub time_zone: String,
    pub created_at: UtcMillis,
    /// Set when the person deleted it; names, mail address and password are gone then, and what it owns is being deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaving_at: Option<UtcMillis>,
}

/// A signed-in browser. Revoked sessions stay until they expire, so that reuse of an old refresh token is noticed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub id: SessionId,
    /// SHA-256 (hex) of the refresh token in use; unique.
    pub refresh_hash: String,
    /// Hashes of the refresh tokens rotated away, newest last, capped.
    pub spent_hashes: Vec<String>,
    pub user_agent: String,
    pub address: String,
    pub created_at: UtcMillis,
    pub last_used_at: UtcMillis,
    pub revoked_at: Option<UtcMillis>,
    pub expires_at: UtcMillis,
}

/// What an API key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyScope {
    Read,
    Write,
    Ingest,
}

/// A machine's credential; the secret itself is shown once and never stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub name: String,
    /// The first characters of the secret, to tell keys apart.
    pub hint: String,
    /// SHA-256 (hex) of the secret; unique.
    pub secret_hash: String,
    pub scopes: Vec<KeyScope>,
    pub created_at: UtcMillis,
    pub last_used_at: Option<UtcMillis>,
}
