//! The account itself, its sessions and API keys.

use leptos::prelude::Set;
use watchkeeper_common::auth::{ApiKeyView, CreateApiKey, CreatedApiKey, Me, SessionView, UpdateMe};
use watchkeeper_common::page::Page;

use super::session::Account;
use super::wire::{Method, segment};
use super::{Fault, Session};

impl Session {
    pub(crate) async fn update_me(&self, change: &UpdateMe) -> Result<Me, Fault> {
        let me: Me = self.write(Method::Patch, "/auth/me", change).await?;
        self.0.account.set(Account::In(me.clone()));
        Ok(me)
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
