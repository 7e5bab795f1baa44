//! Orders and cursors: total, also over mixed and missing values, and right while documents come and go.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value as Json, json};
use watchkeeper_docstore::{Cursor, Filter, Order, Query, Space, StoreError};

use crate::contract;
use crate::support::{A, B, Bench, PEOPLE, THINGS, ids, many, order, raw};

/// Documents in ascending order of `rank`: null and missing, numbers, texts, booleans; ids break ties.
const ORDERED: [(&str, &str); 13] = [
    ("a_missing", "-"),
    ("b_null", "null"),
    ("c", "-2.5"),
    ("d", "-2"),
    ("e", "0"),
    ("f1", "1"),
    ("f2", "1.0"),
    ("g", "9007199254740993"),
    ("h", "\"\""),
    ("i", "\"A\""),
    ("j", "\"a\""),
    ("k", "false"),
    ("l", "true"),
];

async fn ordered(bench: &Bench) {
    // Not in the order they are asked for.
    for (id, value) in ORDERED.iter().rev() {
        let mut body = json!({ "id": id });
        if let Ok(value) = serde_json::from_str::<Json>(value) {
            body["rank"] = value.clone();
            body["loose"] = value;
        }
        bench.put(&[body]).await;
    }
}

async fn refused(bench: &Bench, space: Space<'_>, order: Order, cursor: &str) {
    let query = Query::new(Filter::All, order, 10).after(Some(Cursor(cursor.to_owned())));
    let answer = bench.engine.find(&THINGS, space, &query).await;
    assert!(matches!(answer, Err(StoreError::InvalidCursor)), "{cursor}: {answer:?}");
}

contract! {
    mixed_values_have_one_order(bench) {
        ordered(bench).await;
        let up: Vec<&str> = ORDERED.iter().map(|(id, _)| *id).collect();
        let down: Vec<&str> = up.iter().rev().copied().collect();
        for field in ["rank", "loose"] {
            for limit in [1, 2, 3, 5, 100] {
                assert_eq!(bench.walk(A, order(field, true), limit).await, up, "{field} {limit}");
                assert_eq!(bench.walk(A, order(field, false), limit).await, down, "{field} {limit}");
            }
        }
        assert_eq!(bench.walk(A, order("id", true), 4).await, up);
        assert_eq!(bench.walk(A, order("id", false), 4).await, down);
    }

    equal_values_are_told_apart_by_id(bench) {
        let raws = many("t", 25, |n| json!({ "at": n / 10 }));
        bench.engine.insert_many(&THINGS, A, raws).await.unwrap();
        let all = bench.walk(A, Order::oldest("at"), 4).await;
        let mut sorted = all.clone();
        sorted.sort();
        assert_eq!(all, sorted);
        assert_eq!(all.len(), 25);
        let mut down = bench.walk(A, Order::newest("at"), 7).await;
        down.reverse();
        assert_eq!(down, all);
    }

    every_space_pages_over_equal_ids(bench) {
        for space in [A, B] {
            bench.put_in(space, &[json!({ "id": "schedule", "at": 5 }), json!({ "id": "second", "at": 5 })]).await;
        }
        for ascending in [true, false] {
            let all = bench.walk(Space::Every, order("at", ascending), 1).await;
            assert_eq!(all.len(), 4, "{all:?}");
            assert_eq!(all.iter().filter(|id| *id == "schedule").count(), 2);
        }
    }

    cursors_stay_right_while_documents_come_and_go(bench) {
        let raws = many("old", 20, |n| json!({ "at": n * 10 }));
        bench.engine.insert_many(&THINGS, A, raws).await.unwrap();
        let first = bench.engine.find(&THINGS, A, &Query::new(Filter::All, Order::newest("at"), 8)).await.unwrap();
        let mut seen = ids(&first);
        // Newer ones, older ones, and the very row the cursor points at.
        bench.put(&[json!({ "id": "new", "at": 1000 }), json!({ "id": "between", "at": 195 })]).await;
        bench.put(&[json!({ "id": "late", "at": 5 })]).await;
        assert!(bench.engine.delete(&THINGS, A, seen.last().unwrap()).await.unwrap());
        let mut after = first.next;
        while let Some(cursor) = after {
            let query = Query::new(Filter::All, Order::newest("at"), 8).after(Some(cursor));
            let page = bench.engine.find(&THINGS, A, &query).await.unwrap();
            seen.extend(ids(&page));
            after = page.next;
        }
        let mut expected: Vec<String> = (0..20).rev().map(|n| format!("old{n:04}")).collect();
        expected.insert(19, "late".to_owned());
        assert_eq!(seen, expected);
    }

    the_last_page_has_no_cursor(bench) {
        let raws = many("x", 10, |n| json!({ "at": n }));
        bench.engine.insert_many(&THINGS, A, raws).await.unwrap();
        let query = |limit| Query::new(Filter::All, Order::oldest("at"), limit);
        assert!(bench.engine.find(&THINGS, A, &query(10)).await.unwrap().next.is_none());
        assert!(bench.engine.find(&THINGS, A, &query(9)).await.unwrap().next.is_some());
        assert_eq!(bench.engine.find(&THINGS, A, &query(0)).await.unwrap().items.len(), 1);
        assert_eq!(bench.engine.find(&THINGS, A, &query(u32::MAX)).await.unwrap().items.len(), 10);
    }

    forged_cursors_are_refused(bench) {
        bench.put(&[json!({ "id": "1", "at": 1, "rank": 1 }), json!({ "id": "2", "at": 2, "rank": 2 })]).await;
        bench.put_in(B, &[json!({ "id": "1", "at": 1 }), json!({ "id": "2", "at": 2 })]).await;
        let by_at = Order::oldest("at");
        for junk in ["", "x", "!!!", "bm90IGpzb24", "W10", "e30", "bnVsbA", "WyJhIiwxLDIsM10"] {
            refused(bench, A, by_at, junk).await;
        }
        refused(bench, A, by_at, &"A".repeat(1_000_000)).await;
        let query = Query::new(Filter::All, by_at, 1);
        let mine = bench.engine.find(&THINGS, A, &query).await.unwrap().next.unwrap().0;
        let theirs = bench.engine.find(&THINGS, B, &query).await.unwrap().next.unwrap().0;
        // Of another list, another direction, another tenant.
        refused(bench, A, Order::oldest("rank"), &mine).await;
        refused(bench, A, Order::newest("at"), &mine).await;
        refused(bench, A, by_at, &theirs).await;
        for forged in [
            json!(["things+at", { "bits": 0x7ff0_0000_0000_0000_u64 }, "usr_a", "1"]),
            json!(["things+at", { "$gt": 0 }, "usr_a", "1"]),
            json!(["things+at", [1], "usr_a", "1"]),
            json!(["things+at", 1, { "$ne": 1 }, "1"]),
            json!(["things+at", 1, "usr_a", 1]),
            json!(["things+at", 1, "usr_a"]),
        ] {
            refused(bench, A, by_at, &URL_SAFE_NO_PAD.encode(forged.to_string())).await;
        }
        // One that could have been handed out only moves within the forger's own rows.
        let forged = URL_SAFE_NO_PAD.encode(json!(["things+at", null, "usr_a", ""]).to_string());
        let page = bench.engine.find(&THINGS, A, &Query::new(Filter::All, by_at, 10).after(Some(Cursor(forged)))).await;
        assert!(page.unwrap().items.iter().all(|raw| raw.user_id.as_deref() == Some("usr_a")));
    }

    system_collections_page_too(bench) {
        for n in 0..5 {
            let person = raw(json!({ "id": format!("p{n}"), "email": format!("{n}@example.org") }));
            bench.engine.insert(&PEOPLE, Space::System, person).await.unwrap();
        }
        let query = Query::new(Filter::All, Order::oldest("email"), 2);
        let first = bench.engine.find(&PEOPLE, Space::System, &query).await.unwrap();
        assert_eq!(ids(&first), ["p0", "p1"]);
        assert!(first.items.iter().all(|raw| raw.user_id.is_none()));
        let second = bench.engine.find(&PEOPLE, Space::System, &query.clone().after(first.next)).await.unwrap();
        assert_eq!(ids(&second), ["p2", "p3"]);
    }
}
