//! The account itself, its sessions and API keys.

use std::time::Duration;

use watchkeeper_common::auth::{
    ApiKeyView, ChangePassword, CreateApiKey, CreatedApiKey, DeleteAccount, Me, SessionView, UpdateMe,
};
use watchkeeper_common::page::Page;

use super::download::save;
use super::session::Account;
use super::wire::{Abort, Call, Method, refusal, segment, send, text};
use super::{Answer, Fault, Session};
use crate::dom::prelude::Set;

/// An export may hold a month of batches.
const EXPORT: Duration = Duration::from_secs(600);

impl Session {
    pub(crate) async fn update_me(&self, change: &UpdateMe) -> Result<Me, Fault> {
        let me: Me = self.write(Method::Patch, "/auth/me", change).await?;
        self.0.account.set(Account::In(me.clone()));
        Ok(me)
    }

    pub(crate) fn change_password(&self, change: &ChangePassword) -> Answer<()> {
        self.write(Method::Put, "/auth/password", change)
    }

    /// Everything this account has, into the browser's downloads.
    pub(crate) async fn export(&self) -> Result<(), Fault> {
        let ask = async |token: String| {
            let abort = Abort::after(EXPORT)?;
            let call = Call::new(Method::Get, "/account/export");
            let response = send(&call, Some(&token), &abort.controller).await?;
            match response.ok() {
                true => save(&response, "watchkeeper.ndjson").await,
                false => Err(refusal(response.status(), &text(&response).await?)),
            }
        };
        self.authorised(ask).await
    }

    /// Deletes the account; nobody is signed in afterwards.
    pub(crate) async fn delete_account(&self, leave: &DeleteAccount) -> Result<(), Fault> {
        self.write::<()>(Method::Delete, "/account", leave).await?;
        self.0.end(Account::Left);
        Ok(())
    }

    pub(crate) fn end_other_sessions(&self) -> Answer<()> {
        self.act(Method::Delete, "/auth/sessions")
    }

    pub(crate) fn sessions(&self) -> Answer<Page<SessionView>> {
        self.get("/auth/sessions")
    }

    pub(crate) fn end_session(&self, id: &str) -> Answer<()> {
        self.act(Method::Delete, format!("/auth/sessions/{}", segment(id)))
    }

    pub(crate) fn api_keys(&self) -> Answer<Page<ApiKeyView>> {
        self.get("/api-keys")
    }

    pub(crate) fn create_api_key(&self, key: &CreateApiKey) -> Answer<CreatedApiKey> {
        self.write(Method::Post, "/api-keys", key)
    }

    pub(crate) fn revoke_api_key(&self, id: &str) -> Answer<()> {
        self.act(Method::Delete, format!("/api-keys/{}", segment(id)))
    }
}
