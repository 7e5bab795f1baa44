//! Filters, orders and positions as SQL. Values are always bound; only checked field paths become text.
//!
//! A field is compared in one of three ways:
//! - declared scalar by an index: by its *sort key*, the very expression the index is on, so that the planner finds it;
//! - declared as elements: through the side table that holds one row an element;
//! - anything else: by `wk_match`, which does what MongoDB does with arrays and paths through them.
//!
//! The sort key maps JSON scalars onto SQLite's own order (numbers, text, blobs) so that it is MongoDB's: missing and null
//! are minus infinity, which no JSON number is; booleans are blobs. It is never NULL, so comparisons are plain.

use rusqlite::types::Value as Bound;
use serde_json::Value as Json;

use super::matching::{Op, Test};
use super::schema;
use crate::check::{Reach, index_fields};
use crate::cursor::{Position, scalar};
use crate::document::{Collection, Keys};
use crate::query::{Direction, Filter, Order, Value};

const FALSE: u8 = 0xf0;
const TRUE: u8 = 0xf1;

/// The sort key of a field, as an SQL expression over `body`.
pub(super) fn key(field: &str) -> String {
    match field {
        "id" | "user_id" => field.to_owned(),
        _ => format!(
            "CASE json_type(body, '$.{field}') WHEN 'true' THEN x'f1' WHEN 'false' THEN x'f0' WHEN 'object' THEN x'10' \
             WHEN 'array' THEN x'20' ELSE coalesce(body ->> '$.{field}', -9e999) END"
        ),
    }
}

/// A value as the sort key it compares with.
pub(super) fn bound(value: &Value) -> Bound {
    match value {
        Value::Null => Bound::Real(f64::NEG_INFINITY),
        Value::Bool(b) => Bound::Blob(vec![if *b { TRUE } else { FALSE }]),
        Value::Int(i) => Bound::Integer(*i),
        Value::Float(f) => Bound::Real(*f),
        Value::Text(t) => Bound::Text(t.clone()),
    }
}

/// The value behind a sort key; null for what is no scalar.
pub(super) fn unbound(key: Bound) -> Value {
    match key {
        Bound::Integer(i) => Value::Int(i),
        Bound::Real(f) if f.is_finite() => Value::Float(f),
        Bound::Text(t) => Value::Text(t),
        Bound::Blob(b) if b == [TRUE] => Value::Bool(true),
        Bound::Blob(b) if b == [FALSE] => Value::Bool(false),
        Bound::Real(_) | Bound::Null | Bound::Blob(_) => Value::Null,
    }
}

/// A growing statement and its bound values.
#[derive(Debug)]
pub(super) struct Sql<'c> {
    collection: &'c Collection,
    /// The one owner in reach; narrows side tables too.
    owner: Option<String>,
    pub(super) text: String,
    pub(super) values: Vec<Bound>,
}

impl<'c> Sql<'c> {
    pub(super) fn new(collection: &'c Collection, text: impl Into<String>) -> Self {
        Self { collection, owner: None, text: text.into(), values: Vec::new() }
    }

    pub(super) fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    pub(super) fn bind(&mut self, value: impl Into<Bound>) -> &mut Self {
        self.values.push(value.into());
        self.push("?")
    }

    /// ` WHERE` the documents in reach that match.
    pub(super) fn matching(&mut self, reach: Reach<'_>, filter: &Filter) -> &mut Self {
        self.push(" WHERE ");
        if let Reach::One(owner) = reach {
            self.owner = Some(owner.to_owned());
            self.push("user_id = ").bind(owner.to_owned()).push(" AND ");
        }
        self.condition(filter)
    }

    /// ` AND` after the position.
    pub(super) fn after(&mut self, order: Order, reach: Reach<'_>, position: &Position) -> &mut Self {
        let sign = match order.direction {
            Direction::Ascending => ">",
            Direction::Descending => "<",
        };
        let key = key(order.field);
        let (value, owner, id) = (bound(&position.value), position.owner.clone(), position.id.clone());
        match reach {
            Reach::One(_) => self.push(&format!(" AND ({key}, id) {sign} (")).bind(value),
            Reach::All => self.push(&format!(" AND ({key}, user_id, id) {sign} (")).bind(value).push(", ").bind(owner),
        };
        self.push(", ").bind(id).push(")")
    }

    /// ` ORDER BY` the field, then the key of the document.
    pub(super) fn ordered(&mut self, order: Order, reach: Reach<'_>) -> &mut Self {
        let way = match order.direction {
            Direction::Ascending => "ASC",
            Direction::Descending => "DESC",
        };
        let owner = if reach == Reach::All { format!(" user_id {way},") } else { String::new() };
        self.push(&format!(" ORDER BY {} {way},{owner} id {way}", key(order.field)))
    }

    fn condition(&mut self, filter: &Filter) -> &mut Self {
        match filter {
            Filter::All => self.push("1"),
            Filter::And(parts) => self.joined(parts, " AND ", "1"),
            Filter::Or(parts) => self.joined(parts, " OR ", "0"),
            Filter::Eq(field, value) => self.any_of(field, std::slice::from_ref(value)),
            Filter::Ne(field, value) => self.push("NOT ").any_of(field, std::slice::from_ref(value)),
            Filter::In(field, values) => self.any_of(field, values),
            Filter::Range { from: None, to: None, field } | Filter::Exists(field, true) => {
                self.push("NOT ").any_of(field, &[Value::Null])
            }
            Filter::Exists(field, false) => self.any_of(field, &[Value::Null]),
            Filter::Range { field, from, to } => self.range(field, from.as_ref(), to.as_ref()),
            Filter::Terms(field, terms) => self.terms(field, terms),
        }
    }

    fn joined(&mut self, parts: &[Filter], by: &str, empty: &str) -> &mut Self {
        if parts.is_empty() {
            return self.push(empty);
        }
        self.push("(");
        for (n, part) in parts.iter().enumerate() {
            if n > 0 {
                self.push(by);
            }
            self.condition(part);
        }
        self.push(")")
    }

    fn is_scalar(&self, field: &str) -> bool {
        let declared =
            |index: &crate::Index| matches!(index.keys, Keys::Fields(_)) && index_fields(index).contains(&field);
        matches!(field, "id" | "user_id") || self.collection.indexes.iter().any(declared)
    }

    /// The side table of a field whose elements are indexed.
    fn elements(&self, field: &str) -> Option<String> {
        let index = self.collection.indexes.iter().find(|i| matches!(i.keys, Keys::Elements(f) if f == field))?;
        Some(schema::side_table(self.collection, index))
    }

    fn any_of(&mut self, field: &'static str, values: &[Value]) -> &mut Self {
        if self.is_scalar(field) {
            self.push("(").push(&key(field)).push(" ");
            return self.list(values).push(")");
        }
        match self.elements(field) {
            Some(table) if !values.contains(&Value::Null) => self.push("(").held(&table).list(values).push("))"),
            _ => self.test(field, Op::AnyOf, values.iter().map(scalar).collect()),
        }
    }

    /// `row IN (SELECT` the documents that hold a value; the condition on the value and `)` follow.
    fn held(&mut self, table: &str) -> &mut Self {
        self.push(&format!("row IN (SELECT doc FROM {table} WHERE "));
        if let Some(owner) = self.owner.clone() {
            self.push("user_id = ").bind(owner).push(" AND ");
        }
        self.push("value ")
    }

    /// `= ?` or `IN (?, …)`.
    fn list(&mut self, values: &[Value]) -> &mut Self {
        if let [one] = values {
            return self.push("= ").bind(bound(one));
        }
        self.push("IN (");
        for (n, value) in values.iter().enumerate() {
            self.push(if n > 0 { ", " } else { "" }).bind(bound(value));
        }
        self.push(")")
    }

    fn range(&mut self, field: &'static str, from: Option<&Value>, to: Option<&Value>) -> &mut Self {
        if !self.is_scalar(field) {
            self.push("(");
            match from {
                Some(from) => self.test(field, Op::AtLeast, vec![scalar(from)]),
                None => self.push("1"),
            };
            self.push(" AND ");
            match to {
                Some(to) => self.test(field, Op::Below, vec![scalar(to)]),
                None => self.push("1"),
            };
            return self.push(")");
        }
        // Each end keeps to its own kind of value, as MongoDB's comparisons do.
        let key = key(field);
        self.push("(1");
        for (sign, value) in [(">=", from), ("<", to)] {
            let Some(value) = value else { continue };
            let (floor, ceiling) = match value {
                Value::Null => return self.push(" AND 0)"),
                Value::Int(_) | Value::Float(_) => ("> -9e999", "< ''"),
                Value::Text(_) => (">= ''", "< x''"),
                Value::Bool(_) => (">= x'f0'", "<= x'f1'"),
            };
            self.push(&format!(" AND {key} {sign} ")).bind(bound(value));
            self.push(&format!(" AND {key} {}", if sign == "<" { floor } else { ceiling }));
        }
        self.push(")")
    }

    fn terms(&mut self, field: &'static str, terms: &[String]) -> &mut Self {
        if terms.is_empty() {
            return self.push("0");
        }
        let Some(table) = self.elements(field) else {
            return self.test(field, Op::AllOf, terms.iter().map(|t| Json::from(t.as_str())).collect());
        };
        self.push("(1");
        for term in terms {
            self.push(" AND ").held(&table).push("= ").bind(term.clone()).push(")");
        }
        self.push(")")
    }

    fn test(&mut self, field: &'static str, op: Op, values: Vec<Json>) -> &mut Self {
        let mut steps = field.split('.');
        let root = steps.next().unwrap_or(field);
        let test = Test { rest: steps.map(str::to_owned).collect(), op, values };
        self.push("wk_match(").bind(test.encode()).push(&format!(", body -> '$.{root}')"))
    }
}
