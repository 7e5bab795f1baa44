//! The port's verbs on one collection.

use bson::{Bson, DateTime, Document, doc};
use futures::TryStreamExt;
use mongodb::Collection as Documents;
use mongodb::options::ReturnDocument;
use serde_json::{Map, Value as Json};

use super::{codec, errors, indexes, query};
use crate::check::{MAX_BUCKETS, Reach};
use crate::cursor::{self, Position, value_at, value_of};
use crate::document::{Collection, Revision};
use crate::engine::{BulkOutcome, Claim, Raw, Stored};
use crate::error::StoreError;
use crate::query::{Bucket, Filter, Page, Query, Value};

type Outcome<T> = Result<T, StoreError>;

/// Documents deleted in one step.
const STEP: u32 = 1000;
/// Tries of a write that lost a race, before it is called off.
const TRIES: usize = 16;

#[derive(Debug)]
pub(super) struct Verbs<'a> {
    pub(super) collection: &'a Collection,
    pub(super) documents: Documents<Document>,
}

#[expect(clippy::needless_pass_by_value, reason = "the form `map_err` takes")]
fn failed(error: mongodb::error::Error) -> StoreError {
    errors::runtime(&error)
}

fn lost() -> StoreError {
    StoreError::Unavailable("the document changes too fast to be written".to_owned())
}

impl Verbs<'_> {
    pub(super) async fn insert(&self, owner: &str, raw: &Raw) -> Outcome<()> {
        let stored = codec::encode(self.collection, owner, raw, 1);
        for _ in 0..TRIES {
            match self.documents.insert_one(&stored).await {
                Ok(_) => return Ok(()),
                Err(error) if errors::is_duplicate(&error) => {
                    if let Some(index) = self.holder(owner, raw).await? {
                        return Err(StoreError::Duplicate { index });
                    }
                    // Whoever held the key is gone: try again.
                }
                Err(error) => return Err(errors::runtime(&error)),
            }
        }
        Err(lost())
    }

    /// Which key of `raw` another document holds now. The server names it in its message only, so it is looked up.
    async fn holder(&self, owner: &str, raw: &Raw) -> Outcome<Option<String>> {
        let key = codec::key(owner, &raw.id);
        for index in self.collection.indexes.iter().filter(|index| index.unique) {
            if let Some(query) = indexes::holder(index, owner, raw, &key)
                && self.documents.find_one(query).projection(doc! { "_id": 1 }).await.map_err(failed)?.is_some()
            {
                return Ok(Some(index.name.to_owned()));
            }
        }
        let same = self.documents.find_one(doc! { "_id": key }).projection(doc! { "_id": 1 });
        Ok(same.await.map_err(failed)?.map(|_| "_id".to_owned()))
    }

    pub(super) async fn insert_many(&self, owner: &str, raws: &[Raw]) -> Outcome<BulkOutcome> {
        if raws.is_empty() {
            return Ok(BulkOutcome::default());
        }
        let stored = raws.iter().map(|raw| codec::encode(self.collection, owner, raw, 1));
        let positions = match self.documents.insert_many(stored.collect::<Vec<_>>()).ordered(false).await {
            Ok(_) => Vec::new(),
            Err(error) => errors::duplicates(&error)?,
        };
        let mut outcome = BulkOutcome { inserted: raws.len().saturating_sub(positions.len()), refused: Vec::new() };
        for position in positions {
            let Some(raw) = raws.get(position) else { continue };
            let index = self.holder(owner, raw).await?.unwrap_or_else(|| "_id".to_owned());
            outcome.refused.push((position, StoreError::Duplicate { index }));
        }
        outcome.refused.sort_by_key(|(position, _)| *position);
        Ok(outcome)
    }

    pub(super) async fn get(&self, owner: &str, id: &str) -> Outcome<Option<Stored>> {
        let found = self.documents.find_one(doc! { "_id": codec::key(owner, id) }).await.map_err(failed)?;
        found.map(|stored| codec::decode(self.collection, stored).map(codec::stored)).transpose()
    }

    pub(super) async fn find(&self, reach: Reach<'_>, query: &Query) -> Outcome<Page<Stored>> {
        let c = self.collection;
        let limit = query.limit.clamp(1, 1000);
        let mut filter = query::matching(reach, &query.filter);
        if let Some(cursor) = &query.after {
            let position = cursor::decode(c, query.order, reach, cursor)?;
            filter = doc! { "$and": [filter, query::after(query.order, reach, &position)] };
        }
        let sorted = self.documents.find(filter).sort(query::sort(query.order, reach));
        let found = sorted.limit(i64::from(limit) + 1).await.map_err(failed)?;
        let mut stored: Vec<Document> = found.try_collect().await.map_err(failed)?;
        let more = stored.len() > limit as usize;
        stored.truncate(limit as usize);
        let items = stored.into_iter().map(|stored| codec::decode(c, stored)).collect::<Outcome<Vec<_>>>()?;
        let next = items.last().filter(|_| more).map(|last| {
            let owner = last.user_id.clone().unwrap_or_default();
            let value = match query.order.field {
                "user_id" => Value::Text(owner.clone()),
                field => value_at(&last.body, field),
            };
            cursor::encode(c, query.order, &Position { value, owner, id: last.id.clone() })
        });
        Ok(Page { items: items.into_iter().map(codec::stored).collect(), next })
    }

    pub(super) async fn replace(&self, owner: &str, raw: &Raw, expected: Revision) -> Outcome<Revision> {
        let next = expected.0.saturating_add(1);
        let stored = codec::encode(self.collection, owner, raw, next);
        let standing = doc! { "_id": codec::key(owner, &raw.id), "rev": expected.0 };
        for _ in 0..TRIES {
            match self.documents.replace_one(standing.clone(), &stored).await {
                Ok(done) if done.matched_count == 0 => return Err(StoreError::Conflict),
                Ok(_) => return Ok(Revision(next)),
                Err(error) if errors::is_duplicate(&error) => match self.holder(owner, raw).await? {
                    // The document itself stands under `_id`; only another's key refuses.
                    Some(index) if index != "_id" => return Err(StoreError::Duplicate { index }),
                    _ => {}
                },
                Err(error) => return Err(errors::runtime(&error)),
            }
        }
        Err(lost())
    }

    /// In steps of compare-and-set, so that the revision counts this write too.
    pub(super) async fn upsert(&self, owner: &str, raw: &Raw) -> Outcome<()> {
        for _ in 0..TRIES {
            let standing = self.documents.find_one(doc! { "_id": codec::key(owner, &raw.id) });
            let done = match standing.projection(doc! { "rev": 1 }).await.map_err(failed)? {
                Some(stored) => {
                    let rev = stored.get("rev").and_then(codec::integer).unwrap_or_default();
                    self.replace(owner, raw, Revision(rev)).await.map(|_| ())
                }
                None => self.insert(owner, raw).await,
            };
            match done {
                Err(StoreError::Conflict) => {}
                Err(StoreError::Duplicate { index }) if index == "_id" => {}
                done => return done,
            }
        }
        Err(lost())
    }

    pub(super) async fn update(&self, reach: Reach<'_>, filter: &Filter, set: &Map<String, Json>) -> Outcome<u64> {
        let matching = query::matching(reach, filter);
        let done = self.documents.update_many(matching, change(set, None)).await.map_err(failed)?;
        Ok(done.modified_count)
    }

    pub(super) async fn claim(&self, reach: Reach<'_>, claim: &Claim) -> Outcome<Option<Stored>> {
        let matching = query::matching(reach, &claim.query.filter);
        let claimed = self
            .documents
            .find_one_and_update(matching, change(&claim.set, claim.increment))
            .sort(query::sort(claim.query.order, reach))
            .return_document(ReturnDocument::After);
        let claimed = claimed.await.map_err(failed)?;
        claimed.map(|stored| codec::decode(self.collection, stored).map(codec::stored)).transpose()
    }

    pub(super) async fn delete(&self, owner: &str, id: &str) -> Outcome<bool> {
        let done = self.documents.delete_one(doc! { "_id": codec::key(owner, id) }).await.map_err(failed)?;
        Ok(done.deleted_count > 0)
    }

    /// MongoDB deletes one or all: a step picks some, and deletes those of them that still match.
    pub(super) async fn delete_in_steps(&self, matching: Document, limit: u32) -> Outcome<u64> {
        let (mut left, mut deleted) = (limit, 0);
        while left > 0 {
            let step = left.min(STEP);
            let some = self.documents.find(matching.clone()).projection(doc! { "_id": 1 }).limit(i64::from(step));
            let found: Vec<Document> = some.await.map_err(failed)?.try_collect().await.map_err(failed)?;
            let picked = u32::try_from(found.len()).unwrap_or(step);
            if picked > 0 {
                let ids: Vec<Bson> = found.into_iter().filter_map(|mut stored| stored.remove("_id")).collect();
                let these = doc! { "$and": [{ "_id": { "$in": ids } }, matching.clone()] };
                deleted += self.documents.delete_many(these).await.map_err(failed)?.deleted_count;
            }
            if picked < step {
                break;
            }
            left = left.saturating_sub(picked);
        }
        Ok(deleted)
    }

    pub(super) async fn count(&self, matching: Document) -> Outcome<u64> {
        self.documents.count_documents(matching).await.map_err(failed)
    }

    pub(super) async fn count_by(&self, matching: Document, field: &str, limit: u32) -> Outcome<Vec<(Json, u64)>> {
        let pipeline = [
            doc! { "$match": matching },
            doc! { "$group": { "_id": format!("${field}"), "n": { "$sum": 1 } } },
            doc! { "$sort": { "n": -1, "_id": 1 } },
            doc! { "$limit": i64::from(limit.clamp(1, 1000)) },
        ];
        let groups = self.aggregate(pipeline).await?;
        let scalar = |key: Bson| value_of(&codec::json(key)).map_or(Json::Null, |value| cursor::scalar(&value));
        Ok(groups.into_iter().map(|(key, n)| (scalar(key), n)).collect())
    }

    pub(super) async fn histogram(&self, matching: Document, field: &str, width: i64) -> Outcome<Vec<Bucket>> {
        let at = format!("${field}");
        // `$mod` keeps the sign of its left side; adding the width once makes the remainder of a time before 1970 positive too.
        let rest = doc! { "$mod": [{ "$add": [{ "$mod": [&at, width] }, width] }, width] };
        let pipeline = [
            doc! { "$match": { "$and": [matching, { field: { "$gte": i64::MIN } }] } },
            doc! { "$group": { "_id": { "$subtract": [&at, rest] }, "n": { "$sum": 1 } } },
            doc! { "$sort": { "_id": 1 } },
            doc! { "$limit": MAX_BUCKETS as i64 + 1 },
        ];
        let groups = self.aggregate(pipeline).await?;
        if groups.len() > MAX_BUCKETS {
            return Err(too_many_buckets());
        }
        let bucket = |(start, count)| codec::integer(&start).map(|start| Bucket { start, count });
        Ok(groups.into_iter().filter_map(bucket).collect())
    }

    async fn aggregate(&self, pipeline: impl IntoIterator<Item = Document>) -> Outcome<Vec<(Bson, u64)>> {
        let found = self.documents.aggregate(pipeline).await.map_err(failed)?;
        let groups: Vec<Document> = found.try_collect().await.map_err(failed)?;
        let group = |mut group: Document| {
            let n = group.get("n").and_then(codec::integer).map_or(0, i64::unsigned_abs);
            (group.remove("_id").unwrap_or(Bson::Null), n)
        };
        Ok(groups.into_iter().map(group).collect())
    }
}

fn too_many_buckets() -> StoreError {
    StoreError::Internal(format!("more than {MAX_BUCKETS} buckets: narrow the range or widen them"))
}

/// Sets the fields, the expiry where `expires_at` is among them, and counts the revision.
fn change(set: &Map<String, Json>, increment: Option<&str>) -> Document {
    let mut fields: Document = set.iter().map(|(name, value)| (name.clone(), codec::bson(value))).collect();
    let mut change = Document::new();
    match set.get("expires_at").map(Json::as_i64) {
        Some(Some(at)) => {
            fields.insert("expires_on", DateTime::from_millis(at));
        }
        Some(None) => {
            change.insert("$unset", doc! { "expires_on": "" });
        }
        None => {}
    }
    if !fields.is_empty() {
        change.insert("$set", fields);
    }
    let mut counts = doc! { "rev": 1_i64 };
    if let Some(field) = increment {
        counts.insert(field, 1_i64);
    }
    change.insert("$inc", counts);
    change
}
