//! `wk_match`: one condition on one field, decided as MongoDB decides it.
//!
//! A path runs through arrays: it reaches the field of every element. What it reaches matches by itself or, where it is
//! an array, by any of its elements. A missing field is null.

use std::cmp::Ordering;

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::{Connection, Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Op {
    AnyOf,
    AllOf,
    AtLeast,
    Below,
}

/// A condition on what lies below a top-level field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Test {
    /// The path after its first step.
    pub(super) rest: Vec<String>,
    pub(super) op: Op,
    pub(super) values: Vec<Json>,
}

impl Test {
    /// As the function takes it.
    pub(super) fn encode(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    fn matches(&self, root: Option<&Json>) -> bool {
        let mut reached = Vec::new();
        reach(root, &self.rest, &mut reached);
        let any = |wanted: &dyn Fn(Option<&Json>) -> bool| {
            reached.iter().any(|leaf| match leaf {
                Some(Json::Array(items)) => items.iter().any(|item| wanted(Some(item))),
                other => wanted(*other),
            })
        };
        match self.op {
            Op::AnyOf => any(&|leaf| self.values.iter().any(|v| compare(leaf, v) == Some(Ordering::Equal))),
            Op::AllOf => {
                !self.values.is_empty()
                    && self.values.iter().all(|v| any(&|leaf| compare(leaf, v) == Some(Ordering::Equal)))
            }
            Op::AtLeast => any(&|leaf| self.values.iter().any(|v| within(leaf, v, Ordering::is_ge))),
            Op::Below => any(&|leaf| self.values.iter().any(|v| within(leaf, v, Ordering::is_lt))),
        }
    }
}

/// Everything the path leads to; `None` where it leads nowhere.
fn reach<'j>(value: Option<&'j Json>, path: &[String], into: &mut Vec<Option<&'j Json>>) {
    let Some((step, rest)) = path.split_first() else {
        into.push(value);
        return;
    };
    match value {
        Some(Json::Object(fields)) => reach(fields.get(step), rest, into),
        // An element that is no object has no fields at all: not even a missing one.
        Some(Json::Array(items)) => {
            for fields in items.iter().filter_map(Json::as_object) {
                reach(fields.get(step), rest, into);
            }
        }
        _ => into.push(None),
    }
}

/// Null is no end of a range.
fn within(leaf: Option<&Json>, value: &Json, fits: fn(Ordering) -> bool) -> bool {
    !value.is_null() && compare(leaf, value).is_some_and(fits)
}

/// Values of different kinds do not compare.
fn compare(leaf: Option<&Json>, value: &Json) -> Option<Ordering> {
    match (leaf.unwrap_or(&Json::Null), value) {
        (Json::Null, Json::Null) => Some(Ordering::Equal),
        (Json::Bool(a), Json::Bool(b)) => Some(a.cmp(b)),
        (Json::String(a), Json::String(b)) => Some(a.as_bytes().cmp(b.as_bytes())),
        (Json::Number(a), Json::Number(b)) => match (a.as_i64(), b.as_i64()) {
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            (Some(a), None) => integer_to_float(a, b.as_f64()?),
            (None, Some(b)) => integer_to_float(b, a.as_f64()?).map(Ordering::reverse),
            (None, None) => a.as_f64()?.partial_cmp(&b.as_f64()?),
        },
        _ => None,
    }
}

/// Exact, also beyond 2^53 where an integer has no float of its own.
#[expect(clippy::cast_possible_truncation, reason = "guarded: the float lies within the integers' range")]
fn integer_to_float(a: i64, b: f64) -> Option<Ordering> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if b.is_nan() {
        return None;
    }
    if b >= LIMIT {
        return Some(Ordering::Less);
    }
    if b < -LIMIT {
        return Some(Ordering::Greater);
    }
    let whole = b.trunc();
    Some(a.cmp(&(whole as i64)).then_with(|| 0.0_f64.total_cmp(&(b - whole + 0.0))))
}

/// Makes `wk_match(test, json)` known to a connection.
pub(super) fn register(conn: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_DIRECTONLY;
    conn.create_scalar_function("wk_match", 2, flags, wk_match)
}

fn wk_match(ctx: &Context<'_>) -> Result<bool> {
    let failed = |error: serde_json::Error| Error::UserFunctionError(Box::new(error));
    let test = ctx.get_or_create_aux(0, |text| -> std::result::Result<Test, serde_json::Error> {
        serde_json::from_slice(text.as_bytes().unwrap_or_default())
    })?;
    let root: Option<Json> = match ctx.get_raw(1).as_bytes_or_null() {
        Ok(Some(bytes)) => Some(serde_json::from_slice(bytes).map_err(failed)?),
        _ => None,
    };
    Ok(test.matches(root.as_ref()))
}
