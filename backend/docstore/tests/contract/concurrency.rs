//! Many at once: claims, compare-and-set, unique keys, starts.

use std::collections::BTreeSet;

use futures::future::join_all;
use serde_json::json;
use watchkeeper_docstore::{Claim, Filter, Order, Query, Revision, Space, StoreError, open};

use crate::contract;
use crate::support::{A, ALL, B, THINGS, many, object, parsed, raw};

fn due(now: i64, lease_until: i64, owner: &str) -> Claim {
    let filter = Filter::eq("active", true).and(Filter::range("due", None, Some(now + 1))).and(Filter::range(
        "lease_until",
        None,
        Some(now + 1),
    ));
    let set = object(json!({ "lease_until": lease_until, "lease_owner": owner }));
    Claim { query: Query::new(filter, Order::oldest("due"), 1), set, increment: Some("attempt") }
}

contract! {
    no_document_is_claimed_twice(bench) {
        for (space, prefix) in [(A, "a"), (B, "b")] {
            let raws = many(prefix, 250, |n| json!({ "active": true, "due": n, "lease_until": 0, "attempt": 0 }));
            bench.engine.insert_many(&THINGS, space, raws).await.unwrap();
        }
        bench.put(&[json!({ "id": "off", "active": false, "due": 0, "lease_until": 0 })]).await;
        bench.put(&[json!({ "id": "later", "active": true, "due": 5000, "lease_until": 0 })]).await;
        let claimers = (0..8).map(|n| async move {
            let claim = due(1000, 9000, &format!("server{n}"));
            let mut claimed = Vec::new();
            while let Some(raw) = bench.engine.claim(&THINGS, Space::Every, &claim).await.unwrap().map(parsed) {
                assert_eq!(raw.body["lease_owner"], json!(format!("server{n}")));
                assert_eq!((&raw.body["attempt"], raw.rev), (&json!(1), Revision(2)));
                claimed.push((raw.user_id.unwrap(), raw.id));
            }
            claimed
        });
        let claimed = join_all(claimers).await.concat();
        assert_eq!(claimed.len(), 500);
        assert_eq!(claimed.iter().collect::<BTreeSet<_>>().len(), 500);
    }

    claims_come_in_order_and_leases_run_out(bench) {
        bench.put(&[json!({ "id": "2", "active": true, "due": 20, "lease_until": 0 })]).await;
        bench.put(&[json!({ "id": "1", "active": true, "due": 10, "lease_until": 0 })]).await;
        let claim = due(100, 200, "one");
        let first = bench.engine.claim(&THINGS, A, &claim).await.unwrap().map(parsed).unwrap();
        let second = bench.engine.claim(&THINGS, Space::Every, &claim).await.unwrap().unwrap();
        assert_eq!((first.id.as_str(), second.id.as_str()), ("1", "2"));
        assert_eq!(first.body["attempt"], json!(1), "a missing counter starts at nothing");
        assert!(bench.engine.claim(&THINGS, A, &claim).await.unwrap().is_none());
        let again = bench.engine.claim(&THINGS, A, &due(200, 300, "two")).await.unwrap().map(parsed).unwrap();
        assert_eq!((again.id.as_str(), &again.body["attempt"], again.rev), ("1", &json!(2), Revision(3)));
        assert_eq!(json!(bench.get("1").await.unwrap().body), json!(again.body));
    }

    one_of_many_replaces_wins(bench) {
        bench.put(&[json!({ "id": "x", "n": 0 })]).await;
        let writers = (0..16).map(|_| async {
            let mut won = 0;
            for _ in 0..10 {
                let read = bench.get("x").await.unwrap();
                let n = read.body["n"].as_i64().unwrap();
                let next = raw(json!({ "id": "x", "n": n + 1 }));
                match bench.engine.replace(&THINGS, A, next, read.rev).await {
                    Ok(_) => won += 1,
                    Err(StoreError::Conflict) => {}
                    Err(other) => panic!("{other}"),
                }
            }
            won
        });
        let won: i64 = join_all(writers).await.into_iter().sum();
        let stored = bench.get("x").await.unwrap();
        assert_eq!((stored.body["n"].as_i64().unwrap(), stored.rev.0), (won, won + 1));
        assert!(won >= 10);
    }

    one_of_many_inserts_wins(bench) {
        let inserts = (0..20).map(|n| bench.engine.insert(&THINGS, A, raw(json!({ "id": format!("i{n}"), "token": "t" }))));
        let done = join_all(inserts).await;
        assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1);
        assert!(done.iter().flat_map(|done| done.as_ref().err()).all(|e| matches!(e, StoreError::Duplicate { index } if index == "token")));
        let upserts = (0..20).map(|n| bench.engine.upsert(&THINGS, A, raw(json!({ "id": "u", "n": n }))));
        assert!(join_all(upserts).await.into_iter().filter(Result::is_err).count() <= 5, "races are for the engine to settle");
        assert!(bench.get("u").await.is_some());
    }

    two_starts_at_once_make_the_indexes(bench) {
        let settings = bench.settings.clone();
        let second = if matches!(settings, watchkeeper_docstore::Settings::Mongo { .. }) {
            open(&settings).await.unwrap()
        } else {
            std::sync::Arc::clone(&bench.engine)
        };
        let starts = (0..6).map(|n| if n % 2 == 0 { bench.engine.prepare(ALL) } else { second.prepare(ALL) });
        for start in join_all(starts).await {
            start.unwrap();
        }
        bench.put(&[json!({ "id": "1", "token": "t" })]).await;
        let taken = second.insert(&THINGS, B, raw(json!({ "id": "1", "token": "t" }))).await;
        assert!(matches!(taken, Err(StoreError::Duplicate { .. })));
    }
}
