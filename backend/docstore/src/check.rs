//! What both engines refuse before they touch a driver: foreign spaces, reserved names, values that cannot be compared.
//!
//! Everything refused here is a mistake of the calling code, never of a user, and answers `Internal`.

use serde_json::{Map, Value as Json};

use crate::document::{Collection, Index, Keys, Tenancy};
use crate::engine::{Claim, Raw, Space};
use crate::error::StoreError;
use crate::query::{Filter, Query, Value};

/// Most values of one `In`, most terms of one `Terms`.
const MAX_VALUES: usize = 10_000;
/// Most bytes of one document, as JSON; below MongoDB's 16 MiB with room for its encoding.
pub(crate) const MAX_DOCUMENT: usize = 12 * 1024 * 1024;
/// Most buckets of one histogram.
pub(crate) const MAX_BUCKETS: usize = 10_000;

fn misuse<T>(what: impl Into<String>) -> Result<T, StoreError> {
    Err(StoreError::Internal(what.into()))
}

/// Whom a call is confined to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach<'a> {
    /// One owner; the empty text in a system collection.
    One(&'a str),
    All,
}

/// The reach of a space in a collection; a space of the wrong kind is refused.
pub(crate) fn reach<'a>(c: &Collection, space: Space<'a>) -> Result<Reach<'a>, StoreError> {
    match (c.tenancy, space) {
        (Tenancy::Tenant, Space::Tenant(owner)) => {
            // `owner/id` is a key: the parts must not run into one another.
            if owner.is_empty() || !owner.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'~') {
                return misuse(format!("{}: an owner is letters, digits, underscores and tildes", c.name));
            }
            Ok(Reach::One(owner))
        }
        (Tenancy::Tenant, Space::Every) => Ok(Reach::All),
        (Tenancy::System, Space::System) => Ok(Reach::One("")),
        (Tenancy::Tenant, Space::System) | (Tenancy::System, Space::Tenant(_) | Space::Every) => {
            misuse(format!("{}: the space is not of this collection's kind", c.name))
        }
    }
}

/// The one owner of a call that writes or names a single document: an id alone does not tell whose it is.
pub(crate) fn owner<'a>(c: &Collection, space: Space<'a>) -> Result<&'a str, StoreError> {
    match reach(c, space)? {
        Reach::One(owner) => Ok(owner),
        Reach::All => misuse(format!("{}: an owner must be named", c.name)),
    }
}

/// A document before it is written: owned by the space, with its own id, no reserved names, scalars where indexes say so.
pub(crate) fn document(c: &Collection, owner: &str, raw: &Raw) -> Result<(), StoreError> {
    if raw.user_id.as_deref().unwrap_or(owner) != owner || (owner.is_empty() && raw.user_id.is_some()) {
        return misuse(format!("{}: the document belongs to another owner", c.name));
    }
    if raw.id.is_empty() || raw.body.get("id").and_then(Json::as_str) != Some(raw.id.as_str()) {
        return misuse(format!("{}: the body must hold the document's id", c.name));
    }
    names(c, &raw.body)?;
    scalars(c, &raw.body)
}

/// Fields to set: never the engine's own, never a key of a unique index (that takes a `replace`).
pub(crate) fn set(c: &Collection, set: &Map<String, Json>) -> Result<(), StoreError> {
    names(c, set)?;
    if set.contains_key("id") {
        return misuse(format!("{}: an id cannot be changed", c.name));
    }
    for index in c.indexes.iter().filter(|i| i.unique) {
        if let Some(key) = index_fields(index).iter().find(|f| set.contains_key(root(f))) {
            return misuse(format!("{}.{key} is unique: it is changed by replace only", c.name));
        }
    }
    scalars(c, set)
}

pub(crate) fn claim(c: &Collection, claim: &Claim) -> Result<(), StoreError> {
    set(c, &claim.set)?;
    query(&claim.query)?;
    if let Some(field) = claim.increment {
        path(field)?;
        let one = Map::from_iter([(field.to_owned(), Json::from(1))]);
        if field.contains('.') || claim.set.contains_key(field) {
            return misuse(format!("{}.{field}: incremented fields are top-level and not set as well", c.name));
        }
        set(c, &one)?;
    }
    Ok(())
}

/// Names on the top level share a namespace with the engine's own.
fn names(c: &Collection, body: &Map<String, Json>) -> Result<(), StoreError> {
    match body.keys().find(|name| matches!(name.as_str(), "user_id" | "rev" | "expires_on") || !is_name(name)) {
        Some(name) => misuse(format!("{}: {name:?} cannot be a field", c.name)),
        None => Ok(()),
    }
}

fn scalars(c: &Collection, body: &Map<String, Json>) -> Result<(), StoreError> {
    for field in c.indexes.iter().filter(|i| matches!(i.keys, Keys::Fields(_))).flat_map(index_fields) {
        let mut steps = field.split('.');
        let mut value = steps.next().and_then(|first| body.get(first));
        for step in steps {
            value = match value {
                Some(Json::Object(inner)) => inner.get(step),
                Some(Json::Array(_)) => return misuse(format!("{}.{field} is indexed as a scalar", c.name)),
                _ => None,
            };
        }
        if matches!(value, Some(Json::Array(_) | Json::Object(_))) {
            return misuse(format!("{}.{field} is indexed as a scalar", c.name));
        }
    }
    Ok(())
}

/// The declared fields of an index, whatever its kind.
pub(crate) fn index_fields(index: &Index) -> &[&'static str] {
    match &index.keys {
        Keys::Fields(fields) => fields,
        Keys::Elements(field) => std::slice::from_ref(field),
    }
}

pub(crate) fn root(path: &str) -> &str {
    path.split('.').next().unwrap_or(path)
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// A dotted path of plain names; engines write paths into their query language, so nothing else may pass.
pub(crate) fn path(path: &str) -> Result<(), StoreError> {
    if path.split('.').all(is_name) { Ok(()) } else { misuse(format!("{path:?} is not a field path")) }
}

/// Names of collections and indexes, and the paths they declare.
pub(crate) fn collection(c: &Collection) -> Result<(), StoreError> {
    let names = std::iter::once(c.name).chain(c.indexes.iter().map(|i| i.name));
    if let Some(name) = names.into_iter().find(|n| !is_name(n)) {
        return misuse(format!("{name:?} is not a name"));
    }
    for index in c.indexes {
        if index.unique && matches!(index.keys, Keys::Elements(_)) {
            return misuse(format!("{}.{}: an index on elements cannot be unique", c.name, index.name));
        }
        index_fields(index).iter().try_for_each(|f| path(f))?;
    }
    Ok(())
}

/// The filter and the order of a query.
pub(crate) fn query(query: &Query) -> Result<(), StoreError> {
    filter(&query.filter).and_then(|()| path(query.order.field))
}

/// Paths and values of a filter.
pub(crate) fn filter(filter: &Filter) -> Result<(), StoreError> {
    match filter {
        Filter::All => Ok(()),
        Filter::And(parts) | Filter::Or(parts) => parts.iter().try_for_each(self::filter),
        Filter::Eq(field, v) | Filter::Ne(field, v) => path(field).and_then(|()| value(v)),
        Filter::In(field, values) => {
            at_most(field, values.len())?;
            path(field).and_then(|()| values.iter().try_for_each(value))
        }
        Filter::Range { field, from, to } => {
            path(field).and_then(|()| from.iter().chain(to.iter()).try_for_each(value))
        }
        Filter::Exists(field, _) => path(field),
        Filter::Terms(field, terms) => at_most(field, terms.len()).and_then(|()| path(field)),
    }
}

fn at_most(field: &str, values: usize) -> Result<(), StoreError> {
    if values > MAX_VALUES { misuse(format!("{field}: {values} values are too many for one filter")) } else { Ok(()) }
}

fn value(value: &Value) -> Result<(), StoreError> {
    match value {
        Value::Float(f) if !f.is_finite() => misuse("a number to compare with must be finite"),
        _ => Ok(()),
    }
}

pub(crate) fn width(width_ms: i64) -> Result<(), StoreError> {
    if width_ms > 0 { Ok(()) } else { misuse("the width of a histogram's buckets must be positive") }
}
