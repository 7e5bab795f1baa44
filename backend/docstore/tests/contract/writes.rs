//! Inserts, unique keys, compare-and-set, upserts, updates, deletes.

use serde_json::{Map, json};
use watchkeeper_docstore::{Filter, Revision, Space, StoreError};

use crate::contract;
use crate::support::{A, B, PEOPLE, THINGS, many, object, raw};

fn duplicate<T: std::fmt::Debug>(answer: Result<T, StoreError>) -> String {
    match answer {
        Err(StoreError::Duplicate { index }) => index,
        other => panic!("{other:?}"),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "answers are made to be judged")]
fn misuse<T: std::fmt::Debug>(answer: Result<T, StoreError>) {
    assert!(matches!(answer, Err(StoreError::Internal(_))), "{answer:?}");
}

contract! {
    a_document_comes_back_as_it_was(bench) {
        let body = json!({
            "id": "x", "int": 7, "neg": -1, "half": 0.5, "tiny": 1e-300, "text": "ä\u{0}\"'\\", "yes": true, "null": null,
            "list": [1, "two", [3], { "four": 4 }], "empty": {}, "none": [],
            "tags": { "a.b": "dot", "$set": "dollar", "100%": "percent", "": "empty", "nul\u{0}": 1, "%2E": 2 },
        });
        bench.put(std::slice::from_ref(&body)).await;
        let stored = bench.get("x").await.unwrap();
        assert_eq!(json!(stored.body), body);
        assert_eq!((stored.rev, stored.user_id.as_deref(), stored.expires_at), (Revision(1), Some("usr_a"), None));
        assert!(bench.get("y").await.is_none());
    }

    ids_are_unique_in_a_space(bench) {
        bench.put(&[json!({ "id": "x", "n": 1 })]).await;
        let again = bench.engine.insert(&THINGS, A, raw(json!({ "id": "x", "n": 2 }))).await;
        assert_eq!(duplicate(again), "_id");
        bench.put_in(B, &[json!({ "id": "x", "n": 3 })]).await;
        assert_eq!(bench.get("x").await.unwrap().body["n"], json!(1));
    }

    unique_keys_conflict_within_a_space(bench) {
        bench.put(&[json!({ "id": "1", "host": "h", "port": 1 }), json!({ "id": "2", "host": "h", "port": 2 })]).await;
        let same = bench.engine.insert(&THINGS, A, raw(json!({ "id": "3", "host": "h", "port": 1 }))).await;
        assert_eq!(duplicate(same), "place");
        bench.put_in(B, &[json!({ "id": "3", "host": "h", "port": 1 })]).await;
    }

    a_missing_key_is_null(bench) {
        // One key of two: null equals null, and missing is null.
        bench.put(&[json!({ "id": "1", "host": "h" })]).await;
        let null = bench.engine.insert(&THINGS, A, raw(json!({ "id": "2", "host": "h", "port": null }))).await;
        assert_eq!(duplicate(null), "place");
        let missing = bench.engine.insert(&THINGS, A, raw(json!({ "id": "2", "host": "h" }))).await;
        assert_eq!(duplicate(missing), "place");
        // No key at all: any number of them.
        bench.put(&[json!({ "id": "3" }), json!({ "id": "4" }), json!({ "id": "5", "host": null, "port": null })]).await;
        assert_eq!(bench.ids(Filter::Exists("host", false)).await, ["3", "4", "5"]);
        assert_eq!(bench.ids(Filter::eq("host", "h")).await, ["1"]);
    }

    kinds_of_keys_differ(bench) {
        bench.put(&[json!({ "id": "1", "token": 1 }), json!({ "id": "2", "token": "1" })]).await;
        bench.put(&[json!({ "id": "3", "token": true }), json!({ "id": "4", "token": "" })]).await;
        assert_eq!(duplicate(bench.engine.insert(&THINGS, A, raw(json!({ "id": "5", "token": 1.0 }))).await), "token");
        assert_eq!(duplicate(bench.engine.insert(&THINGS, A, raw(json!({ "id": "5", "token": "" }))).await), "token");
    }

    global_keys_conflict_across_tenants(bench) {
        bench.put(&[json!({ "id": "1", "token": "t" }), json!({ "id": "2" })]).await;
        bench.put_in(B, &[json!({ "id": "2" }), json!({ "id": "3", "token": null })]).await;
        let taken = bench.engine.insert(&THINGS, B, raw(json!({ "id": "1", "token": "t" }))).await;
        assert_eq!(duplicate(taken), "token");
    }

    system_documents_have_unique_keys(bench) {
        let insert = |body| bench.engine.insert(&PEOPLE, Space::System, raw(body));
        insert(json!({ "id": "1", "email": "a@example.org" })).await.unwrap();
        assert_eq!(duplicate(insert(json!({ "id": "2", "email": "a@example.org" })).await), "email");
        assert_eq!(duplicate(insert(json!({ "id": "1", "email": "b@example.org" })).await), "_id");
        let found = bench.engine.get(&PEOPLE, Space::System, "1").await.unwrap().unwrap();
        assert_eq!(found.user_id, None);
    }

    a_bulk_insert_keeps_what_fits(bench) {
        bench.put(&[json!({ "id": "n0003" }), json!({ "id": "holder", "host": "h", "port": 7 })]).await;
        let mut raws = many("n", 10, |n| if n == 7 { json!({ "host": "h", "port": 7 }) } else { json!({ "n": n }) });
        raws.push(raw(json!({ "id": "n0001", "n": "again" })));
        let outcome = bench.engine.insert_many(&THINGS, A, raws).await.unwrap();
        assert_eq!(outcome.inserted, 8);
        let refused: Vec<(usize, String)> = outcome.refused.into_iter().map(|(at, why)| (at, duplicate::<()>(Err(why)))).collect();
        assert_eq!(refused, [(3, "_id".to_owned()), (7, "place".to_owned()), (10, "_id".to_owned())]);
        assert_eq!(bench.engine.count(&THINGS, A, &Filter::All).await.unwrap(), 10);
        assert_eq!(bench.get("n0001").await.unwrap().body["n"], json!(1));
        assert_eq!(bench.engine.insert_many(&THINGS, A, vec![]).await.unwrap().inserted, 0);
    }

    replace_is_compare_and_set(bench) {
        bench.put(&[json!({ "id": "x", "n": 1, "gone": true })]).await;
        let body = |n: i32| raw(json!({ "id": "x", "n": n }));
        assert_eq!(bench.engine.replace(&THINGS, A, body(2), Revision(1)).await.unwrap(), Revision(2));
        let stale = bench.engine.replace(&THINGS, A, body(3), Revision(1)).await;
        assert!(matches!(stale, Err(StoreError::Conflict)), "{stale:?}");
        let stored = bench.get("x").await.unwrap();
        assert_eq!((json!(stored.body), stored.rev), (json!({ "id": "x", "n": 2 }), Revision(2)));
        bench.engine.delete(&THINGS, A, "x").await.unwrap();
        let gone = bench.engine.replace(&THINGS, A, body(4), Revision(2)).await;
        assert!(matches!(gone, Err(StoreError::Conflict)), "{gone:?}");
    }

    replace_minds_unique_keys(bench) {
        bench.put(&[json!({ "id": "1", "token": "a" }), json!({ "id": "2", "token": "b" })]).await;
        let taken = bench.engine.replace(&THINGS, A, raw(json!({ "id": "2", "token": "a" })), Revision(1)).await;
        assert_eq!(duplicate(taken), "token");
        // Its own key is no obstacle; a key that was given up is free, and can be taken back from a keyless document.
        bench.engine.replace(&THINGS, A, raw(json!({ "id": "1", "token": "a", "n": 1 })), Revision(1)).await.unwrap();
        bench.engine.replace(&THINGS, A, raw(json!({ "id": "1", "token": null })), Revision(2)).await.unwrap();
        bench.engine.replace(&THINGS, A, raw(json!({ "id": "2", "token": "a" })), Revision(1)).await.unwrap();
        let back = bench.engine.replace(&THINGS, A, raw(json!({ "id": "1", "token": "a" })), Revision(3)).await;
        assert_eq!(duplicate(back), "token");
        bench.engine.replace(&THINGS, A, raw(json!({ "id": "1", "token": "c" })), Revision(3)).await.unwrap();
    }

    upsert_inserts_or_replaces(bench) {
        bench.engine.upsert(&THINGS, A, raw(json!({ "id": "x", "n": 1 }))).await.unwrap();
        bench.engine.upsert(&THINGS, A, raw(json!({ "id": "x", "m": 2 }))).await.unwrap();
        let stored = bench.get("x").await.unwrap();
        assert_eq!((json!(stored.body), stored.rev), (json!({ "id": "x", "m": 2 }), Revision(2)));
        // Who read it before the upsert has lost.
        let stale = bench.engine.replace(&THINGS, A, raw(json!({ "id": "x" })), Revision(1)).await;
        assert!(matches!(stale, Err(StoreError::Conflict)));
        bench.put(&[json!({ "id": "y", "token": "t" })]).await;
        assert_eq!(duplicate(bench.engine.upsert(&THINGS, A, raw(json!({ "id": "x", "token": "t" }))).await), "token");
        assert_eq!(duplicate(bench.engine.upsert(&THINGS, A, raw(json!({ "id": "z", "token": "t" }))).await), "token");
    }

    update_sets_fields_of_every_match(bench) {
        bench.put(&[json!({ "id": "1", "state": "a", "terms": ["old"] }), json!({ "id": "2", "state": "a" })]).await;
        bench.put(&[json!({ "id": "3", "state": "b" })]).await;
        let set = object(json!({ "state": "c", "at": 5, "extra": { "a.b": [1] }, "terms": ["new"] }));
        assert_eq!(bench.engine.update(&THINGS, A, &Filter::eq("state", "a"), set).await.unwrap(), 2);
        assert_eq!(bench.ids(Filter::eq("state", "c")).await, ["1", "2"]);
        assert_eq!(bench.ids(Filter::eq("at", 5_i64)).await, ["1", "2"]);
        assert_eq!(bench.ids(Filter::Terms("terms", vec!["new".to_owned()])).await, ["1", "2"]);
        assert!(bench.ids(Filter::Terms("terms", vec!["old".to_owned()])).await.is_empty());
        let stored = bench.get("1").await.unwrap();
        assert_eq!((stored.rev, &stored.body["extra"]), (Revision(2), &json!({ "a.b": [1] })));
        assert_eq!(bench.engine.update(&THINGS, A, &Filter::eq("state", "gone"), Map::new()).await.unwrap(), 0);
    }

    elements_follow_their_document(bench) {
        bench.put(&[json!({ "id": "1", "spent": ["a", "b", "a"] }), json!({ "id": "2", "spent": ["a"] })]).await;
        assert_eq!(bench.ids(Filter::eq("spent", "a")).await, ["1", "2"]);
        bench.engine.replace(&THINGS, A, raw(json!({ "id": "1", "spent": ["c"] })), Revision(1)).await.unwrap();
        assert_eq!(bench.ids(Filter::eq("spent", "a")).await, ["2"]);
        assert_eq!(bench.ids(Filter::eq("spent", "c")).await, ["1"]);
        bench.engine.delete(&THINGS, A, "2").await.unwrap();
        assert!(bench.ids(Filter::eq("spent", "a")).await.is_empty());
    }

    deletes(bench) {
        bench.put(&[json!({ "id": "x" })]).await;
        assert!(bench.engine.delete(&THINGS, A, "x").await.unwrap());
        assert!(!bench.engine.delete(&THINGS, A, "x").await.unwrap());
        let raws = many("d", 2500, |n| json!({ "state": if n % 5 == 0 { "keep" } else { "go" } }));
        bench.engine.insert_many(&THINGS, A, raws).await.unwrap();
        let go = Filter::eq("state", "go");
        assert_eq!(bench.engine.delete_many(&THINGS, A, &go, 0).await.unwrap(), 0);
        assert_eq!(bench.engine.delete_many(&THINGS, A, &go, 3).await.unwrap(), 3);
        assert_eq!(bench.engine.delete_many(&THINGS, A, &go, 1500).await.unwrap(), 1500);
        assert_eq!(bench.engine.delete_many(&THINGS, A, &go, u32::MAX).await.unwrap(), 497);
        assert_eq!(bench.engine.count(&THINGS, A, &Filter::All).await.unwrap(), 500);
    }

    mistakes_of_the_caller_are_refused(bench) {
        let insert = |body| bench.engine.insert(&THINGS, A, raw(body));
        misuse(insert(json!({ "id": "1", "user_id": "usr_b" })).await);
        misuse(insert(json!({ "id": "1", "rev": 5 })).await);
        misuse(insert(json!({ "id": "1", "_id": "x" })).await);
        misuse(insert(json!({ "id": "1", "$set": 1 })).await);
        misuse(insert(json!({ "id": "1", "a.b": 1 })).await);
        misuse(insert(json!({ "id": "1", "at": [1] })).await);
        misuse(insert(json!({ "id": "1", "inner": [{ "deep": 1 }] })).await);
        misuse(insert(json!({ "id": "" })).await);
        let mut other = raw(json!({ "id": "1" }));
        other.body.insert("id".to_owned(), json!("2"));
        misuse(bench.engine.insert(&THINGS, A, other).await);
        bench.put(&[json!({ "id": "1" })]).await;
        for set in [json!({ "id": "2" }), json!({ "user_id": "usr_b" }), json!({ "rev": 1 }), json!({ "token": "t" }),
            json!({ "host": "h" }), json!({ "at": {} }), json!({ "a.b": 1 }), json!({ "$inc": { "rev": 1 } })] {
            misuse(bench.engine.update(&THINGS, A, &Filter::All, object(set)).await);
        }
        let stored = bench.get("1").await.unwrap();
        assert_eq!((json!(stored.body), stored.rev), (json!({ "id": "1" }), Revision(1)));
    }
}
