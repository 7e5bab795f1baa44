//! Expiry: bounded, oldest first, and moved by whoever sets `expires_at`.

use serde_json::json;
use watchkeeper_docstore::{Claim, Filter, Order, Query, Raw, Revision, Space};

use crate::contract;
use crate::support::{A, B, THINGS, object, raw};

/// Far enough ahead that a server's own expiry does not come first.
const FAR: i64 = 4_000_000_000_000;

fn until(id: &str, at: i64) -> Raw {
    Raw { expires_at: Some(at), ..raw(json!({ "id": id, "expires_at": at })) }
}

contract! {
    expired_documents_go_in_bounded_steps(bench) {
        for n in 0..10_i64 {
            let space = if n % 2 == 0 { A } else { B };
            bench.engine.insert(&THINGS, space, until(&format!("e{n}"), FAR + n)).await.unwrap();
        }
        bench.put(&[json!({ "id": "stays" }), json!({ "id": "own", "expires_at": FAR })]).await;
        assert_eq!(bench.engine.expire(&THINGS, FAR - 1, 100).await.unwrap(), 0);
        assert_eq!(bench.engine.expire(&THINGS, FAR + 6, 4).await.unwrap(), 4);
        assert_eq!(bench.engine.expire(&THINGS, FAR + 6, 100).await.unwrap(), 3);
        assert_eq!(bench.engine.expire(&THINGS, FAR + 6, 100).await.unwrap(), 0);
        assert_eq!(bench.ids(Filter::All).await, ["e8", "own", "stays"]);
    }

    the_expiry_is_kept_and_moved(bench) {
        bench.engine.insert(&THINGS, A, until("x", FAR)).await.unwrap();
        assert_eq!(bench.get("x").await.unwrap().expires_at, Some(FAR));
        bench.engine.replace(&THINGS, A, until("x", FAR + 5), Revision(1)).await.unwrap();
        assert_eq!(bench.get("x").await.unwrap().expires_at, Some(FAR + 5));
        bench.engine.upsert(&THINGS, A, until("x", FAR + 10)).await.unwrap();
        bench.engine.update(&THINGS, A, &Filter::All, object(json!({ "expires_at": FAR + 20 }))).await.unwrap();
        let stored = bench.get("x").await.unwrap();
        assert_eq!((stored.expires_at, &stored.body["expires_at"]), (Some(FAR + 20), &json!(FAR + 20)));
        assert_eq!(bench.engine.expire(&THINGS, FAR + 19, 10).await.unwrap(), 0);
        bench.engine.update(&THINGS, A, &Filter::All, object(json!({ "at": 1 }))).await.unwrap();
        assert_eq!(bench.get("x").await.unwrap().expires_at, Some(FAR + 20));
        bench.engine.update(&THINGS, A, &Filter::All, object(json!({ "expires_at": null }))).await.unwrap();
        assert_eq!(bench.get("x").await.unwrap().expires_at, None);
        let set = object(json!({ "expires_at": FAR }));
        let claim = Claim { query: Query::new(Filter::All, Order::oldest("at"), 1), set, increment: None };
        let claimed = bench.engine.claim(&THINGS, Space::Every, &claim).await.unwrap().unwrap();
        assert_eq!(claimed.expires_at, Some(FAR));
        assert_eq!(bench.engine.expire(&THINGS, FAR, 10).await.unwrap(), 1);
    }
}
