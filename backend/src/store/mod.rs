//! The only road to stored data: typed documents, and a scope for every one of them.
//!
//! `Store::tenant(&scope)` reaches one tenant's documents; `Store::system(&scope)` reaches across tenants for the few who
//! hold a [`SystemScope`]. The engine underneath is private, so there is no third way.

mod collections;
mod document;
mod typed;

use std::sync::Arc;

use watchkeeper_docstore::{Engine, StoreError};

use crate::auth::{SystemScope, TenantScope};

pub use collections::{ALL, Schedule};
pub use document::Document;
pub use typed::{SystemStore, TenantStore, Versioned};
pub use watchkeeper_docstore::{
    Bucket, Cursor, Direction, Filter, Order, Page, Query, Revision, StoreError as Error, Value,
};

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    engine: Arc<dyn Engine>,
}

impl Store {
    /// Takes an open engine and prepares every collection of the product on it.
    ///
    /// # Errors
    /// [`StoreError::Startup`] when the store refuses an index.
    pub async fn prepare(engine: Arc<dyn Engine>) -> Result<Self, StoreError> {
        engine.prepare(ALL).await?;
        Ok(Self { engine })
    }

    #[must_use]
    pub fn tenant<'a>(&'a self, scope: &'a TenantScope) -> TenantStore<'a> {
        TenantStore::new(&*self.engine, scope.key())
    }

    #[must_use]
    pub fn system<'a>(&'a self, _scope: &'a SystemScope) -> SystemStore<'a> {
        SystemStore::new(&*self.engine)
    }

    /// # Errors
    /// When the engine does not answer.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.engine.ping().await
    }
}
