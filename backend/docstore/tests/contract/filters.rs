//! Every filter on scalars, missing fields, nulls, dotted paths and arrays; indexed and not.

use serde_json::json;
use watchkeeper_docstore::{Filter, Value};

use crate::contract;
use crate::support::Bench;

/// The same values under an indexed field (`rank`) and one that no index names (`loose`).
async fn mixed(bench: &Bench) {
    let values = [
        ("int1", json!(1)),
        ("int2", json!(2)),
        ("half", json!(1.5)),
        ("neg", json!(-3)),
        ("zero", json!(0)),
        ("text1", json!("1")),
        ("empty", json!("")),
        ("yes", json!(true)),
        ("no", json!(false)),
        ("null", json!(null)),
    ];
    for (id, value) in values {
        bench.put(&[json!({ "id": id, "rank": value, "loose": value })]).await;
    }
    bench.put(&[json!({ "id": "missing" })]).await;
}

async fn same(bench: &Bench, expected: &[&str], filter: impl Fn(&'static str) -> Filter) {
    let mut expected: Vec<&str> = expected.to_vec();
    expected.sort_unstable();
    for field in ["rank", "loose"] {
        let filter = filter(field);
        assert_eq!(bench.ids(filter.clone()).await, expected, "{filter:?}");
    }
}

fn eq(value: impl Into<Value> + Clone) -> impl Fn(&'static str) -> Filter {
    move |field| Filter::eq(field, value.clone())
}

fn range(from: Option<Value>, to: Option<Value>) -> impl Fn(&'static str) -> Filter {
    move |field| Filter::Range { field, from: from.clone(), to: to.clone() }
}

contract! {
    equality_keeps_kinds_apart(bench) {
        mixed(bench).await;
        same(bench, &["int1"], eq(1_i64)).await;
        same(bench, &["int1"], eq(1.0)).await;
        same(bench, &["half"], eq(1.5)).await;
        same(bench, &["text1"], eq("1")).await;
        same(bench, &["empty"], eq("")).await;
        same(bench, &["yes"], eq(true)).await;
        same(bench, &["no"], eq(false)).await;
        same(bench, &["zero"], eq(0_i64)).await;
    }

    null_is_missing_too(bench) {
        mixed(bench).await;
        same(bench, &["null", "missing"], |f| Filter::Eq(f, Value::Null)).await;
        same(bench, &["null", "missing"], |f| Filter::Exists(f, false)).await;
        let present = ["int1", "int2", "half", "neg", "zero", "text1", "empty", "yes", "no"];
        same(bench, &present, |f| Filter::Ne(f, Value::Null)).await;
        same(bench, &present, |f| Filter::Exists(f, true)).await;
        same(bench, &["int1", "null", "missing"], |f| Filter::In(f, vec![Value::Null, Value::Int(1)])).await;
    }

    not_equal_matches_missing(bench) {
        mixed(bench).await;
        let others = ["int2", "half", "neg", "zero", "text1", "empty", "yes", "no", "null", "missing"];
        same(bench, &others, |f| Filter::Ne(f, Value::Int(1))).await;
    }

    any_of_a_list(bench) {
        mixed(bench).await;
        same(bench, &[], |f| Filter::In(f, vec![])).await;
        same(bench, &["int1", "text1", "yes"], |f| Filter::In(f, vec![1_i64.into(), "1".into(), true.into()])).await;
    }

    ranges_keep_to_one_kind(bench) {
        mixed(bench).await;
        same(bench, &["zero", "int1", "half"], range(Some(0_i64.into()), Some(2_i64.into()))).await;
        same(bench, &["neg", "zero"], range(None, Some(1_i64.into()))).await;
        same(bench, &["half", "int2"], range(Some(1.2.into()), None)).await;
        same(bench, &["empty", "text1"], range(Some("".into()), None)).await;
        same(bench, &["text1"], range(Some("0".into()), Some("2".into()))).await;
        same(bench, &["no", "yes"], range(Some(false.into()), None)).await;
        same(bench, &["no"], range(None, Some(true.into()))).await;
        same(bench, &[], range(Some(1_i64.into()), Some("2".into()))).await;
        same(bench, &[], range(Some(2_i64.into()), Some(2_i64.into()))).await;
        same(bench, &[], range(Some(Value::Null), None)).await;
        let present = ["int1", "int2", "half", "neg", "zero", "text1", "empty", "yes", "no"];
        same(bench, &present, range(None, None)).await;
    }

    large_integers_stay_exact(bench) {
        let big = 9_007_199_254_740_993_i64;
        for (id, n) in [("a", big - 1), ("b", big), ("c", big + 1), ("d", i64::MAX), ("e", i64::MIN)] {
            bench.put(&[json!({ "id": id, "rank": n, "loose": n })]).await;
        }
        same(bench, &["b"], eq(big)).await;
        same(bench, &["c", "d"], range(Some((big + 1).into()), None)).await;
        same(bench, &["d"], eq(i64::MAX)).await;
        same(bench, &["e"], eq(i64::MIN)).await;
        assert_eq!(bench.get("b").await.unwrap().body["rank"], json!(big));
    }

    and_or_and_their_empty_forms(bench) {
        mixed(bench).await;
        let one = |f| Filter::eq(f, 1_i64);
        same(bench, &["int1", "int2"], move |f| Filter::Or(vec![one(f), Filter::eq(f, 2_i64)])).await;
        same(bench, &["int1"], move |f| Filter::And(vec![one(f), Filter::Exists(f, true)])).await;
        same(bench, &[], |_| Filter::Or(vec![])).await;
        assert_eq!(bench.ids(Filter::And(vec![])).await.len(), 11);
        assert_eq!(bench.ids(Filter::All).await.len(), 11);
        let nested = |f| Filter::And(vec![Filter::Or(vec![one(f), Filter::eq(f, true)]), Filter::Ne(f, true.into())]);
        same(bench, &["int1"], nested).await;
    }

    dotted_paths(bench) {
        bench.put(&[
            json!({ "id": "hit", "inner": { "deep": 5 }, "free": { "deep": { "er": "x" } } }),
            json!({ "id": "other", "inner": { "deep": 6 }, "free": { "deep": { "er": "y" } } }),
            json!({ "id": "flat", "inner": 5, "free": "x" }),
            json!({ "id": "none" }),
            json!({ "id": "null", "inner": null, "free": { "deep": null } }),
        ]).await;
        assert_eq!(bench.ids(Filter::eq("inner.deep", 5_i64)).await, ["hit"]);
        assert_eq!(bench.ids(Filter::eq("free.deep.er", "x")).await, ["hit"]);
        assert_eq!(bench.ids(Filter::Eq("inner.deep", Value::Null)).await, ["flat", "none", "null"]);
        assert_eq!(bench.ids(Filter::Eq("free.deep.er", Value::Null)).await, ["flat", "none", "null"]);
        assert_eq!(bench.ids(Filter::range("inner.deep", Some(6), None)).await, ["other"]);
    }

    arrays_match_by_element(bench) {
        bench.put(&[
            json!({ "id": "ab", "loose": ["a", "b"], "spent": ["s1", "s2"], "nums": [1, 9] }),
            json!({ "id": "b", "loose": ["b"], "spent": ["s3"], "nums": [5] }),
            json!({ "id": "none", "loose": [], "spent": [], "nums": [] }),
            json!({ "id": "scalar", "loose": "a", "nums": 7 }),
            json!({ "id": "hole", "loose": [null] }),
        ]).await;
        assert_eq!(bench.ids(Filter::eq("loose", "a")).await, ["ab", "scalar"]);
        assert_eq!(bench.ids(Filter::Ne("loose", "b".into())).await, ["hole", "none", "scalar"]);
        assert_eq!(bench.ids(Filter::In("loose", vec!["a".into(), "b".into()])).await, ["ab", "b", "scalar"]);
        assert_eq!(bench.ids(Filter::Eq("loose", Value::Null)).await, ["hole"]);
        assert_eq!(bench.ids(Filter::eq("spent", "s2")).await, ["ab"]);
        assert_eq!(bench.ids(Filter::In("spent", vec!["s1".into(), "s2".into(), "s3".into()])).await, ["ab", "b"]);
        assert_eq!(bench.ids(Filter::range("nums", Some(5), Some(8))).await, ["ab", "b", "scalar"]);
    }

    paths_run_through_arrays(bench) {
        bench.put(&[
            json!({ "id": "one", "list": [{ "n": 1, "tags": ["x", "y"] }, { "n": 2 }] }),
            json!({ "id": "two", "list": [{ "n": 3, "tags": ["z"] }] }),
            json!({ "id": "object", "list": { "n": 1 } }),
        ]).await;
        assert_eq!(bench.ids(Filter::eq("list.n", 1_i64)).await, ["object", "one"]);
        assert_eq!(bench.ids(Filter::eq("list.tags", "y")).await, ["one"]);
        assert_eq!(bench.ids(Filter::range("list.n", Some(2), None)).await, ["one", "two"]);
    }

    all_terms(bench) {
        for (id, words) in [("1", json!(["disk", "full", "db"])), ("2", json!(["disk", "slow"])), ("3", json!([]))] {
            bench.put(&[json!({ "id": id, "terms": words, "loose": words })]).await;
        }
        bench.put(&[json!({ "id": "4", "terms": null })]).await;
        let terms = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        for field in ["terms", "loose"] {
            assert_eq!(bench.ids(Filter::Terms(field, terms(&["disk"]))).await, ["1", "2"]);
            assert_eq!(bench.ids(Filter::Terms(field, terms(&["disk", "full"]))).await, ["1"]);
            assert!(bench.ids(Filter::Terms(field, terms(&["disk", "gone"]))).await.is_empty());
            assert!(bench.ids(Filter::Terms(field, vec![])).await.is_empty());
        }
    }

    values_cannot_become_code(bench) {
        let hostile = [
            "' OR 1=1 --", "\"; DROP TABLE things; --", "$where", "{\"$gt\": \"\"}", "a.b.c", "$", "%", "_", "\\", "nul\u{0}nul", "*",
            "\u{feff}bom", "𝄞", "a\nb",
        ];
        for (n, text) in hostile.iter().enumerate() {
            bench.put(&[json!({ "id": format!("h{n:02}"), "state": text, "loose": text, "terms": [text], "host": text })]).await;
        }
        for (n, text) in hostile.iter().enumerate() {
            let id = format!("h{n:02}");
            for filter in [
                Filter::eq("state", *text),
                Filter::eq("loose", *text),
                Filter::eq("host", *text),
                Filter::Terms("terms", vec![(*text).to_owned()]),
                Filter::In("loose", vec![(*text).into()]),
            ] {
                assert_eq!(bench.ids(filter.clone()).await, [id.as_str()], "{filter:?}");
            }
            assert_eq!(bench.get(&id).await.unwrap().body["state"], json!(text));
        }
        for (n, id) in hostile.iter().enumerate() {
            if !id.is_empty() {
                bench.put(&[json!({ "id": id, "n": n })]).await;
                assert_eq!(bench.get(id).await.unwrap().body["n"], json!(n));
                assert_eq!(bench.ids(Filter::eq("id", *id)).await, [*id]);
            }
        }
    }

    field_names_are_checked(bench) {
        for field in ["a'b", "a b", "$where", "a..b", "", ".a", "a.", "a\"", "a\u{0}", "_id", "x.$y"] {
            let refused = bench.engine.count(&crate::support::THINGS, crate::support::A, &Filter::eq(field, 1_i64)).await;
            assert!(refused.is_err(), "{field:?}");
        }
    }
}
