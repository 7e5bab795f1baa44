//! Tables, indexes and triggers, made from what collections declare.
//!
//! A collection is a table of JSONB bodies. An index over scalars is on their sort keys; one over elements is a side table
//! that triggers keep in the same transaction. An index whose declaration changed is built anew.

use std::collections::BTreeMap;

use rusqlite::{Connection, Result};

use super::sql;
use crate::document::{Collection, Index, Keys};

pub(super) fn table(c: &Collection) -> String {
    format!("\"{}\"", c.name)
}

/// Quoted name of the side table of an elements index.
pub(super) fn side_table(c: &Collection, index: &Index) -> String {
    format!("\"{}.{}\"", c.name, index.name)
}

/// Creates what is missing, rebuilds what changed, drops indexes that are declared no more. In the caller's transaction.
pub(super) fn prepare(conn: &Connection, c: &Collection) -> Result<()> {
    let table = table(c);
    conn.execute_batch(&format!(
        "CREATE TABLE IF NOT EXISTS {table} (row INTEGER PRIMARY KEY, id NOT NULL, user_id NOT NULL, \
         rev INTEGER NOT NULL, expires_at INTEGER, body BLOB NOT NULL, UNIQUE (user_id, id)); \
         CREATE INDEX IF NOT EXISTS \"{}._expires\" ON {table} (expires_at) WHERE expires_at IS NOT NULL;",
        c.name
    ))?;
    let mut standing = standing(conn, c)?;
    for index in c.indexes {
        let name = format!("{}.{}", c.name, index.name);
        let wanted = match index.keys {
            Keys::Fields(fields) => scalar_index(c, index, fields),
            Keys::Elements(field) => element_table(c, index, field),
        };
        let found = standing.remove(&name);
        if found.as_deref() == Some(&wanted) {
            continue;
        }
        if let Some(sql) = found {
            drop_index(conn, &name, &sql)?;
        }
        conn.execute_batch(&wanted)?;
        if let Keys::Elements(field) = index.keys {
            fill(conn, c, index, field)?;
        }
    }
    standing.iter().try_for_each(|(name, sql)| drop_index(conn, name, sql))
}

/// Declared indexes that exist, with the statement that made each: indexes and side tables named `collection.index`.
fn standing(conn: &Connection, c: &Collection) -> Result<BTreeMap<String, String>> {
    let mut rows = conn.prepare(
        "SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'index') AND substr(name, 1, length(?1)) = ?1 \
         AND name NOT LIKE '%.\\_%' ESCAPE '\\' AND sql IS NOT NULL",
    )?;
    rows.query_map([format!("{}.", c.name)], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

/// Triggers go with a side table's collection, so they are dropped by name.
fn drop_index(conn: &Connection, name: &str, sql: &str) -> Result<()> {
    if sql.starts_with("CREATE TABLE") {
        conn.execute_batch(&format!(
            "DROP TRIGGER IF EXISTS \"{name}._insert\"; DROP TRIGGER IF EXISTS \"{name}._update\"; \
             DROP TRIGGER IF EXISTS \"{name}._delete\"; DROP TABLE \"{name}\";"
        ))
    } else {
        conn.execute_batch(&format!("DROP INDEX \"{name}\";"))
    }
}

/// Ends in the document's key, so that pages come in index order. In a unique index that end is constant, but for
/// documents without a single key: those are told apart by it and never conflict.
fn scalar_index(c: &Collection, index: &Index, fields: &[&'static str]) -> String {
    let mut columns: Vec<String> = fields.iter().map(|f| sql::key(f)).collect();
    let keyless = columns.iter().map(|key| format!("{key} = -9e999")).collect::<Vec<_>>().join(" AND ");
    let owner = if index.global { "" } else { "user_id, " };
    let kind = if index.unique {
        let itself = if index.global { "user_id || '/' || id" } else { "id" };
        columns.push(format!("CASE WHEN {keyless} THEN {itself} ELSE '' END"));
        "UNIQUE INDEX"
    } else {
        columns.push(if index.global { "user_id, id" } else { "id" }.to_owned());
        "INDEX"
    };
    format!("CREATE {kind} \"{}.{}\" ON {} ({owner}{})", c.name, index.name, table(c), columns.join(", "))
}

/// The comment tells one declaration from another: the statement is compared as it stands in the file.
fn element_table(c: &Collection, index: &Index, field: &str) -> String {
    let key = if index.global { "value, user_id, doc" } else { "user_id, value, doc" };
    format!(
        "CREATE TABLE {} (/* elements of {field} */ user_id NOT NULL, value NOT NULL, doc INTEGER NOT NULL, \
         PRIMARY KEY ({key})) WITHOUT ROWID",
        side_table(c, index)
    )
}

/// The triggers and the index by document, then the rows of documents that are there already.
fn fill(conn: &Connection, c: &Collection, index: &Index, field: &str) -> Result<()> {
    let (table, side, name) = (table(c), side_table(c, index), format!("{}.{}", c.name, index.name));
    let elements = |doc: &str| {
        format!(
            "INSERT OR IGNORE INTO {side} SELECT d.user_id, CASE e.type WHEN 'true' THEN x'f1' WHEN 'false' THEN x'f0' \
             ELSE e.atom END, d.row FROM {table} AS d, json_each(d.body, '$.{field}') AS e \
             WHERE {doc} e.atom IS NOT NULL AND json_type(d.body, '$.{field}') <> 'object';"
        )
    };
    let gone = format!("DELETE FROM {side} WHERE doc = old.row;");
    conn.execute_batch(&format!(
        "CREATE INDEX \"{name}._doc\" ON {side} (doc); \
         CREATE TRIGGER \"{name}._insert\" AFTER INSERT ON {table} BEGIN {one} END; \
         CREATE TRIGGER \"{name}._update\" AFTER UPDATE OF body ON {table} \
         WHEN old.body -> '$.{field}' IS NOT new.body -> '$.{field}' BEGIN {gone} {one} END; \
         CREATE TRIGGER \"{name}._delete\" AFTER DELETE ON {table} BEGIN {gone} END; {all}",
        one = elements("d.row = new.row AND"),
        all = elements(""),
    ))
}
