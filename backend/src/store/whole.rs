//! Verbs over whole collections, whatever they hold: what changed, and everything at once.

use serde_json::{Map, Value as Json};
use watchkeeper_docstore::{Collection, Cursor, Filter, Order, Page, Query, StoreError, Stored, Tenancy};

use super::collections::ALL;
use super::typed::TenantStore;

/// A document that was written since some instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    pub id: String,
    /// Differs after every write.
    pub rev: i64,
    /// The value of the field that was asked by.
    pub at: i64,
}

/// Where a walk through all of a tenant's documents stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    collection: usize,
    after: Option<Cursor>,
}

impl Walk {
    #[must_use]
    pub fn begin() -> Self {
        Self { collection: 0, after: None }
    }
}

/// A document as it is stored, and the name of its collection.
pub type Found = (&'static str, Map<String, Json>);

/// The collections that tenants have documents in.
fn owned() -> impl Iterator<Item = &'static Collection> {
    ALL.iter().filter(|collection| collection.tenancy == Tenancy::Tenant)
}

impl TenantStore<'_> {
    /// Documents whose time `field` is at or after `since`, newest first, at most `limit`.
    pub async fn touched(
        &self,
        collection: &Collection,
        field: &'static str,
        since: i64,
        limit: u32,
    ) -> Result<Vec<Touched>, StoreError> {
        let query = Query::new(Filter::range(field, Some(since), None), Order::newest(field), limit);
        let found = self.raw_page(collection, &query).await?.items;
        let touched = |stored: Stored| {
            let body: Option<Json> = serde_json::from_str(&stored.json).ok();
            let at = body.and_then(|body| body.get(field)?.as_i64()).unwrap_or(since);
            Touched { id: stored.id, rev: stored.rev.0, at }
        };
        Ok(found.into_iter().map(touched).collect())
    }

    /// Deletes at most `limit` of the tenant's documents of every collection; `true` when none was left before.
    ///
    /// Safe to cut off and to repeat.
    pub async fn purge(&self, limit: u32) -> Result<bool, StoreError> {
        let mut deleted = 0;
        for collection in owned() {
            deleted += self.delete_some(collection, limit).await?;
        }
        Ok(deleted == 0)
    }

    /// At most `limit` of the tenant's documents of one collection, and where to go on; `None` after the last collection.
    pub async fn walk(&self, from: Walk, limit: u32) -> Result<(Vec<Found>, Option<Walk>), StoreError> {
        let Some(collection) = owned().nth(from.collection) else { return Ok((Vec::new(), None)) };
        let query = Query::new(Filter::All, Order::oldest("id"), limit).after(from.after);
        let page = self.raw_page(collection, &query).await?;
        let parsed = |stored: Stored| match serde_json::from_str(&stored.json) {
            Ok(body) => Ok((collection.name, body)),
            Err(error) => {
                let (collection, reason) = (collection.name, error.to_string());
                Err(StoreError::Corrupt { collection, id: stored.id, reason })
            }
        };
        let found = page.items.into_iter().map(parsed).collect::<Result<_, _>>()?;
        let next = match page.next {
            Some(cursor) => Walk { collection: from.collection, after: Some(cursor) },
            None => Walk { collection: from.collection + 1, after: None },
        };
        Ok((found, Some(next)))
    }

    async fn raw_page(&self, collection: &Collection, query: &Query) -> Result<Page<Stored>, StoreError> {
        self.engine.find(collection, self.space(), query).await
    }

    async fn delete_some(&self, collection: &Collection, limit: u32) -> Result<u64, StoreError> {
        let deleted = self.engine.delete_many(collection, self.space(), &Filter::All, limit).await?;
        self.wrote(deleted > 0);
        Ok(deleted)
    }
}
