//! Documents as MongoDB holds them, and back.
//!
//! A body's fields stand on the top level under their own names, beside the engine's: `_id` (`owner/id`, so that an id may
//! stand in two tenants' spaces), `user_id`, `rev`, `expires_on` (a date, for the TTL index) and `_keyless`, which sets
//! apart documents without a unique key (see `indexes`). Below the top level, names that MongoDB could take for paths or
//! operators are percent-encoded.

use bson::{Bson, DateTime, Document, doc};
use serde_json::{Map, Value as Json};

use super::indexes;
use crate::document::{Collection, Revision};
use crate::engine::{Raw, Stored};
use crate::error::StoreError;
use crate::query::Value;

/// The greatest integer up to which every integer has a float of its own.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// `_id` of a document.
pub(super) fn key(owner: &str, id: &str) -> String {
    if owner.is_empty() { id.to_owned() } else { format!("{owner}/{id}") }
}

pub(super) fn encode(c: &Collection, owner: &str, raw: &Raw, rev: i64) -> Document {
    let key = key(owner, &raw.id);
    let mut stored = doc! { "_id": &key, "rev": rev };
    if !owner.is_empty() {
        stored.insert("user_id", owner);
    }
    for (name, value) in &raw.body {
        stored.insert(name, bson(value));
    }
    if let Some(at) = raw.expires_at {
        stored.insert("expires_on", DateTime::from_millis(at));
    }
    let keyless = indexes::keyless(c, raw, &key);
    if !keyless.is_empty() {
        stored.insert("_keyless", keyless);
    }
    stored
}

pub(super) fn decode(c: &Collection, stored: Document) -> Result<Raw, StoreError> {
    let (mut rev, mut user_id, mut expires_at, mut key) = (None, None, None, String::new());
    let mut body = Map::new();
    for (name, value) in stored {
        match (name.as_str(), value) {
            ("_id", value) => key = value.as_str().unwrap_or_default().to_owned(),
            ("rev", value) => rev = integer(&value),
            ("user_id", value) => user_id = value.as_str().map(str::to_owned),
            ("expires_on", Bson::DateTime(at)) => expires_at = Some(at.timestamp_millis()),
            ("expires_on" | "_keyless", _) => {}
            (_, value) => {
                body.insert(name, json(value));
            }
        }
    }
    let corrupt = |reason: &str| StoreError::Corrupt { collection: c.name, id: key.clone(), reason: reason.to_owned() };
    let rev = Revision(rev.ok_or_else(|| corrupt("it has no revision"))?);
    let id = body.get("id").and_then(Json::as_str).ok_or_else(|| corrupt("it has no id"))?.to_owned();
    Ok(Raw { id, user_id, rev, expires_at, body })
}

/// As readers get it.
pub(super) fn stored(raw: Raw) -> Stored {
    let Raw { id, user_id, rev, expires_at, body } = raw;
    Stored { id, user_id, rev, expires_at, json: Json::Object(body).to_string() }
}

pub(super) fn bson(json: &Json) -> Bson {
    match json {
        Json::Null => Bson::Null,
        Json::Bool(b) => Bson::Boolean(*b),
        Json::Number(n) => n.as_i64().map(Bson::Int64).or_else(|| n.as_f64().map(Bson::Double)).unwrap_or(Bson::Null),
        Json::String(t) => Bson::String(t.clone()),
        Json::Array(items) => Bson::Array(items.iter().map(bson).collect()),
        Json::Object(fields) => Bson::Document(fields.iter().map(|(name, v)| (escape(name), bson(v))).collect()),
    }
}

/// Doubles that are whole become integers: servers may hand out an integer as a double.
pub(super) fn json(value: Bson) -> Json {
    match value {
        Bson::Boolean(b) => Json::Bool(b),
        Bson::String(t) => Json::String(t),
        Bson::Array(items) => Json::Array(items.into_iter().map(json).collect()),
        Bson::Document(fields) => {
            Json::Object(fields.into_iter().map(|(name, v)| (unescape(&name), json(v))).collect())
        }
        Bson::Double(f) => integer(&Bson::Double(f)).map_or_else(|| Json::from(f), Json::from),
        Bson::Int32(i) => Json::from(i),
        Bson::Int64(i) => Json::from(i),
        Bson::DateTime(at) => Json::from(at.timestamp_millis()),
        Bson::Null | Bson::Undefined => Json::Null,
        // Nothing of ours; somebody else wrote it.
        other => other.into_relaxed_extjson(),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "guarded: the float is whole and in range")]
pub(super) fn integer(value: &Bson) -> Option<i64> {
    match value {
        Bson::Int32(i) => Some(i64::from(*i)),
        Bson::Int64(i) => Some(*i),
        Bson::Double(f) if f.fract() == 0.0 && f.abs() <= EXACT => Some(*f as i64),
        _ => None,
    }
}

pub(super) fn of_value(value: &Value) -> Bson {
    match value {
        Value::Null => Bson::Null,
        Value::Bool(b) => Bson::Boolean(*b),
        Value::Int(i) => Bson::Int64(*i),
        Value::Float(f) => Bson::Double(*f),
        Value::Text(t) => Bson::String(t.clone()),
    }
}

fn escape(name: &str) -> String {
    if !name.starts_with('$') && !name.contains(['.', '%', '\0']) {
        return name.to_owned();
    }
    let mut escaped = String::with_capacity(name.len() + 4);
    for (at, c) in name.char_indices() {
        match c {
            '.' => escaped.push_str("%2E"),
            '%' => escaped.push_str("%25"),
            '\0' => escaped.push_str("%00"),
            '$' if at == 0 => escaped.push_str("%24"),
            c => escaped.push(c),
        }
    }
    escaped
}

fn unescape(name: &str) -> String {
    if !name.contains('%') {
        return name.to_owned();
    }
    // `%25` last: what it yields is not looked at again.
    name.replace("%2E", ".").replace("%24", "$").replace("%00", "\0").replace("%25", "%")
}

#[cfg(test)]
mod tests {
    use serde_json::json as j;

    use super::*;

    #[test]
    fn nested_names_come_back() {
        for name in ["plain", "a.b", "$set", "100%", "%2E", "%252E", "nul\0", "", "a$b", "..", "%"] {
            assert_eq!(unescape(&escape(name)), name);
            let safe = escape(name);
            assert!(!safe.starts_with('$') && !safe.contains(['.', '\0']), "{safe}");
        }
    }

    #[test]
    fn whole_doubles_become_integers() {
        assert_eq!(json(Bson::Double(3.0)), j!(3));
        assert_eq!(json(Bson::Double(-0.5)), j!(-0.5));
        assert_eq!(json(Bson::Double(1e300)), j!(1e300));
        assert_eq!(json(bson(&j!({ "a.b": [1, null, { "$x": true }] }))), j!({ "a.b": [1, null, { "$x": true }] }));
    }
}
