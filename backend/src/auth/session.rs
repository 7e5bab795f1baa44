//! Sessions: opened by signing in, kept by rotating a refresh token, ended at once by revoking.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use moka::future::Cache;
use serde_json::json;
use uuid::Uuid;
use watchkeeper_domain::id::{Id, SessionId, UserId};
use watchkeeper_domain::tenant::{Account, Session};
use watchkeeper_domain::time::UtcMillis;

use super::account::Door;
use super::crypto::token_hash;
use super::error::AuthError;
use super::scope::{Principal, SystemScope, TenantScope};
use super::token::{Claims, Tokens};
use crate::clock::Clock;
use crate::store::{Error as StoreError, Filter, Order, Query, Store, Versioned};

/// How long another server may take to notice that a session ended here.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// How long an ended session is remembered here, so that a lookup under way cannot bring it back.
const REMEMBER_ENDED: Duration = Duration::from_secs(30);
const CACHED_SESSIONS: u64 = 50_000;
/// Spent refresh tokens remembered per session.
const SPENT: usize = 64;
/// Sessions a list shows and an account may have.
const MOST_SESSIONS: u32 = 100;

/// What signing in or refreshing hands out.
#[derive(Debug)]
pub struct Opened {
    pub access_token: String,
    pub expires_in: u64,
    /// For the cookie; stored only as a hash.
    pub refresh_token: String,
    /// Seconds the cookie lives.
    pub refresh_seconds: u64,
    pub account: Account,
}

/// Opens, rotates, looks up and ends sessions.
#[derive(Debug)]
pub struct Sessions {
    store: Store,
    system: SystemScope,
    tokens: Tokens,
    clock: Clock,
    life_ms: i64,
    live: Cache<SessionId, UtcMillis>,
    ended: Cache<SessionId, ()>,
}

impl Sessions {
    #[must_use]
    pub fn new(store: Store, tokens: Tokens, clock: Clock, life_ms: i64) -> Self {
        Self {
            store,
            system: SystemScope::new("find the session of a refresh token"),
            tokens,
            clock,
            life_ms,
            live: Cache::builder().max_capacity(CACHED_SESSIONS).time_to_live(LOOK_AGAIN).build(),
            ended: Cache::builder().max_capacity(CACHED_SESSIONS).time_to_live(REMEMBER_ENDED).build(),
        }
    }

    pub(super) async fn open(&self, account: Account, door: &Door) -> Result<Opened, AuthError> {
        let now = self.clock.now();
        let refresh_token = new_refresh_token();
        let session = Session {
            id: SessionId::from_uuid(Uuid::now_v7()),
            refresh_hash: token_hash(&refresh_token),
            spent_hashes: Vec::new(),
            user_agent: door.user_agent.chars().take(200).collect(),
            address: door.address.clone(),
            created_at: now,
            last_used_at: now,
            revoked_at: None,
            expires_at: now + self.life_ms,
        };
        let scope = person(&account, &session.id);
        self.store.tenant(&scope).insert(&session).await?;
        self.end_surplus(&scope).await?;
        self.hand_out(account, &session, refresh_token)
    }

    /// The newest sessions stay; the one that is one too many ends.
    async fn end_surplus(&self, scope: &TenantScope) -> Result<(), AuthError> {
        let query = Query::new(self.standing(), Order::newest("last_used_at"), MOST_SESSIONS + 1);
        let page = self.store.tenant(scope).find::<Session>(&query).await?;
        for surplus in page.items.iter().skip(MOST_SESSIONS as usize) {
            self.end(scope, &surplus.id).await?;
        }
        Ok(())
    }

    fn hand_out(&self, account: Account, session: &Session, refresh_token: String) -> Result<Opened, AuthError> {
        let access_token = self.tokens.issue(&account.id, &account.username, &session.id, self.clock.now())?;
        Ok(Opened {
            access_token,
            expires_in: self.tokens.life_seconds(),
            refresh_token,
            refresh_seconds: u64::try_from(self.life_ms / 1000).unwrap_or(0),
            account,
        })
    }

    /// Trades a refresh token for a new one. A spent one means that someone else has it too: the session ends.
    ///
    /// # Errors
    /// [`AuthError::Unauthenticated`] whatever is wrong with the token.
    pub async fn rotate(&self, refresh_token: &str, door: &Door) -> Result<Opened, AuthError> {
        let hash = token_hash(refresh_token);
        let Some((owner, found)) = self.by_hash("refresh_hash", &hash).await? else {
            self.end_if_spent(&hash).await?;
            return Err(AuthError::Unauthenticated);
        };
        let Versioned { doc: mut session, rev } = found;
        let now = self.clock.now();
        if session.revoked_at.is_some() || session.expires_at <= now {
            return Err(AuthError::Unauthenticated);
        }
        let account = self.store.system(&self.system).get::<Account>(owner.as_str()).await?;
        let account = account.map(|found| found.doc).filter(|account| account.leaving_at.is_none());
        let account = account.ok_or(AuthError::Unauthenticated)?;
        let fresh = new_refresh_token();
        let spent = std::mem::replace(&mut session.refresh_hash, token_hash(&fresh));
        session.spent_hashes.push(spent);
        let surplus = session.spent_hashes.len().saturating_sub(SPENT);
        session.spent_hashes.drain(..surplus);
        session.last_used_at = now;
        session.expires_at = now + self.life_ms;
        session.address.clone_from(&door.address);
        let scope = person(&account, &session.id);
        match self.store.tenant(&scope).replace(&session, rev).await {
            Ok(_) => self.hand_out(account, &session, fresh),
            // Two at once with one token: the first has rotated it, this one gets nothing.
            Err(StoreError::Conflict) => Err(AuthError::Unauthenticated),
            Err(error) => Err(error.into()),
        }
    }

    async fn end_if_spent(&self, hash: &str) -> Result<(), AuthError> {
        let Some((owner, found)) = self.by_hash("spent_hashes", hash).await? else { return Ok(()) };
        tracing::warn!(tenant.id = %owner, session.id = %found.doc.id, "a spent refresh token came back; session ended");
        let reason = "end a session whose spent refresh token came back";
        self.end(&TenantScope::for_job(owner, &self.system, reason), &found.doc.id).await.map(|_ended| ())
    }

    async fn by_hash(
        &self,
        field: &'static str,
        hash: &str,
    ) -> Result<Option<(UserId, Versioned<Session>)>, AuthError> {
        let query = Query::new(Filter::eq(field, hash), Order::newest("last_used_at"), 1);
        let page = self.store.system(&self.system).find::<Session>(&query).await?;
        Ok(page.items.into_iter().next().and_then(|(owner, session)| Some((owner?, session))))
    }

    /// Ends the session a refresh token belongs to; an unknown token is as good as signed out.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sign_out(&self, refresh_token: &str) -> Result<(), AuthError> {
        let hash = token_hash(refresh_token);
        if let Some((owner, found)) = self.by_hash("refresh_hash", &hash).await? {
            let scope = TenantScope::for_job(owner, &self.system, "sign out by refresh token");
            self.end(&scope, &found.doc.id).await?;
        }
        Ok(())
    }

    /// Ends one session of this tenant, and its access tokens with it; `false` when there is none to end.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn end(&self, scope: &TenantScope, id: &SessionId) -> Result<bool, AuthError> {
        let filter = Filter::eq("id", id.as_str()).and(Filter::Eq("revoked_at", crate::store::Value::Null));
        let set = json!({ "revoked_at": self.clock.now() });
        let ended = self.store.tenant(scope).update::<Session>(&filter, &set).await?;
        if ended > 0 {
            self.ended.insert(id.clone(), ()).await;
            self.live.invalidate(id).await;
        }
        Ok(ended > 0)
    }

    /// Ends every session of this tenant but the one to keep.
    ///
    /// # Errors
    /// When the store fails; some may have ended then.
    pub async fn end_all(&self, scope: &TenantScope, keep: Option<&SessionId>) -> Result<(), AuthError> {
        for session in self.list(scope).await?.iter().filter(|session| Some(&session.id) != keep) {
            self.end(scope, &session.id).await?;
        }
        Ok(())
    }

    /// Sessions that can still be used, the one used last first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list(&self, scope: &TenantScope) -> Result<Vec<Session>, AuthError> {
        let query = Query::new(self.standing(), Order::newest("last_used_at"), MOST_SESSIONS);
        Ok(self.store.tenant(scope).find::<Session>(&query).await?.items)
    }

    fn standing(&self) -> Filter {
        Filter::Eq("revoked_at", crate::store::Value::Null).and(Filter::range(
            "expires_at",
            Some(self.clock.now().0 + 1),
            None,
        ))
    }

    /// The scope an access token proves, as long as its session stands.
    pub(super) async fn scope_of(&self, token: &str) -> Result<TenantScope, AuthError> {
        let now = self.clock.now();
        let claims = self.tokens.verify(token, now)?;
        let Claims { sub, sid, name, .. } = claims;
        let scope = TenantScope::new(sub, Principal::User { username: name, session: sid.clone() });
        let load = self.expiry_of(&scope, &sid);
        let expires_at = self.live.try_get_with_by_ref(&sid, load).await.map_err(|error| AuthError::clone(&error))?;
        if expires_at <= now || self.ended.contains_key(&sid) {
            return Err(AuthError::Unauthenticated);
        }
        Ok(scope)
    }

    async fn expiry_of(&self, scope: &TenantScope, id: &SessionId) -> Result<UtcMillis, AuthError> {
        match self.store.tenant(scope).get::<Session>(id.as_str()).await? {
            Some(Versioned { doc: Session { revoked_at: None, expires_at, .. }, .. }) => Ok(expires_at),
            _ => Err(AuthError::Unauthenticated),
        }
    }
}

fn person(account: &Account, session: &SessionId) -> TenantScope {
    let principal = Principal::User { username: account.username.clone(), session: session.clone() };
    TenantScope::new(account.id.clone(), principal)
}

/// 256 random bits.
fn new_refresh_token() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}
