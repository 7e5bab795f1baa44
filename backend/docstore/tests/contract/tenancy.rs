//! A space reaches its owner's documents and no others, by any verb.

use serde_json::{Map, json};
use watchkeeper_docstore::{Claim, Filter, Order, Query, Raw, Revision, Space, StoreError};

use crate::contract;
use crate::support::{A, B, Bench, PEOPLE, THINGS, ids, object, parsed, raw};

fn mine() -> Raw {
    raw(
        json!({ "id": "secret", "state": "mine", "at": 1, "terms": ["word"], "spent": ["s"], "token": "t", "active": true }),
    )
}

/// B's document, and what it looks like after A has done their worst.
async fn untouched(bench: &Bench) {
    let stored = bench.engine.get(&THINGS, B, "secret").await.unwrap().unwrap();
    let expected = Raw { user_id: Some("usr_b".to_owned()), ..mine() };
    assert_eq!(parsed(stored), expected);
}

/// Conditions that would reach B's document if anything could, one of them naming B outright.
fn reaching() -> Vec<Filter> {
    vec![
        Filter::All,
        Filter::eq("id", "secret"),
        Filter::eq("user_id", "usr_b"),
        Filter::Ne("user_id", "usr_a".into()),
        Filter::Or(vec![Filter::All, Filter::eq("user_id", "usr_b")]),
        Filter::Or(vec![Filter::eq("state", "mine"), Filter::eq("state", "other")]),
        Filter::Terms("terms", vec!["word".to_owned()]),
        Filter::eq("spent", "s"),
        Filter::eq("token", "t"),
        Filter::Ne("state", "x".into()),
        Filter::eq("id", "usr_b/secret"),
    ]
}

#[expect(clippy::needless_pass_by_value, reason = "answers are made to be judged")]
fn refused<T: std::fmt::Debug>(answer: Result<T, StoreError>) {
    assert!(matches!(answer, Err(StoreError::Internal(_))), "{answer:?}");
}

contract! {
    nothing_of_another_tenant_is_read_or_counted(bench) {
        bench.engine.insert(&THINGS, B, mine()).await.unwrap();
        for id in ["secret", "usr_b/secret", "../usr_b/secret"] {
            assert!(bench.get(id).await.is_none());
        }
        for filter in reaching() {
            assert!(bench.ids(filter.clone()).await.is_empty(), "{filter:?}");
            assert_eq!(bench.engine.count(&THINGS, A, &filter).await.unwrap(), 0);
            assert!(bench.engine.count_by(&THINGS, A, "state", &filter, 10).await.unwrap().is_empty());
            assert!(bench.engine.count_by(&THINGS, A, "user_id", &filter, 10).await.unwrap().is_empty());
            assert!(bench.engine.histogram(&THINGS, A, "at", &filter, 10).await.unwrap().is_empty());
        }
        assert_eq!(bench.engine.count(&THINGS, B, &Filter::All).await.unwrap(), 1);
    }

    nothing_of_another_tenant_is_changed(bench) {
        bench.engine.insert(&THINGS, B, mine()).await.unwrap();
        let set = || object(json!({ "state": "stolen" }));
        for filter in reaching() {
            assert_eq!(bench.engine.update(&THINGS, A, &filter, set()).await.unwrap(), 0, "{filter:?}");
            assert_eq!(bench.engine.delete_many(&THINGS, A, &filter, 100).await.unwrap(), 0);
            let claim = Claim { query: Query::new(filter, Order::oldest("at"), 1), set: set(), increment: Some("attempt") };
            assert!(bench.engine.claim(&THINGS, A, &claim).await.unwrap().is_none());
        }
        let stolen = raw(json!({ "id": "secret", "state": "stolen" }));
        let replaced = bench.engine.replace(&THINGS, A, stolen.clone(), Revision(1)).await;
        assert!(matches!(replaced, Err(StoreError::Conflict)));
        for id in ["secret", "usr_b/secret"] {
            assert!(!bench.engine.delete(&THINGS, A, id).await.unwrap());
        }
        bench.engine.upsert(&THINGS, A, stolen).await.unwrap();
        untouched(bench).await;
        assert_eq!(bench.get("secret").await.unwrap().body["state"], json!("stolen"));
        assert!(bench.engine.delete(&THINGS, A, "secret").await.unwrap());
        untouched(bench).await;
    }

    a_document_cannot_name_another_owner(bench) {
        let theirs = || Raw { user_id: Some("usr_b".to_owned()), ..mine() };
        refused(bench.engine.insert(&THINGS, A, theirs()).await);
        refused(bench.engine.upsert(&THINGS, A, theirs()).await);
        refused(bench.engine.replace(&THINGS, A, theirs(), Revision(1)).await);
        refused(bench.engine.insert_many(&THINGS, A, vec![mine(), theirs()]).await);
        assert_eq!(bench.engine.count(&THINGS, Space::Every, &Filter::All).await.unwrap(), 0);
    }

    every_space_finds_and_claims_but_never_writes_by_id(bench) {
        bench.put(&[json!({ "id": "x", "at": 2 })]).await;
        bench.engine.insert(&THINGS, B, mine()).await.unwrap();
        let all = Query::new(Filter::All, Order::oldest("at"), 10);
        assert_eq!(ids(&bench.engine.find(&THINGS, Space::Every, &all).await.unwrap()), ["secret", "x"]);
        let found = bench.engine.find(&THINGS, Space::Every, &Query { filter: Filter::eq("token", "t"), ..all.clone() }).await;
        assert_eq!(found.unwrap().items[0].user_id.as_deref(), Some("usr_b"));
        let spent = bench.engine.find(&THINGS, Space::Every, &Query { filter: Filter::eq("spent", "s"), ..all }).await;
        assert_eq!(spent.unwrap().items.len(), 1);
        for raw in [mine(), Raw { user_id: Some("usr_b".to_owned()), ..mine() }] {
            refused(bench.engine.insert(&THINGS, Space::Every, raw.clone()).await);
            refused(bench.engine.insert_many(&THINGS, Space::Every, vec![raw.clone()]).await);
            refused(bench.engine.upsert(&THINGS, Space::Every, raw.clone()).await);
            refused(bench.engine.replace(&THINGS, Space::Every, raw, Revision(1)).await);
        }
        refused(bench.engine.get(&THINGS, Space::Every, "x").await);
        refused(bench.engine.delete(&THINGS, Space::Every, "x").await);
    }

    spaces_and_collections_must_be_of_one_kind(bench) {
        let all = Query::new(Filter::All, Order::oldest("id"), 10);
        for space in [A, Space::Every] {
            refused(bench.engine.find(&PEOPLE, space, &all).await);
            refused(bench.engine.count(&PEOPLE, space, &Filter::All).await);
            refused(bench.engine.insert(&PEOPLE, space, raw(json!({ "id": "x" }))).await);
            refused(bench.engine.update(&PEOPLE, space, &Filter::All, Map::new()).await);
            refused(bench.engine.delete_many(&PEOPLE, space, &Filter::All, 1).await);
        }
        refused(bench.engine.find(&THINGS, Space::System, &all).await);
        refused(bench.engine.get(&THINGS, Space::System, "x").await);
        refused(bench.engine.insert(&THINGS, Space::System, mine()).await);
        refused(bench.engine.count(&THINGS, Space::System, &Filter::All).await);
    }

    owners_cannot_run_into_ids(bench) {
        for owner in ["", "usr_a/x", "usr a", "usr_b\u{0}", "$ne", "usr.b"] {
            refused(bench.engine.get(&THINGS, Space::Tenant(owner), "x").await);
            refused(bench.engine.insert(&THINGS, Space::Tenant(owner), mine()).await);
        }
        bench.put_in(Space::Tenant("usr"), &[json!({ "id": "a/x" })]).await;
        bench.put_in(Space::Tenant("usr_a"), &[json!({ "id": "x" })]).await;
        assert_eq!(bench.engine.count(&THINGS, Space::Every, &Filter::All).await.unwrap(), 2);
        assert!(bench.engine.delete(&THINGS, Space::Tenant("usr"), "a/x").await.unwrap());
    }
}
