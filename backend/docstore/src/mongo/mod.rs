//! The MongoDB engine, on the official driver.
//!
//! `connect` reaches a server that will do, `indexes` makes what collections declare, `codec` and `query` translate, `errors`
//! tells failures apart. Every verb has a deadline, and every query goes through [`query::matching`], which adds the owner.

mod codec;
mod connect;
mod errors;
mod indexes;
mod query;
mod verbs;

use std::time::Duration;

use async_trait::async_trait;
use bson::{Document, doc};
use mongodb::Database;
use secrecy::SecretString;
use serde_json::{Map, Value as Json};

use self::verbs::Verbs;
use crate::check;
use crate::document::{Collection, Revision};
use crate::engine::{BulkOutcome, Claim, Engine, Raw, Space, Stored};
use crate::error::StoreError;
use crate::query::{Bucket, Filter, Page, Query};

/// How long one verb may take, waiting for a connection included.
const DEADLINE: Duration = Duration::from_secs(20);
/// Deletions of many and index builds work in steps; this is for all of them.
const LONG_DEADLINE: Duration = Duration::from_secs(300);

#[derive(Debug)]
pub(crate) struct Mongo {
    database: Database,
}

impl Mongo {
    pub(crate) async fn connect(uri: &SecretString, database: Option<&str>) -> Result<Self, StoreError> {
        Ok(Self { database: connect::connect(uri, database).await? })
    }

    fn verbs<'a>(&self, c: &'a Collection) -> Verbs<'a> {
        Verbs { collection: c, documents: self.database.collection::<Document>(c.name) }
    }
}

async fn within<T>(deadline: Duration, verb: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    tokio::time::timeout(deadline, verb)
        .await
        .unwrap_or_else(|_elapsed| Err(StoreError::Unavailable("MongoDB did not answer in time".to_owned())))
}

#[async_trait]
impl Engine for Mongo {
    async fn prepare(&self, collections: &[Collection]) -> Result<(), StoreError> {
        collections.iter().try_for_each(check::collection)?;
        let all = async {
            for c in collections {
                indexes::prepare(&self.database, c).await?;
            }
            Ok(())
        };
        within(LONG_DEADLINE, Box::pin(all)).await
    }

    async fn insert(&self, c: &Collection, space: Space<'_>, raw: Raw) -> Result<(), StoreError> {
        let owner = check::owner(c, space)?;
        check::document(c, owner, &raw)?;
        within(DEADLINE, Box::pin(self.verbs(c).insert(owner, &raw))).await
    }

    async fn insert_many(&self, c: &Collection, space: Space<'_>, raws: Vec<Raw>) -> Result<BulkOutcome, StoreError> {
        let owner = check::owner(c, space)?;
        raws.iter().try_for_each(|raw| check::document(c, owner, raw))?;
        within(LONG_DEADLINE, Box::pin(self.verbs(c).insert_many(owner, &raws))).await
    }

    async fn get(&self, c: &Collection, space: Space<'_>, id: &str) -> Result<Option<Stored>, StoreError> {
        let owner = check::owner(c, space)?;
        within(DEADLINE, Box::pin(self.verbs(c).get(owner, id))).await
    }

    async fn find(&self, c: &Collection, space: Space<'_>, query: &Query) -> Result<Page<Stored>, StoreError> {
        check::query(query)?;
        let reach = check::reach(c, space)?;
        within(DEADLINE, Box::pin(self.verbs(c).find(reach, query))).await
    }

    async fn replace(
        &self,
        c: &Collection,
        space: Space<'_>,
        raw: Raw,
        expected: Revision,
    ) -> Result<Revision, StoreError> {
        let owner = check::owner(c, space)?;
        check::document(c, owner, &raw)?;
        within(DEADLINE, Box::pin(self.verbs(c).replace(owner, &raw, expected))).await
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
        let reach = check::reach(c, space)?;
        within(DEADLINE, Box::pin(self.verbs(c).update(reach, filter, &set))).await
    }

    async fn upsert(&self, c: &Collection, space: Space<'_>, raw: Raw) -> Result<(), StoreError> {
        let owner = check::owner(c, space)?;
        check::document(c, owner, &raw)?;
        within(DEADLINE, Box::pin(self.verbs(c).upsert(owner, &raw))).await
    }

    async fn delete(&self, c: &Collection, space: Space<'_>, id: &str) -> Result<bool, StoreError> {
        let owner = check::owner(c, space)?;
        within(DEADLINE, Box::pin(self.verbs(c).delete(owner, id))).await
    }

    async fn delete_many(
        &self,
        c: &Collection,
        space: Space<'_>,
        filter: &Filter,
        limit: u32,
    ) -> Result<u64, StoreError> {
        check::filter(filter)?;
        let matching = query::matching(check::reach(c, space)?, filter);
        within(LONG_DEADLINE, Box::pin(self.verbs(c).delete_in_steps(matching, limit))).await
    }

    async fn count(&self, c: &Collection, space: Space<'_>, filter: &Filter) -> Result<u64, StoreError> {
        check::filter(filter)?;
        let matching = query::matching(check::reach(c, space)?, filter);
        within(DEADLINE, Box::pin(self.verbs(c).count(matching))).await
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
        let matching = query::matching(check::reach(c, space)?, filter);
        within(DEADLINE, Box::pin(self.verbs(c).count_by(matching, field, limit))).await
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
        let matching = query::matching(check::reach(c, space)?, filter);
        within(DEADLINE, Box::pin(self.verbs(c).histogram(matching, field, width_ms))).await
    }

    async fn claim(&self, c: &Collection, space: Space<'_>, claim: &Claim) -> Result<Option<Stored>, StoreError> {
        check::claim(c, claim)?;
        let reach = check::reach(c, space)?;
        within(DEADLINE, Box::pin(self.verbs(c).claim(reach, claim))).await
    }

    async fn expire(&self, c: &Collection, now_ms: i64, limit: u32) -> Result<u64, StoreError> {
        let due = doc! { "expires_on": { "$lte": bson::DateTime::from_millis(now_ms) } };
        within(LONG_DEADLINE, Box::pin(self.verbs(c).delete_in_steps(due, limit))).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        let ping = async {
            self.database.run_command(doc! { "ping": 1 }).await.map(|_| ()).map_err(|error| errors::runtime(&error))
        };
        within(DEADLINE, Box::pin(ping)).await
    }
}
