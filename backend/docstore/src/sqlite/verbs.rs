//! The port's verbs as statements on one connection. Reads run on any; writes run inside the writer's transaction.

use rusqlite::types::Value as Bound;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};
use serde_json::{Map, Value as Json};

use super::sql::{self, Sql};
use super::{errors, lanes, schema};
use crate::check::{MAX_BUCKETS, MAX_DOCUMENT, Reach, index_fields};
use crate::cursor::{self, Position};
use crate::document::{Collection, Revision};
use crate::engine::{BulkOutcome, Claim, Raw, Stored};
use crate::error::StoreError;
use crate::query::{Bucket, Cursor, Filter, Order, Page, Query, Value};

type Outcome<T> = Result<T, StoreError>;

const COLUMNS: &str = "id, user_id, rev, expires_at, json(body)";

fn stored(row: &Row<'_>) -> rusqlite::Result<Stored> {
    let owner: String = row.get(1)?;
    Ok(Stored {
        id: row.get(0)?,
        user_id: Some(owner).filter(|owner| !owner.is_empty()),
        rev: Revision(row.get(2)?),
        expires_at: row.get(3)?,
        json: row.get(4)?,
    })
}

fn encode(body: &Map<String, Json>) -> Outcome<String> {
    let text = serde_json::to_string(body).map_err(|error| StoreError::Internal(error.to_string()))?;
    if text.len() > MAX_DOCUMENT {
        return Err(StoreError::Internal(format!("a document of {} bytes is too large", text.len())));
    }
    Ok(text)
}

pub(super) fn insert(conn: &Connection, c: &Collection, owner: &str, raw: &Raw) -> Outcome<()> {
    let statement =
        format!("INSERT INTO {} (id, user_id, rev, expires_at, body) VALUES (?, ?, 1, ?, jsonb(?))", schema::table(c));
    write(conn, c, owner, raw, &statement, params![raw.id, owner, raw.expires_at, encode(&raw.body)?]).map(|_| ())
}

pub(super) fn insert_many(conn: &Connection, c: &Collection, owner: &str, raws: &[Raw]) -> Outcome<BulkOutcome> {
    let mut outcome = BulkOutcome::default();
    for (position, raw) in raws.iter().enumerate() {
        let mut result = Ok(());
        lanes::in_savepoint(conn, |conn| {
            result = insert(conn, c, owner, raw);
            result.is_ok()
        })
        .map_err(|error| errors::runtime(&error))?;
        match result {
            Ok(()) => outcome.inserted += 1,
            Err(error @ StoreError::Unavailable(_)) => return Err(error),
            Err(error) => outcome.refused.push((position, error)),
        }
    }
    Ok(outcome)
}

pub(super) fn replace(
    conn: &Connection,
    c: &Collection,
    owner: &str,
    raw: &Raw,
    expected: Revision,
) -> Outcome<Revision> {
    let statement = format!(
        "UPDATE {} SET rev = rev + 1, expires_at = ?, body = jsonb(?) WHERE user_id = ? AND id = ? AND rev = ?",
        schema::table(c)
    );
    let values = params![raw.expires_at, encode(&raw.body)?, owner, raw.id, expected.0];
    match write(conn, c, owner, raw, &statement, values)? {
        0 => Err(StoreError::Conflict),
        _ => Ok(Revision(expected.0.saturating_add(1))),
    }
}

pub(super) fn upsert(conn: &Connection, c: &Collection, owner: &str, raw: &Raw) -> Outcome<()> {
    let statement = format!(
        "INSERT INTO {} (id, user_id, rev, expires_at, body) VALUES (?, ?, 1, ?, jsonb(?)) ON CONFLICT (user_id, id) \
         DO UPDATE SET rev = rev + 1, expires_at = excluded.expires_at, body = excluded.body",
        schema::table(c)
    );
    write(conn, c, owner, raw, &statement, params![raw.id, owner, raw.expires_at, encode(&raw.body)?]).map(|_| ())
}

/// Executes a write of one document; a refusal by a constraint is told by the index that refused.
fn write(
    conn: &Connection,
    c: &Collection,
    owner: &str,
    raw: &Raw,
    statement: &str,
    values: &[&dyn rusqlite::ToSql],
) -> Outcome<usize> {
    let done = conn.prepare_cached(statement).and_then(|mut statement| statement.execute(values));
    match done {
        Ok(rows) => Ok(rows),
        Err(error) if errors::is_duplicate(&error) => Err(StoreError::Duplicate { index: taken(conn, c, owner, raw)? }),
        Err(error) => Err(errors::runtime(&error)),
    }
}

/// Which unique index holds the keys of `raw` for another document; `_id` when none does.
fn taken(conn: &Connection, c: &Collection, owner: &str, raw: &Raw) -> Outcome<String> {
    let run = |sql: Sql<'_>| {
        conn.prepare_cached(&sql.text)
            .and_then(|mut statement| statement.exists(params_from_iter(sql.values)))
            .map_err(|error| errors::runtime(&error))
    };
    for index in c.indexes.iter().filter(|index| index.unique) {
        let keys: Vec<Value> = index_fields(index).iter().map(|field| cursor::value_at(&raw.body, field)).collect();
        if keys.iter().all(|key| *key == Value::Null) {
            continue;
        }
        let mut sql = Sql::new(c, format!("SELECT 1 FROM {} WHERE NOT (user_id = ", schema::table(c)));
        sql.bind(owner.to_owned()).push(" AND id = ").bind(raw.id.clone()).push(")");
        if !index.global {
            sql.push(" AND user_id = ").bind(owner.to_owned());
        }
        for (field, key) in index_fields(index).iter().zip(&keys) {
            sql.push(&format!(" AND {} = ", sql::key(field))).bind(sql::bound(key));
        }
        if run(sql)? {
            return Ok(index.name.to_owned());
        }
    }
    Ok("_id".to_owned())
}

/// `SET` of the fields, the revision and, where `expires_at` is among the fields, the expiry.
fn assign<'c>(c: &'c Collection, set: &Map<String, Json>, increment: Option<&str>) -> Sql<'c> {
    let mut sql = Sql::new(c, format!("UPDATE {} SET rev = rev + 1", schema::table(c)));
    if let Some(at) = set.get("expires_at") {
        sql.push(", expires_at = ").bind(at.as_i64());
    }
    sql.push(", body = ").push(if set.is_empty() && increment.is_none() { "body" } else { "jsonb_set(body" });
    for (field, value) in set {
        sql.push(&format!(", '$.{field}', jsonb(")).bind(value.to_string()).push(")");
    }
    if let Some(field) = increment {
        sql.push(&format!(", '$.{field}', coalesce(body ->> '$.{field}', 0) + 1"));
    }
    if !set.is_empty() || increment.is_some() {
        sql.push(")");
    }
    sql
}

fn execute(conn: &Connection, sql: Sql<'_>) -> Outcome<u64> {
    conn.prepare_cached(&sql.text)
        .and_then(|mut statement| statement.execute(params_from_iter(sql.values)))
        .map(|rows| rows as u64)
        .map_err(|error| errors::runtime(&error))
}

pub(super) fn update(
    conn: &Connection,
    c: &Collection,
    reach: Reach<'_>,
    filter: &Filter,
    set: &Map<String, Json>,
) -> Outcome<u64> {
    let mut sql = assign(c, set, None);
    sql.matching(reach, filter);
    execute(conn, sql)
}

pub(super) fn claim(conn: &Connection, c: &Collection, reach: Reach<'_>, claim: &Claim) -> Outcome<Option<Stored>> {
    let sql = claiming(c, reach, claim);
    let mut statement = conn.prepare_cached(&sql.text).map_err(|error| errors::runtime(&error))?;
    let row = statement.query_row(params_from_iter(sql.values), stored).optional();
    row.map_err(|error| errors::runtime(&error))
}

/// One statement finds, takes and returns.
fn claiming<'c>(c: &'c Collection, reach: Reach<'_>, claim: &Claim) -> Sql<'c> {
    let mut sql = assign(c, &claim.set, claim.increment);
    sql.push(&format!(" WHERE row = (SELECT row FROM {}", schema::table(c)));
    sql.matching(reach, &claim.query.filter).ordered(claim.query.order, reach);
    sql.push(&format!(" LIMIT 1) RETURNING {COLUMNS}"));
    sql
}

pub(super) fn delete(conn: &Connection, c: &Collection, owner: &str, id: &str) -> Outcome<bool> {
    let mut sql = Sql::new(c, format!("DELETE FROM {} WHERE user_id = ", schema::table(c)));
    sql.bind(owner.to_owned()).push(" AND id = ").bind(id.to_owned());
    execute(conn, sql).map(|rows| rows > 0)
}

pub(super) fn delete_many(
    conn: &Connection,
    c: &Collection,
    reach: Reach<'_>,
    filter: &Filter,
    limit: u32,
) -> Outcome<u64> {
    let table = schema::table(c);
    let mut sql = Sql::new(c, format!("DELETE FROM {table} WHERE row IN (SELECT row FROM {table}"));
    sql.matching(reach, filter).push(" LIMIT ").bind(i64::from(limit)).push(")");
    execute(conn, sql)
}

pub(super) fn expire(conn: &Connection, c: &Collection, now_ms: i64, limit: u32) -> Outcome<u64> {
    let table = schema::table(c);
    let mut sql =
        Sql::new(c, format!("DELETE FROM {table} WHERE row IN (SELECT row FROM {table} WHERE expires_at <= "));
    sql.bind(now_ms).push(" ORDER BY expires_at LIMIT ").bind(i64::from(limit)).push(")");
    execute(conn, sql)
}

fn rows<T>(conn: &Connection, sql: Sql<'_>, read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>) -> Outcome<Vec<T>> {
    conn.prepare_cached(&sql.text)
        .and_then(|mut statement| statement.query_map(params_from_iter(sql.values), read)?.collect())
        .map_err(|error| errors::runtime(&error))
}

pub(super) fn get(conn: &Connection, c: &Collection, owner: &str, id: &str) -> Outcome<Option<Stored>> {
    let mut sql = Sql::new(c, format!("SELECT {COLUMNS} FROM {} WHERE user_id = ", schema::table(c)));
    sql.bind(owner.to_owned()).push(" AND id = ").bind(id.to_owned());
    Ok(rows(conn, sql, stored)?.pop())
}

pub(super) fn find(conn: &Connection, c: &Collection, reach: Reach<'_>, query: &Query) -> Outcome<Page<Stored>> {
    let limit = query.limit.clamp(1, 1000) as usize;
    let sql = page(c, reach, query, limit + 1)?;
    let mut found = rows(conn, sql, |row| Ok((stored(row)?, row.get::<_, Bound>(5)?)))?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|(last, key)| next(c, query.order, last, key.clone()));
    Ok(Page { items: found.into_iter().map(|(stored, _)| stored).collect(), next })
}

fn page<'c>(c: &'c Collection, reach: Reach<'_>, query: &Query, rows: usize) -> Outcome<Sql<'c>> {
    let key = sql::key(query.order.field);
    let mut sql = Sql::new(c, format!("SELECT {COLUMNS}, {key} FROM {}", schema::table(c)));
    sql.matching(reach, &query.filter);
    if let Some(cursor) = &query.after {
        sql.after(query.order, reach, &cursor::decode(c, query.order, reach, cursor)?);
    }
    sql.ordered(query.order, reach).push(" LIMIT ").bind(rows as i64);
    Ok(sql)
}

fn next(c: &Collection, order: Order, last: &Stored, key: Bound) -> Cursor {
    let position =
        Position { value: sql::unbound(key), owner: last.user_id.clone().unwrap_or_default(), id: last.id.clone() };
    cursor::encode(c, order, &position)
}

/// A count; never negative.
fn number(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(i64::unsigned_abs)
}

pub(super) fn count(conn: &Connection, c: &Collection, reach: Reach<'_>, filter: &Filter) -> Outcome<u64> {
    let mut sql = Sql::new(c, format!("SELECT count(*) FROM {}", schema::table(c)));
    sql.matching(reach, filter);
    Ok(rows(conn, sql, |row| number(row, 0))?.pop().unwrap_or(0))
}

pub(super) fn count_by(
    conn: &Connection,
    c: &Collection,
    reach: Reach<'_>,
    field: &str,
    filter: &Filter,
    limit: u32,
) -> Outcome<Vec<(Json, u64)>> {
    let mut sql = Sql::new(c, format!("SELECT {} AS value, count(*) AS n FROM {}", sql::key(field), schema::table(c)));
    sql.matching(reach, filter);
    sql.push(" GROUP BY 1 ORDER BY n DESC, value ASC LIMIT ").bind(i64::from(limit.clamp(1, 1000)));
    rows(conn, sql, |row| Ok((cursor::scalar(&sql::unbound(row.get(0)?)), number(row, 1)?)))
}

pub(super) fn histogram(
    conn: &Connection,
    c: &Collection,
    reach: Reach<'_>,
    field: &str,
    filter: &Filter,
    width: i64,
) -> Outcome<Vec<Bucket>> {
    // `%` keeps the sign of its left side; adding the width once makes the remainder of a time before 1970 positive too.
    let at = format!("(body ->> '$.{field}')");
    let start = format!("{at} - (({at} % {width}) + {width}) % {width}");
    let mut sql = Sql::new(c, format!("SELECT {start} AS start, count(*) FROM {}", schema::table(c)));
    sql.matching(reach, filter).push(&format!(" AND json_type(body, '$.{field}') = 'integer'"));
    sql.push(" GROUP BY 1 ORDER BY 1 LIMIT ").bind(MAX_BUCKETS as i64 + 1);
    let buckets = rows(conn, sql, |row| Ok(Bucket { start: row.get(0)?, count: number(row, 1)? }))?;
    if buckets.len() > MAX_BUCKETS {
        return Err(StoreError::Internal(format!("more than {MAX_BUCKETS} buckets: narrow the range or widen them")));
    }
    Ok(buckets)
}

#[cfg(test)]
#[path = "plans.rs"]
mod plans;
