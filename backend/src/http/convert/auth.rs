//! Accounts, sessions and keys.

use watchkeeper_common::auth as wire;
use watchkeeper_common::problem::ErrorCode;
use watchkeeper_domain::id::{Id, SessionId};
use watchkeeper_domain::tenant::{Account, ApiKey, KeyScope, Session};

use super::timestamp;
use crate::auth::{CreatedKey, NewAccount, Opened, ProfileChange, SignIn, WhoSignsIn, device};
use crate::http::problem::ApiError;

pub(in crate::http) fn new_account(body: wire::Register) -> NewAccount {
    NewAccount { username: body.username, email: body.email, password: body.password }
}

/// What was typed as user name may be a mail address: forms have one field.
pub(in crate::http) fn sign_in(body: wire::Login) -> Result<SignIn, ApiError> {
    let who = match (body.email, body.username) {
        (Some(email), _) => WhoSignsIn::Email(email),
        (None, Some(name)) if name.contains('@') => WhoSignsIn::Email(name),
        (None, Some(name)) => WhoSignsIn::Username(name),
        (None, None) => {
            return Err(ApiError::with_detail(ErrorCode::MalformedBody, "Send `email` or `username`."));
        }
    };
    Ok(SignIn { who, password: body.password })
}

pub(in crate::http) fn profile(body: wire::UpdateMe) -> ProfileChange {
    let wire::UpdateMe { username, email, time_zone, current_password } = body;
    ProfileChange { username, email, time_zone, current_password }
}

pub(in crate::http) fn signed_in(opened: Opened) -> wire::SignedIn {
    wire::SignedIn {
        access_token: opened.access_token,
        token_type: "Bearer".to_owned(),
        expires_in: opened.expires_in,
        user: me(opened.account),
    }
}

pub(in crate::http) fn me(account: Account) -> wire::Me {
    wire::Me {
        id: account.id.into(),
        username: account.username,
        email: account.email,
        time_zone: account.time_zone,
        created_at: timestamp(account.created_at),
    }
}

pub(in crate::http) fn session(session: Session, current: &SessionId) -> wire::SessionView {
    wire::SessionView {
        current: session.id == *current,
        device: device(&session.user_agent),
        id: session.id.as_str().to_owned(),
        user_agent: session.user_agent,
        address: session.address,
        created_at: timestamp(session.created_at),
        last_used_at: timestamp(session.last_used_at),
        expires_at: timestamp(session.expires_at),
    }
}

pub(in crate::http) fn key_scope(scope: wire::KeyScope) -> KeyScope {
    match scope {
        wire::KeyScope::Read => KeyScope::Read,
        wire::KeyScope::Write => KeyScope::Write,
        wire::KeyScope::Ingest => KeyScope::Ingest,
    }
}

fn key_scope_view(scope: KeyScope) -> wire::KeyScope {
    match scope {
        KeyScope::Read => wire::KeyScope::Read,
        KeyScope::Write => wire::KeyScope::Write,
        KeyScope::Ingest => wire::KeyScope::Ingest,
    }
}

pub(in crate::http) fn key(key: ApiKey) -> wire::ApiKeyView {
    wire::ApiKeyView {
        id: key.id.into(),
        name: key.name,
        hint: key.hint,
        scopes: key.scopes.into_iter().map(key_scope_view).collect(),
        created_at: timestamp(key.created_at),
        last_used_at: key.last_used_at.map(timestamp),
    }
}

pub(in crate::http) fn created_key(created: CreatedKey) -> wire::CreatedApiKey {
    wire::CreatedApiKey { key: key(created.key), secret: created.secret }
}
