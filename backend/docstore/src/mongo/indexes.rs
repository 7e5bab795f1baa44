//! Indexes as declared, on MongoDB.
//!
//! An index ends in `_id`, so that pages come in its order. A unique index ends in `_keyless.<name>` instead, which only
//! documents carry whose every key is missing or null: it holds their `_id`, so those never conflict, while two documents
//! with one key still do. Every server keeps such an index the same way, and it serves look-ups as well, where partial
//! and sparse ones differ between servers and cannot be used by a query that does not repeat their condition.

use bson::{Document, doc};
use mongodb::options::IndexOptions;
use mongodb::{Database, IndexModel};

use super::errors;
use crate::check::index_fields;
use crate::cursor::value_at;
use crate::document::{Collection, Index, Keys};
use crate::engine::Raw;
use crate::error::StoreError;
use crate::query::Value;

/// An index of this name stands with other keys or options (`IndexOptionsConflict`, `IndexKeySpecsConflict`).
const CHANGED: [i32; 2] = [85, 86];
/// Another server is at the same work: `NamespaceExists`, `WriteConflict`, `ConflictingOperationInProgress`,
/// `BackgroundOperationInProgressForNamespace`, `IndexNotFound` (it was quicker to drop a changed one).
const BUSY: [i32; 5] = [48, 112, 117, 12587, 27];
/// Tries before a start gives up.
const TRIES: usize = 8;

/// Which unique indexes have no key in this document, each with the value that sets it apart.
pub(super) fn keyless(c: &Collection, raw: &Raw, key: &str) -> Document {
    let unique = c.indexes.iter().filter(|index| index.unique);
    let keyless = unique.filter(|index| index_fields(index).iter().all(|f| value_at(&raw.body, f) == Value::Null));
    keyless.map(|index| (index.name.to_owned(), key.into())).collect()
}

fn model(index: &Index) -> IndexModel {
    let mut keys = if index.global {
        Document::new()
    } else {
        doc! { "user_id": 1 }
    };
    for field in index_fields(index) {
        keys.insert(*field, 1);
    }
    match (index.unique, index.keys) {
        (true, _) => keys.insert(format!("_keyless.{}", index.name), 1),
        (false, Keys::Fields(_)) => keys.insert("_id", 1),
        (false, Keys::Elements(_)) => None,
    };
    let name = Some(index.name.to_owned());
    let options = IndexOptions::builder().name(name).unique(index.unique.then_some(true)).build();
    IndexModel::builder().keys(keys).options(options).build()
}

/// Removes documents soon after `expires_on`, should the sweeper not come by.
fn expiry() -> IndexModel {
    let options = IndexOptions::builder().name("_expires".to_owned()).expire_after(std::time::Duration::ZERO).build();
    IndexModel::builder().keys(doc! { "expires_on": 1 }).options(options).build()
}

/// Creates what is missing and rebuilds what changed. Several servers may do so at once.
pub(super) async fn prepare(database: &Database, c: &Collection) -> Result<(), StoreError> {
    let models = c.indexes.iter().map(model).chain(std::iter::once(expiry()));
    let collection = database.collection::<Document>(c.name);
    let mut tries = 0;
    for model in models {
        while let Err(error) = collection.create_index(model.clone()).await {
            tries += 1;
            let code = errors::code(&error);
            let name = model.options.as_ref().and_then(|o| o.name.clone()).unwrap_or_default();
            let refused = || errors::startup(&format!("index {name} of {} cannot be made", c.name), &error);
            match code {
                _ if tries > TRIES => return Err(refused()),
                Some(code) if CHANGED.contains(&code) => {
                    if let Err(error) = collection.drop_index(&name).await
                        && !errors::code(&error).is_some_and(|code| BUSY.contains(&code))
                    {
                        return Err(refused());
                    }
                }
                Some(code) if BUSY.contains(&code) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
                _ => return Err(refused()),
            }
        }
    }
    Ok(())
}

/// A query for the document, other than `key`, that holds the unique keys of `raw`; `None` where it has none.
pub(super) fn holder(index: &Index, owner: &str, raw: &Raw, key: &str) -> Option<Document> {
    let values: Vec<Value> = index_fields(index).iter().map(|f| value_at(&raw.body, f)).collect();
    if values.iter().all(|value| *value == Value::Null) {
        return None;
    }
    let mut query = doc! { "_id": { "$ne": key } };
    if !index.global && !owner.is_empty() {
        query.insert("user_id", owner);
    }
    for (field, value) in index_fields(index).iter().zip(&values) {
        query.insert(*field, super::codec::of_value(value));
    }
    Some(query)
}
