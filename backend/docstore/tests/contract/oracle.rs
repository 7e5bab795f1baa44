//! Random documents and filters, answered by the engine and by a few lines that say what a filter means.

use std::cmp::Ordering;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value as Json, json};
use watchkeeper_docstore::{Filter, Order, Query, Space, Value};

use crate::contract;
use crate::support::{Bench, THINGS, ids, raw};

/// Indexed as scalars, indexed as elements, not indexed.
const SCALARS: [&str; 2] = ["rank", "inner.deep"];
const ANY: [&str; 2] = ["spent", "loose"];
const ROUNDS: usize = 40;
const DOCUMENTS: usize = 12;
const FILTERS: usize = 25;

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        (-3_i64..4).prop_map(Value::Int),
        prop_oneof![Just(-0.5), Just(1.0), Just(2.5)].prop_map(Value::Float),
        prop_oneof![Just(""), Just("a"), Just("1"), Just("'"), Just("$a"), Just("b\u{0}")].prop_map(Value::from),
    ]
}

fn filter() -> impl Strategy<Value = Filter> {
    let field = prop_oneof![Just(SCALARS[0]), Just(SCALARS[1]), Just(ANY[0]), Just(ANY[1])];
    let leaf = (field, prop::collection::vec(scalar(), 2), 0..7_u8).prop_map(|(field, values, kind)| {
        let [first, second] = [values[0].clone(), values[1].clone()];
        match kind {
            0 => Filter::Eq(field, first),
            1 => Filter::Ne(field, first),
            2 => Filter::In(field, values),
            3 => Filter::Range { field, from: Some(first), to: Some(second) },
            4 => Filter::Range { field, from: Some(first), to: None },
            5 => Filter::Range { field, from: None, to: Some(second) },
            _ => Filter::Exists(field, first == Value::Null),
        }
    });
    leaf.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Filter::And),
            prop::collection::vec(inner, 0..3).prop_map(Filter::Or),
        ]
    })
}

fn json_of(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(b) => json!(b),
        Value::Int(i) => json!(i),
        Value::Float(f) => json!(f),
        Value::Text(t) => json!(t),
    }
}

/// Missing half of the time, for the fields that may be; lists only where no index wants a scalar.
fn document() -> impl Strategy<Value = Json> {
    let scalars = prop::collection::vec(prop::option::of(scalar()), 2);
    let lists = prop::collection::vec(prop::option::of(prop::collection::vec(scalar(), 0..3)), 2);
    (scalars, lists, any::<bool>()).prop_map(|(scalars, lists, bare)| {
        let mut body = json!({});
        if let Some(value) = &scalars[0] {
            body["rank"] = json_of(value);
        }
        if let Some(value) = &scalars[1] {
            body["inner"] = json!({ "deep": json_of(value) });
        }
        for (field, list) in ANY.iter().zip(&lists) {
            match list.as_deref() {
                Some([one]) if bare => body[field] = json_of(one),
                Some(list) => body[field] = list.iter().map(json_of).collect(),
                None => {}
            }
        }
        body
    })
}

fn compare(a: &Json, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Json::Null, Value::Null) => Some(Ordering::Equal),
        (Json::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Json::String(a), Value::Text(b)) => Some(a.cmp(b)),
        (Json::Number(a), Value::Int(b)) => a.as_f64()?.partial_cmp(&(*b as f64)),
        (Json::Number(a), Value::Float(b)) => a.as_f64()?.partial_cmp(b),
        _ => None,
    }
}

fn meant(body: &Json, filter: &Filter) -> bool {
    let some = |field: &str, holds: &dyn Fn(&Json) -> bool| {
        let leaf = field.split('.').fold(body, |value, step| &value[step]);
        leaf.as_array().map_or_else(|| holds(leaf), |items| items.iter().any(holds))
    };
    let equal = |field: &str, value: &Value| some(field, &|leaf| compare(leaf, value) == Some(Ordering::Equal));
    let end = |field: &str, value: &Option<Value>, fits: fn(Ordering) -> bool| match value {
        None => true,
        Some(Value::Null) => false,
        Some(value) => some(field, &|leaf| compare(leaf, value).is_some_and(fits)),
    };
    match filter {
        Filter::All => true,
        Filter::And(parts) => parts.iter().all(|part| meant(body, part)),
        Filter::Or(parts) => parts.iter().any(|part| meant(body, part)),
        Filter::Eq(field, value) => equal(field, value),
        Filter::Ne(field, value) => !equal(field, value),
        Filter::In(field, values) => values.iter().any(|value| equal(field, value)),
        Filter::Range { field, from, to } => end(field, from, Ordering::is_ge) && end(field, to, Ordering::is_lt),
        Filter::Exists(field, wanted) => equal(field, &Value::Null) != *wanted,
        Filter::Terms(field, terms) => terms.iter().all(|term| equal(field, &Value::from(term.as_str()))),
    }
}

/// A fresh draw every run; the assertion shows what it drew.
fn draw<T: std::fmt::Debug>(runner: &mut TestRunner, strategy: &impl Strategy<Value = T>) -> T {
    strategy.new_tree(runner).unwrap().current()
}

async fn agree(bench: &Bench, runner: &mut TestRunner, round: usize) {
    let owner = format!("usr_{round}");
    let space = Space::Tenant(&owner);
    let mut bodies = Vec::new();
    for n in 0..DOCUMENTS {
        let mut body = draw(runner, &document());
        body["id"] = json!(format!("d{n:02}"));
        bodies.push(body);
    }
    let outcome = bench.engine.insert_many(&THINGS, space, bodies.iter().cloned().map(raw).collect()).await.unwrap();
    assert_eq!(outcome.inserted, DOCUMENTS, "{:?}", outcome.refused);
    for _ in 0..FILTERS {
        let filter = draw(runner, &filter());
        let expected: Vec<&str> =
            bodies.iter().filter(|body| meant(body, &filter)).filter_map(|body| body["id"].as_str()).collect();
        let query = Query::new(filter.clone(), Order::oldest("id"), 1000);
        let found = ids(&bench.engine.find(&THINGS, space, &query).await.unwrap());
        assert_eq!(found, expected, "{filter:?} on {bodies:#?}");
        assert_eq!(bench.engine.count(&THINGS, space, &filter).await.unwrap(), expected.len() as u64);
    }
    bench.engine.delete_many(&THINGS, space, &Filter::All, 1000).await.unwrap();
}

contract! {
    filters_mean_what_the_oracle_says(bench) {
        let seed = *uuid::Uuid::new_v4().as_bytes();
        println!("seed {seed:?}");
        let rng = TestRng::from_seed(RngAlgorithm::XorShift, &seed);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        for round in 0..ROUNDS {
            agree(bench, &mut runner, round).await;
        }
    }
}
