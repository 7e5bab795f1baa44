//! The embedded engine: one SQLite file, one writer, a few readers.
//!
//! `file` opens and locks it, `schema` makes tables and indexes, `sql` turns filters into SQL, `verbs` are the statements,
//! `lanes` are the threads that run them. This module only joins them, after `check` had its say.

mod errors;
mod file;
mod lanes;
mod matching;
mod schema;
mod sql;
mod verbs;

use std::path::Path;

use async_trait::async_trait;
use serde_json::{Map, Value as Json};

use self::lanes::{Readers, Writer};
use crate::check;
use crate::document::{Collection, Revision};
use crate::engine::{BulkOutcome, Claim, Engine, Raw, Space, Stored};
use crate::error::StoreError;
use crate::query::{Bucket, Filter, Page, Query};

/// Most readers; below that, one a core.
const MAX_READERS: usize = 8;

/// Dropping it finishes the accepted writes, closes the file and lets go of its lock. Readers close first, so that the
/// writer's connection is the last and leaves no write-ahead log behind.
#[derive(Debug)]
pub(crate) struct Sqlite {
    readers: Readers,
    writer: Writer,
}

impl Sqlite {
    /// Blocks for as long as the file takes to check.
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        let (conn, lock) = file::open(path)?;
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let connections = (0..cores.clamp(2, MAX_READERS)).map(|_| file::reader(path)).collect::<Result<_, _>>()?;
        Ok(Self { readers: Readers::start(connections)?, writer: Writer::start(conn, lock)? })
    }
}

#[async_trait]
impl Engine for Sqlite {
    async fn prepare(&self, collections: &[Collection]) -> Result<(), StoreError> {
        collections.iter().try_for_each(check::collection)?;
        let collections = collections.to_vec();
        let prepared = self.writer.run(move |conn| {
            collections.iter().try_for_each(|c| schema::prepare(conn, c)).map_err(|error| {
                StoreError::Startup(format!("the indexes cannot be made: {}", errors::runtime(&error)))
            })
        });
        prepared.await
    }

    async fn insert(&self, c: &Collection, space: Space<'_>, raw: Raw) -> Result<(), StoreError> {
        let (c, owner) = (*c, check::owner(c, space)?.to_owned());
        check::document(&c, &owner, &raw)?;
        self.writer.run(move |conn| verbs::insert(conn, &c, &owner, &raw)).await
    }

    async fn insert_many(&self, c: &Collection, space: Space<'_>, raws: Vec<Raw>) -> Result<BulkOutcome, StoreError> {
        let (c, owner) = (*c, check::owner(c, space)?.to_owned());
        raws.iter().try_for_each(|raw| check::document(&c, &owner, raw))?;
        self.writer.run(move |conn| verbs::insert_many(conn, &c, &owner, &raws)).await
    }

    async fn get(&self, c: &Collection, space: Space<'_>, id: &str) -> Result<Option<Stored>, StoreError> {
        let (c, owner, id) = (*c, check::owner(c, space)?.to_owned(), id.to_owned());
        self.readers.run(move |conn| verbs::get(conn, &c, &owner, &id)).await
    }

    async fn find(&self, c: &Collection, space: Space<'_>, query: &Query) -> Result<Page<Stored>, StoreError> {
        check::query(query)?;
        let (scope, query) = (Scope::of(c, space)?, query.clone());
        self.readers.run(move |conn| verbs::find(conn, &scope.collection, scope.reach(), &query)).await
    }

    async fn replace(
        &self,
        c: &Collection,
        space: Space<'_>,
        raw: Raw,
        expected: Revision,
    ) -> Result<Revision, StoreError> {
        let (c, owner) = (*c, check::owner(c, space)?.to_owned());
        check::document(&c, &owner, &raw)?;
        self.writer.run(move |conn| verbs::replace(conn, &c, &owner, &raw, expected)).await
    }

    async fn update(
        &self,
        c: &Collection,
        space: Space<'_>,
        filter: &Filter,
        set: Map<String, Json>,
    ) -> Result<u64, StoreError> {
        check::filter(filter)?;
        check::set(c, &set)?;
        let (scope, filter) = (Scope::of(c, space)?, filter.clone());
        self.writer.run(move |conn| verbs::update(conn, &scope.collection, scope.reach(), &filter, &set)).await
    }

    async fn upsert(&self, c: &Collection, space: Space<'_>, raw: Raw) -> Result<(), StoreError> {
        let (c, owner) = (*c, check::owner(c, space)?.to_owned());
        check::document(&c, &owner, &raw)?;
        self.writer.run(move |conn| verbs::upsert(conn, &c, &owner, &raw)).await
    }

    async fn delete(&self, c: &Collection, space: Space<'_>, id: &str) -> Result<bool, StoreError> {
        let (c, owner, id) = (*c, check::owner(c, space)?.to_owned(), id.to_owned());
        self.writer.run(move |conn| verbs::delete(conn, &c, &owner, &id)).await
    }

    async fn delete_many(
        &self,
        c: &Collection,
        space: Space<'_>,
        filter: &Filter,
        limit: u32,
    ) -> Result<u64, StoreError> {
        check::filter(filter)?;
        let (scope, filter) = (Scope::of(c, space)?, filter.clone());
        self.writer.run(move |conn| verbs::delete_many(conn, &scope.collection, scope.reach(), &filter, limit)).await
    }

    async fn count(&self, c: &Collection, space: Space<'_>, filter: &Filter) -> Result<u64, StoreError> {
        check::filter(filter)?;
        let (scope, filter) = (Scope::of(c, space)?, filter.clone());
        self.readers.run(move |conn| verbs::count(conn, &scope.collection, scope.reach(), &filter)).await
    }

    async fn count_by(
        &self,
        c: &Collection,
        space: Space<'_>,
        field: &'static str,
        filter: &Filter,
        limit: u32,
    ) -> Result<Vec<(Json, u64)>, StoreError> {
        check::path(field)?;
        check::filter(filter)?;
        let (scope, filter) = (Scope::of(c, space)?, filter.clone());
        let work = move |conn: &_| verbs::count_by(conn, &scope.collection, scope.reach(), field, &filter, limit);
        self.readers.run(work).await
    }

    async fn histogram(
        &self,
        c: &Collection,
        space: Space<'_>,
        field: &'static str,
        filter: &Filter,
        width_ms: i64,
    ) -> Result<Vec<Bucket>, StoreError> {
        check::path(field)?;
        check::filter(filter)?;
        check::width(width_ms)?;
        let (scope, filter) = (Scope::of(c, space)?, filter.clone());
        let work = move |conn: &_| verbs::histogram(conn, &scope.collection, scope.reach(), field, &filter, width_ms);
        self.readers.run(work).await
    }

    async fn claim(&self, c: &Collection, space: Space<'_>, claim: &Claim) -> Result<Option<Stored>, StoreError> {
        check::claim(c, claim)?;
        let (scope, claim) = (Scope::of(c, space)?, claim.clone());
        self.writer.run(move |conn| verbs::claim(conn, &scope.collection, scope.reach(), &claim)).await
    }

    async fn expire(&self, c: &Collection, now_ms: i64, limit: u32) -> Result<u64, StoreError> {
        let c = *c;
        self.writer.run(move |conn| verbs::expire(conn, &c, now_ms, limit)).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        let select = |conn: &rusqlite::Connection| {
            conn.query_row("SELECT 1", [], |_| Ok(())).map_err(|error| errors::runtime(&error))
        };
        self.readers.run(select).await?;
        self.writer.run(select).await
    }
}

/// A collection and a reach that can go to another thread.
#[derive(Debug)]
struct Scope {
    collection: Collection,
    owner: Option<String>,
}

impl Scope {
    fn of(c: &Collection, space: Space<'_>) -> Result<Self, StoreError> {
        let owner = match check::reach(c, space)? {
            check::Reach::One(owner) => Some(owner.to_owned()),
            check::Reach::All => None,
        };
        Ok(Self { collection: *c, owner })
    }

    fn reach(&self) -> check::Reach<'_> {
        self.owner.as_deref().map_or(check::Reach::All, check::Reach::One)
    }
}
