//! Filters, orders and positions in MongoDB's query language.

use bson::{Bson, Document, doc};

use super::codec::{key, of_value};
use crate::check::Reach;
use crate::cursor::Position;
use crate::query::{Direction, Filter, Order, Value};

/// The documents in reach that match.
pub(super) fn matching(reach: Reach<'_>, filter: &Filter) -> Document {
    match reach {
        Reach::One(owner) if !owner.is_empty() => doc! { "user_id": owner, "$and": [condition(reach, filter)] },
        Reach::One(_) | Reach::All => condition(reach, filter),
    }
}

fn nothing() -> Document {
    doc! { "_id": { "$in": [] } }
}

fn condition(reach: Reach<'_>, filter: &Filter) -> Document {
    let all = |parts: &[Filter]| parts.iter().map(|part| condition(reach, part)).collect::<Vec<_>>();
    match filter {
        Filter::And(parts) if !parts.is_empty() => doc! { "$and": all(parts) },
        Filter::All | Filter::And(_) => Document::new(),
        Filter::Or(parts) if parts.is_empty() => nothing(),
        Filter::Or(parts) => doc! { "$or": all(parts) },
        Filter::Eq("id", Value::Text(id)) if let Reach::One(owner) = reach => doc! { "_id": key(owner, id) },
        Filter::Eq(field, value) => doc! { *field: of_value(value) },
        Filter::Ne(field, value) => doc! { *field: { "$ne": of_value(value) } },
        Filter::In(field, values) => doc! { *field: { "$in": values.iter().map(of_value).collect::<Vec<_>>() } },
        Filter::Range { field, from: None, to: None } | Filter::Exists(field, true) => {
            doc! { *field: { "$ne": Bson::Null } }
        }
        Filter::Exists(field, false) => doc! { *field: Bson::Null },
        Filter::Range { from: Some(Value::Null), .. } | Filter::Range { to: Some(Value::Null), .. } => nothing(),
        Filter::Range { field, from, to } => {
            // Apart, so that every server lets different elements of an array satisfy the two ends.
            let ends = [("$gte", from), ("$lt", to)].into_iter();
            let ends = ends.filter_map(|(sign, end)| Some(doc! { *field: { sign: of_value(end.as_ref()?) } }));
            doc! { "$and": ends.collect::<Vec<_>>() }
        }
        Filter::Terms(_, terms) if terms.is_empty() => nothing(),
        Filter::Terms(field, terms) => doc! { *field: { "$all": terms } },
    }
}

/// By the field, then by the document's key.
pub(super) fn sort(order: Order, reach: Reach<'_>) -> Document {
    let way = match order.direction {
        Direction::Ascending => 1,
        Direction::Descending => -1,
    };
    if is_key(order, reach) {
        doc! { "_id": way }
    } else {
        doc! { order.field: way, "_id": way }
    }
}

/// Within one owner's space the order by `id` is that by `_id`, which has an index.
fn is_key(order: Order, reach: Reach<'_>) -> bool {
    order.field == "id" && matches!(reach, Reach::One(_))
}

/// MongoDB compares within one kind of value, but sorts kinds one after the other: null, numbers, texts, booleans.
fn rank(value: &Value) -> usize {
    match value {
        Value::Null => 0,
        Value::Int(_) | Value::Float(_) => 1,
        Value::Text(_) => 2,
        Value::Bool(_) => 3,
    }
}

/// Every value of a kind, by its rank.
fn kind(field: &str, rank: usize) -> Document {
    match rank {
        0 => doc! { field: Bson::Null },
        1 => doc! { field: { "$gte": f64::NEG_INFINITY } },
        2 => doc! { field: { "$gte": "" } },
        _ => doc! { field: { "$gte": false } },
    }
}

/// Documents after the position: the same value with a later key, a later value of its kind, or a later kind.
pub(super) fn after(order: Order, reach: Reach<'_>, position: &Position) -> Document {
    let sign = match order.direction {
        Direction::Ascending => "$gt",
        Direction::Descending => "$lt",
    };
    let last = doc! { "_id": { sign: key(&position.owner, &position.id) } };
    if is_key(order, reach) {
        return last;
    }
    let (field, value, rank) = (order.field, of_value(&position.value), rank(&position.value));
    let mut later = vec![doc! { "$and": [{ field: value.clone() }, last] }];
    if rank > 0 {
        later.push(doc! { field: { sign: value } });
    }
    let kinds = match order.direction {
        Direction::Ascending => rank + 1..4,
        Direction::Descending => 0..rank,
    };
    later.extend(kinds.map(|rank| kind(field, rank)));
    doc! { "$or": later }
}
