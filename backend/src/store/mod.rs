//! The only road to stored data: typed documents, and a scope for every one of them.
//!
//! `Store::tenant(&scope)` reaches one tenant's documents; `Store::system(&scope)` reaches across tenants for the few who
//! hold a [`SystemScope`]. The engine underneath is private, so there is no third way.

mod changes;
mod collections;
mod document;
mod typed;
mod whole;

use std::sync::Arc;

use watchkeeper_docstore::{Engine, StoreError};

use crate::auth::{SystemScope, TenantScope};

use changes::Changes;

pub use changes::Bell;
pub use collections::{ALL, Schedule};
pub use document::Document;
pub use typed::{SystemStore, TenantStore, Versioned};
pub use watchkeeper_docstore::{
    Bucket, Collection, Cursor, Direction, Filter, Order, Page, Query, Revision, StoreError as Error, Value,
};
pub use whole::{Found, Touched, Walk};

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    engine: Arc<dyn Engine>,
    changes: Changes,
}

impl Store {
    /// Takes an open engine and prepares every collection of the product on it.
    ///
    /// # Errors
    /// [`StoreError::Startup`] when the store refuses an index.
    pub async fn prepare(engine: Arc<dyn Engine>) -> Result<Self, StoreError> {
        engine.prepare(ALL).await?;
        Ok(Self { engine, changes: Changes::default() })
    }

    #[must_use]
    pub fn tenant<'a>(&'a self, scope: &'a TenantScope) -> TenantStore<'a> {
        TenantStore::new(&*self.engine, scope.key(), &self.changes)
    }

    /// Rings at each write to the tenant's documents that this server makes.
    #[must_use]
    pub fn bell(&self, scope: &TenantScope) -> Bell {
        self.changes.listen(scope.key())
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
