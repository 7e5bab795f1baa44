//! Typed verbs over the engine's raw ones: a document in, a document out.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};
use watchkeeper_docstore::{
    Bucket, BulkOutcome, Claim, Engine, Filter, Page, Query, Raw, Revision, Space, StoreError, Stored, Tenancy,
};
use watchkeeper_domain::id::{Id, UserId};

use super::changes::Changes;
use super::document::Document;

/// A document with the revision it was read at; hand it back to [`TenantStore::replace`].
#[derive(Debug, Clone, PartialEq)]
pub struct Versioned<D> {
    pub doc: D,
    pub rev: Revision,
}

fn encode<D: Document>(doc: &D, owner: Option<&str>) -> Result<Raw, StoreError> {
    match serde_json::to_value(doc) {
        Ok(Json::Object(body)) => Ok(Raw {
            id: doc.id().to_owned(),
            user_id: owner.map(str::to_owned),
            rev: Revision(1),
            expires_at: doc.expires_at(),
            body,
        }),
        Ok(_) => Err(StoreError::Internal(format!("{} is not an object", D::COLLECTION.name))),
        Err(error) => Err(StoreError::Internal(error.to_string())),
    }
}

fn decode<D: Document>(stored: Stored) -> Result<Versioned<D>, StoreError> {
    let Stored { id, rev, json, .. } = stored;
    serde_json::from_str(&json).map(|doc| Versioned { doc, rev }).map_err(|error| StoreError::Corrupt {
        collection: D::COLLECTION.name,
        id,
        reason: error.to_string(),
    })
}

fn page<D: Document>(page: Page<Stored>) -> Result<Page<D>, StoreError> {
    let items = page.items.into_iter().map(|raw| decode(raw).map(|v| v.doc)).collect::<Result<_, _>>()?;
    Ok(Page { items, next: page.next })
}

fn fields<S: Serialize>(set: &S) -> Result<Map<String, Json>, StoreError> {
    match serde_json::to_value(set) {
        Ok(Json::Object(map)) => Ok(map),
        Ok(_) => Err(StoreError::Internal("a patch must be an object".to_owned())),
        Err(error) => Err(StoreError::Internal(error.to_string())),
    }
}

/// One tenant's documents.
#[derive(Debug, Clone, Copy)]
pub struct TenantStore<'a> {
    pub(in crate::store) engine: &'a dyn Engine,
    owner: &'a str,
    changes: &'a Changes,
}

impl<'a> TenantStore<'a> {
    pub(in crate::store) fn new(engine: &'a dyn Engine, owner: &'a str, changes: &'a Changes) -> Self {
        Self { engine, owner, changes }
    }

    pub(in crate::store) fn space(&self) -> Space<'a> {
        Space::Tenant(self.owner)
    }

    /// Tells who waits on this server that something was written.
    pub(in crate::store) fn wrote(&self, really: bool) {
        if really {
            self.changes.ring(self.owner);
        }
    }

    pub async fn insert<D: Document>(&self, doc: &D) -> Result<(), StoreError> {
        let written = self.engine.insert(&D::COLLECTION, self.space(), encode(doc, Some(self.owner))?).await;
        self.wrote(written.is_ok());
        written
    }

    pub async fn insert_many<D: Document>(&self, docs: &[D]) -> Result<BulkOutcome, StoreError> {
        let raws = docs.iter().map(|d| encode(d, Some(self.owner))).collect::<Result<_, _>>()?;
        let written = self.engine.insert_many(&D::COLLECTION, self.space(), raws).await;
        self.wrote(written.is_ok());
        written
    }

    pub async fn get<D: Document>(&self, id: &str) -> Result<Option<Versioned<D>>, StoreError> {
        self.engine.get(&D::COLLECTION, self.space(), id).await?.map(decode).transpose()
    }

    pub async fn find<D: Document>(&self, query: &Query) -> Result<Page<D>, StoreError> {
        page(self.engine.find(&D::COLLECTION, self.space(), query).await?)
    }

    /// Matches with their revisions, at most one page.
    pub async fn find_versioned<D: Document>(&self, query: &Query) -> Result<Vec<Versioned<D>>, StoreError> {
        let page = self.engine.find(&D::COLLECTION, self.space(), query).await?;
        page.items.into_iter().map(decode).collect()
    }

    /// The first match with its revision, for read-decide-replace loops.
    pub async fn first<D: Document>(&self, query: &Query) -> Result<Option<Versioned<D>>, StoreError> {
        let query = Query { limit: 1, ..query.clone() };
        let page = self.engine.find(&D::COLLECTION, self.space(), &query).await?;
        page.items.into_iter().next().map(decode).transpose()
    }

    /// `Conflict` when somebody wrote in between.
    pub async fn replace<D: Document>(&self, doc: &D, expected: Revision) -> Result<Revision, StoreError> {
        let raw = encode(doc, Some(self.owner))?;
        let written = self.engine.replace(&D::COLLECTION, self.space(), raw, expected).await;
        self.wrote(written.is_ok());
        written
    }

    pub async fn upsert<D: Document>(&self, doc: &D) -> Result<(), StoreError> {
        let written = self.engine.upsert(&D::COLLECTION, self.space(), encode(doc, Some(self.owner))?).await;
        self.wrote(written.is_ok());
        written
    }

    /// Sets top-level fields of every match.
    pub async fn update<D: Document>(&self, filter: &Filter, set: &impl Serialize) -> Result<u64, StoreError> {
        let changed = self.engine.update(&D::COLLECTION, self.space(), filter, fields(set)?).await?;
        self.wrote(changed > 0);
        Ok(changed)
    }

    pub async fn delete<D: Document>(&self, id: &str) -> Result<bool, StoreError> {
        let deleted = self.engine.delete(&D::COLLECTION, self.space(), id).await?;
        self.wrote(deleted);
        Ok(deleted)
    }

    pub async fn delete_many<D: Document>(&self, filter: &Filter, limit: u32) -> Result<u64, StoreError> {
        let deleted = self.engine.delete_many(&D::COLLECTION, self.space(), filter, limit).await?;
        self.wrote(deleted > 0);
        Ok(deleted)
    }

    pub async fn count<D: Document>(&self, filter: &Filter) -> Result<u64, StoreError> {
        self.engine.count(&D::COLLECTION, self.space(), filter).await
    }

    pub async fn count_by<D: Document, V: DeserializeOwned>(
        &self,
        field: &'static str,
        filter: &Filter,
        limit: u32,
    ) -> Result<Vec<(V, u64)>, StoreError> {
        let rows = self.engine.count_by(&D::COLLECTION, self.space(), field, filter, limit).await?;
        rows.into_iter()
            .map(|(value, n)| {
                serde_json::from_value(value).map(|v| (v, n)).map_err(|e| StoreError::Internal(e.to_string()))
            })
            .collect()
    }

    pub async fn histogram<D: Document>(
        &self,
        field: &'static str,
        filter: &Filter,
        width_ms: i64,
    ) -> Result<Vec<Bucket>, StoreError> {
        self.engine.histogram(&D::COLLECTION, self.space(), field, filter, width_ms).await
    }
}

/// Documents of all tenants, and of the collections above tenants.
#[derive(Debug, Clone, Copy)]
pub struct SystemStore<'a> {
    engine: &'a dyn Engine,
}

impl<'a> SystemStore<'a> {
    pub(in crate::store) fn new(engine: &'a dyn Engine) -> Self {
        Self { engine }
    }

    fn space<D: Document>() -> Space<'static> {
        match D::COLLECTION.tenancy {
            Tenancy::Tenant => Space::Every,
            Tenancy::System => Space::System,
        }
    }

    /// System collections only.
    pub async fn insert<D: Document>(&self, doc: &D) -> Result<(), StoreError> {
        self.engine.insert(&D::COLLECTION, Self::space::<D>(), encode(doc, None)?).await
    }

    /// System collections only.
    pub async fn get<D: Document>(&self, id: &str) -> Result<Option<Versioned<D>>, StoreError> {
        self.engine.get(&D::COLLECTION, Self::space::<D>(), id).await?.map(decode).transpose()
    }

    /// System collections only.
    pub async fn replace<D: Document>(&self, doc: &D, expected: Revision) -> Result<Revision, StoreError> {
        self.engine.replace(&D::COLLECTION, Self::space::<D>(), encode(doc, None)?, expected).await
    }

    /// System collections only.
    pub async fn delete<D: Document>(&self, id: &str) -> Result<bool, StoreError> {
        self.engine.delete(&D::COLLECTION, Self::space::<D>(), id).await
    }

    /// Matches with their owners; the owner is absent in a system collection.
    pub async fn find<D: Document>(&self, query: &Query) -> Result<Page<(Option<UserId>, Versioned<D>)>, StoreError> {
        let found = self.engine.find(&D::COLLECTION, Self::space::<D>(), query).await?;
        let items = found.items.into_iter().map(owned).collect::<Result<_, _>>()?;
        Ok(Page { items, next: found.next })
    }

    /// Takes one document; see [`Claim`].
    pub async fn claim<D: Document>(
        &self,
        query: &Query,
        set: &impl Serialize,
        increment: Option<&'static str>,
    ) -> Result<Option<(Option<UserId>, Versioned<D>)>, StoreError> {
        let claim = Claim { query: query.clone(), set: fields(set)?, increment };
        self.engine.claim(&D::COLLECTION, Self::space::<D>(), &claim).await?.map(owned).transpose()
    }

    pub async fn count<D: Document>(&self, filter: &Filter) -> Result<u64, StoreError> {
        self.engine.count(&D::COLLECTION, Self::space::<D>(), filter).await
    }

    pub async fn expire<D: Document>(&self, now_ms: i64, limit: u32) -> Result<u64, StoreError> {
        self.engine.expire(&D::COLLECTION, now_ms, limit).await
    }
}

fn owned<D: Document>(stored: Stored) -> Result<(Option<UserId>, Versioned<D>), StoreError> {
    let owner = stored.user_id.as_deref().map(UserId::parse).transpose().map_err(|error| StoreError::Corrupt {
        collection: D::COLLECTION.name,
        id: stored.id.clone(),
        reason: error.to_string(),
    })?;
    Ok((owner, decode(stored)?))
}
