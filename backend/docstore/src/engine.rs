//! The port itself: what both engines do, in terms of raw JSON documents.

use async_trait::async_trait;
use serde_json::{Map, Value as Json};

use crate::document::{Collection, Revision};
use crate::error::StoreError;
use crate::query::{Bucket, Filter, Page, Query};

/// Which documents a call can touch at all. Ids are unique within a space; the same id may stand in two tenants' spaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Space<'a> {
    /// Only documents of this owner.
    Tenant(&'a str),
    /// All owners, for claims, sweeps and lookups before the tenant is known. On insert of a tenant's document: refused.
    Every,
    /// A [`crate::Tenancy::System`] collection.
    System,
}

/// A document as it is read: its owner, its revision, and the body (with `id`) as JSON text. Most readers want a type and no tree of
/// values, so nothing is parsed before they say which.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    pub id: String,
    /// Absent in a system collection.
    pub user_id: Option<String>,
    pub rev: Revision,
    pub expires_at: Option<i64>,
    pub json: String,
}

/// A document to be written; the body holds its `id`.
#[derive(Debug, Clone, PartialEq)]
pub struct Raw {
    pub id: String,
    /// Absent in a system collection.
    pub user_id: Option<String>,
    pub rev: Revision,
    pub expires_at: Option<i64>,
    pub body: Map<String, Json>,
}

/// What a bulk insert did; a refused document does not stop the others.
#[derive(Debug, Default)]
pub struct BulkOutcome {
    pub inserted: usize,
    /// Position in the input and why.
    pub refused: Vec<(usize, StoreError)>,
}

/// Taking one document out of many, atomically: the first by `query.order` that matches gets `set` written in the same
/// step (lease, owner, attempt), so that no two claimers get one document.
#[derive(Debug, Clone)]
pub struct Claim {
    /// `limit` and `after` are ignored.
    pub query: Query,
    /// Top-level fields to set.
    pub set: Map<String, Json>,
    /// Top-level integer field to add one to.
    pub increment: Option<&'static str>,
}

/// Two implementations: `sqlite` and `mongo`.
#[async_trait]
pub trait Engine: Send + Sync + std::fmt::Debug {
    /// Creates collections and indexes; idempotent, safe when several servers start at once.
    async fn prepare(&self, collections: &[Collection]) -> Result<(), StoreError>;

    /// `Duplicate` when id or a unique index is taken.
    async fn insert(&self, c: &Collection, space: Space<'_>, raw: Raw) -> Result<(), StoreError>;

    async fn insert_many(&self, c: &Collection, space: Space<'_>, raws: Vec<Raw>) -> Result<BulkOutcome, StoreError>;

    async fn get(&self, c: &Collection, space: Space<'_>, id: &str) -> Result<Option<Stored>, StoreError>;

    async fn find(&self, c: &Collection, space: Space<'_>, query: &Query) -> Result<Page<Stored>, StoreError>;

    /// Replaces the whole body when the stored revision is `expected`; answers with the new one. `Conflict` otherwise.
    async fn replace(
        &self,
        c: &Collection,
        space: Space<'_>,
        raw: Raw,
        expected: Revision,
    ) -> Result<Revision, StoreError>;

    /// Sets top-level fields of every match; answers with how many changed.
    async fn update(
        &self,
        c: &Collection,
        space: Space<'_>,
        filter: &Filter,
        set: Map<String, Json>,
    ) -> Result<u64, StoreError>;

    /// Inserts, or replaces whatever stands under the id.
    async fn upsert(&self, c: &Collection, space: Space<'_>, raw: Raw) -> Result<(), StoreError>;

    /// `false` when there was nothing to delete.
    async fn delete(&self, c: &Collection, space: Space<'_>, id: &str) -> Result<bool, StoreError>;

    /// Deletes at most `limit` matches; answers with how many.
    async fn delete_many(
        &self,
        c: &Collection,
        space: Space<'_>,
        filter: &Filter,
        limit: u32,
    ) -> Result<u64, StoreError>;

    async fn count(&self, c: &Collection, space: Space<'_>, filter: &Filter) -> Result<u64, StoreError>;

    /// The `limit` most frequent values of a scalar field, most frequent first.
    async fn count_by(
        &self,
        c: &Collection,
        space: Space<'_>,
        field: &'static str,
        filter: &Filter,
        limit: u32,
    ) -> Result<Vec<(Json, u64)>, StoreError>;

    /// Non-empty buckets of an integer time field, oldest first.
    async fn histogram(
        &self,
        c: &Collection,
        space: Space<'_>,
        field: &'static str,
        filter: &Filter,
        width_ms: i64,
    ) -> Result<Vec<Bucket>, StoreError>;

    /// The claimed document as it is after the claim.
    async fn claim(&self, c: &Collection, space: Space<'_>, claim: &Claim) -> Result<Option<Stored>, StoreError>;

    /// Deletes at most `limit` documents whose `expires_at` is not after `now_ms`.
    async fn expire(&self, c: &Collection, now_ms: i64, limit: u32) -> Result<u64, StoreError>;

    /// One cheap round trip; for readiness.
    async fn ping(&self) -> Result<(), StoreError>;
}
