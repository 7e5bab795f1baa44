//! Counts by field and time histograms.

use serde_json::json;
use watchkeeper_docstore::{Bucket, Filter, StoreError};

use crate::contract;
use crate::support::{A, B, Bench, THINGS};

async fn histogram(bench: &Bench, width: i64) -> Vec<(i64, u64)> {
    let buckets = bench.engine.histogram(&THINGS, A, "at", &Filter::All, width).await.unwrap();
    buckets.into_iter().map(|Bucket { start, count }| (start, count)).collect()
}

contract! {
    counts(bench) {
        bench.put(&[json!({ "id": "1", "state": "open" }), json!({ "id": "2", "state": "open" }), json!({ "id": "3" })]).await;
        bench.put_in(B, &[json!({ "id": "1", "state": "open" })]).await;
        assert_eq!(bench.engine.count(&THINGS, A, &Filter::All).await.unwrap(), 3);
        assert_eq!(bench.engine.count(&THINGS, A, &Filter::eq("state", "open")).await.unwrap(), 2);
        assert_eq!(bench.engine.count(&THINGS, A, &Filter::eq("state", "gone")).await.unwrap(), 0);
    }

    counts_by_field_most_frequent_first(bench) {
        let states = ["open", "open", "open", "done", "done", "ack"];
        for (n, state) in states.iter().enumerate() {
            bench.put(&[json!({ "id": format!("s{n}"), "state": state, "loose": { "kind": state }, "at": n })]).await;
        }
        bench.put(&[json!({ "id": "none" }), json!({ "id": "null", "state": null })]).await;
        bench.put_in(B, &[json!({ "id": "b", "state": "ack" }), json!({ "id": "c", "state": "ack" })]).await;
        let by = |field, filter, limit| async move { bench.engine.count_by(&THINGS, A, field, &filter, limit).await.unwrap() };
        // Equal counts come in the order of their values.
        let expected = vec![(json!("open"), 3), (json!(null), 2), (json!("done"), 2), (json!("ack"), 1)];
        assert_eq!(by("state", Filter::All, 10).await, expected);
        assert_eq!(by("state", Filter::All, 2).await, expected[..2]);
        let late = by("loose.kind", Filter::range("at", Some(3), None), 10).await;
        assert_eq!(late, vec![(json!("done"), 2), (json!("ack"), 1)]);
        assert!(by("state", Filter::eq("state", "gone"), 10).await.is_empty());
    }

    counts_by_kinds_of_values(bench) {
        for (n, value) in [json!(1), json!(1.0), json!(true), json!("1"), json!(2.5)].into_iter().enumerate() {
            bench.put(&[json!({ "id": format!("v{n}"), "loose": value })]).await;
        }
        let counted = bench.engine.count_by(&THINGS, A, "loose", &Filter::All, 10).await.unwrap();
        assert_eq!(counted, vec![(json!(1), 2), (json!(2.5), 1), (json!("1"), 1), (json!(true), 1)]);
    }

    histograms_around_zero(bench) {
        for (n, at) in [-1001, -1000, -999, -1, 0, 1, 999, 1000, 2500].iter().enumerate() {
            bench.put(&[json!({ "id": format!("h{n}"), "at": at })]).await;
        }
        bench.put(&[json!({ "id": "none" }), json!({ "id": "null", "at": null }), json!({ "id": "text", "at": "5" })]).await;
        assert_eq!(histogram(bench, 1000).await, [(-2000, 1), (-1000, 3), (0, 3), (1000, 1), (2000, 1)]);
        assert_eq!(histogram(bench, 1).await.len(), 9);
        assert_eq!(histogram(bench, 1_000_000).await, [(-1_000_000, 4), (0, 5)]);
        let some = bench.engine.histogram(&THINGS, A, "at", &Filter::range("at", Some(0), Some(1000)), 500).await.unwrap();
        assert_eq!(some, [Bucket { start: 0, count: 2 }, Bucket { start: 500, count: 1 }]);
    }

    histograms_of_real_times(bench) {
        let minute = 60_000_i64;
        let start = 1_767_225_600_000_i64;
        for n in 0..10 {
            bench.put(&[json!({ "id": format!("m{n}"), "at": start + n * 25_000 })]).await;
        }
        let expected = [(start, 3), (start + minute, 2), (start + 2 * minute, 3), (start + 3 * minute, 2)];
        assert_eq!(histogram(bench, minute).await, expected);
    }

    histogram_widths_are_positive(bench) {
        for width in [0, -1, i64::MIN] {
            let refused = bench.engine.histogram(&THINGS, A, "at", &Filter::All, width).await;
            assert!(matches!(refused, Err(StoreError::Internal(_))));
        }
        bench.put(&[json!({ "id": "1", "at": 5 })]).await;
        assert_eq!(histogram(bench, 3_155_760_000_000).await, [(0, 1)]);
    }
}
