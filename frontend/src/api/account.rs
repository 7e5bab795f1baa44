//! The account itself, its sessions and API keys.

use std::time::Duration;

use leptos::prelude::Set;
use watchkeeper_common::auth::{
    ApiKeyView, ChangePassword, CreateApiKey, CreatedApiKey, DeleteAccount, Me, SessionView, UpdateMe,
};
use watchkeeper_common::page::Page;

use super::download::save;
use super::session::Account;
use super::wire::{Abort, Call, Method, refusal, segment, send, text};
use super::{Fault, Session};

/// An export may hold a month of batches.
const EXPORT: Duration = Duration::from_secs(600);

impl Session {
    pub(crate) async fn update_me(&self, change: &UpdateMe) -> Result<Me, Fault> {
        let me: Me = self.write(Method::Patch, "/auth/me", change).await?;
        self.0.account.set(Account::In(me.clone()));
        Ok(me)
    }

    pub(crate) async fn change_password(&self, change: &ChangePassword) -> Result<(), Fault> {
        self.write(Method::Put, "/auth/password", change).await
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

    pub(crate) async fn end_other_sessions(&self) -> Result<(), Fault> {
        self.act(Method::Delete, "/auth/sessions").await
    }

    pub(crate) async fn sessions(&self) -> Result<Page<SessionView>, Fault> {
        self.get("/auth/sessions").await
    }

    pub(crate) async fn end_session(&self, id: &str) -> Result<(), Fault> {
        self.act(Method::Delete, format!("/auth/sessions/{}", segment(id))).await
    }

    pub(crate) async fn api_keys(&self) -> Result<Page<ApiKeyView>, Fault> {
        self.get("/api-keys").await
    }

    pub(crate) async fn create_api_key(&self, key: &CreateApiKey) -> Result<CreatedApiKey, Fault> {
        self.write(Method::Post, "/api-keys", key).await
    }

    pub(crate) async fn revoke_api_key(&self, id: &str) -> Result<(), Fault> {
        self.act(Method::Delete, format!("/api-keys/{}", segment(id))).await
    }
}
