//! Cursors: the position after the last row of a page, opaque to callers and checked when it comes back.
//!
//! A cursor names the collection and order it belongs to and holds the order value and key of a row. It grants nothing:
//! the space and the filter are applied again on every page, so a forged one can at most skip the forger's own rows.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value as Json, json};

use crate::check::Reach;
use crate::document::Collection;
use crate::error::StoreError;
use crate::query::{Cursor, Direction, Order, Value};

/// Longest cursor that is looked at.
const MAX_LENGTH: usize = 16 * 1024;

/// A place between two rows of an order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Position {
    pub(crate) value: Value,
    /// Empty in a system collection.
    pub(crate) owner: String,
    pub(crate) id: String,
}

fn list(c: &Collection, order: Order) -> String {
    let sign = match order.direction {
        Direction::Ascending => '+',
        Direction::Descending => '-',
    };
    format!("{}{sign}{}", c.name, order.field)
}

pub(crate) fn encode(c: &Collection, order: Order, position: &Position) -> Cursor {
    // A float travels as its bits: text would not bring back the very same number.
    let value = match position.value {
        Value::Float(f) => json!({ "bits": f.to_bits() }),
        ref other => scalar(other),
    };
    let text = json!([list(c, order), value, position.owner, position.id]).to_string();
    Cursor(URL_SAFE_NO_PAD.encode(text))
}

/// `InvalidCursor` unless this order of this collection, in this reach, could have handed it out.
pub(crate) fn decode(c: &Collection, order: Order, reach: Reach<'_>, cursor: &Cursor) -> Result<Position, StoreError> {
    parse(c, order, reach, cursor).ok_or(StoreError::InvalidCursor)
}

fn parse(c: &Collection, order: Order, reach: Reach<'_>, cursor: &Cursor) -> Option<Position> {
    if cursor.0.len() > MAX_LENGTH {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(&cursor.0).ok()?;
    let [name, value, owner, id] = serde_json::from_slice::<[Json; 4]>(&bytes).ok()?;
    let value = match value.get("bits") {
        Some(bits) => Value::Float(Some(f64::from_bits(bits.as_u64()?)).filter(|f| f.is_finite())?),
        None => value_of(&value)?,
    };
    let position = Position { value, owner: owner.as_str()?.to_owned(), id: id.as_str()?.to_owned() };
    let belongs = name.as_str()? == list(c, order)
        && match reach {
            Reach::One(owner) => position.owner == owner,
            Reach::All => true,
        };
    belongs.then_some(position)
}

/// A value as JSON.
pub(crate) fn scalar(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(b) => Json::from(*b),
        Value::Int(i) => Json::from(*i),
        Value::Float(f) => Json::from(*f),
        Value::Text(t) => Json::from(t.as_str()),
    }
}

/// A JSON scalar as a value; `None` for arrays and objects.
pub(crate) fn value_of(json: &Json) -> Option<Value> {
    match json {
        Json::Null => Some(Value::Null),
        Json::Bool(b) => Some(Value::Bool(*b)),
        Json::Number(n) => n.as_i64().map(Value::Int).or_else(|| n.as_f64().map(Value::Float)),
        Json::String(t) => Some(Value::Text(t.clone())),
        Json::Array(_) | Json::Object(_) => None,
    }
}

/// The order value of a document, by its dotted path.
pub(crate) fn value_at(body: &serde_json::Map<String, Json>, path: &str) -> Value {
    let mut steps = path.split('.');
    let first = steps.next().and_then(|step| body.get(step));
    let leaf = steps.try_fold(first, |value, step| Some(value?.get(step))).flatten();
    leaf.and_then(value_of).unwrap_or(Value::Null)
}
