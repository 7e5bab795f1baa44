//! Engines to test on, a collection that uses every kind of index, and short ways to say documents and queries.

use std::sync::Arc;

use serde_json::{Map, Value as Json, json};
use watchkeeper_docstore::{
    Collection, Cursor, Direction, Engine, Filter, Index, Order, Page, Query, Raw, Revision, Settings, Space, Stored,
    Tenancy, open,
};

pub(crate) const A: Space<'static> = Space::Tenant("usr_a");
pub(crate) const B: Space<'static> = Space::Tenant("usr_b");

/// Every kind of index in one collection.
pub(crate) const THINGS: Collection = Collection {
    name: "things",
    tenancy: Tenancy::Tenant,
    indexes: &[
        Index::on("at", &["at"]),
        Index::on("state", &["state", "at"]),
        Index::on("rank", &["rank"]),
        Index::on("inner", &["inner.deep"]),
        Index::on("place", &["host", "port"]).unique(),
        Index::on("token", &["token"]).unique().global(),
        Index::elements("terms", "terms"),
        Index::elements("spent", "spent").global(),
        Index::on("due", &["active", "due"]).global(),
    ],
};

/// Stands above tenants.
pub(crate) const PEOPLE: Collection =
    Collection { name: "people", tenancy: Tenancy::System, indexes: &[Index::on("email", &["email"]).unique()] };

pub(crate) const ALL: &[Collection] = &[THINGS, PEOPLE];

/// One engine with a store of its own.
#[derive(Debug)]
pub(crate) struct Bench {
    pub(crate) engine: Arc<dyn Engine>,
    pub(crate) settings: Settings,
    _dir: Option<tempfile::TempDir>,
}

impl Bench {
    pub(crate) async fn sqlite() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self::on(Settings::Sqlite { path: dir.path().join("watchkeeper.db") }, Some(dir)).await
    }

    /// `None`, and a line that says so, where no server is named.
    pub(crate) async fn mongo() -> Option<Self> {
        Some(Self::on(mongo_settings()?, None).await)
    }

    async fn on(settings: Settings, dir: Option<tempfile::TempDir>) -> Self {
        let engine = open(&settings).await.unwrap();
        engine.prepare(ALL).await.unwrap();
        Self { engine, settings, _dir: dir }
    }

    /// Inserts bodies in A's space.
    pub(crate) async fn put(&self, bodies: &[Json]) {
        self.put_in(A, bodies).await;
    }

    pub(crate) async fn put_in(&self, space: Space<'_>, bodies: &[Json]) {
        for body in bodies {
            self.engine.insert(&THINGS, space, raw(body.clone())).await.unwrap();
        }
    }

    /// Ids in A's space that match, sorted.
    pub(crate) async fn ids(&self, filter: Filter) -> Vec<String> {
        let query = Query::new(filter, Order::oldest("id"), 1000);
        ids(&self.engine.find(&THINGS, A, &query).await.unwrap())
    }

    pub(crate) async fn get(&self, id: &str) -> Option<Raw> {
        self.engine.get(&THINGS, A, id).await.unwrap().map(parsed)
    }

    /// Every page of an order, as ids.
    pub(crate) async fn walk(&self, space: Space<'_>, order: Order, limit: u32) -> Vec<String> {
        let mut all = Vec::new();
        let mut after: Option<Cursor> = None;
        loop {
            let query = Query::new(Filter::All, order, limit).after(after);
            let page = self.engine.find(&THINGS, space, &query).await.unwrap();
            assert!(page.items.len() <= limit as usize);
            all.extend(ids(&page));
            let Some(next) = page.next else { return all };
            after = Some(next);
        }
    }

    /// Removes what the test left on a server.
    pub(crate) async fn clear(&self) {
        for space in [A, B] {
            self.engine.delete_many(&THINGS, space, &Filter::All, 100_000).await.unwrap();
        }
        self.engine.delete_many(&PEOPLE, Space::System, &Filter::All, 100_000).await.unwrap();
    }
}

/// Settings for a database nobody else uses.
pub(crate) fn mongo_settings() -> Option<Settings> {
    let Ok(uri) = std::env::var("WATCHKEEPER_TEST_MONGO_URI") else {
        let required = std::env::var("WATCHKEEPER_REQUIRE_ALL").is_ok_and(|value| value == "1");
        assert!(!required, "WATCHKEEPER_TEST_MONGO_URI is required");
        println!("skipped: no MongoDB-wire server (WATCHKEEPER_TEST_MONGO_URI)");
        return None;
    };
    let database = format!("wk_{}", uuid::Uuid::new_v4().simple());
    Some(Settings::Mongo { uri: uri.into(), database: Some(database) })
}

/// What was read, in the form of what is written.
pub(crate) fn parsed(stored: Stored) -> Raw {
    let Stored { id, user_id, rev, expires_at, json } = stored;
    Raw { id, user_id, rev, expires_at, body: serde_json::from_str(&json).unwrap() }
}

pub(crate) fn ids(page: &Page<Stored>) -> Vec<String> {
    page.items.iter().map(|raw| raw.id.clone()).collect()
}

pub(crate) fn object(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(map) => map,
        other => panic!("{other} is no object"),
    }
}

/// A document from its body, which names its id.
pub(crate) fn raw(body: Json) -> Raw {
    let id = body["id"].as_str().unwrap().to_owned();
    Raw { id, user_id: None, rev: Revision(1), expires_at: None, body: object(body) }
}

/// `things` with ids `prefix000`…
pub(crate) fn many(prefix: &str, count: usize, body: impl Fn(usize) -> Json) -> Vec<Raw> {
    (0..count)
        .map(|n| {
            let mut fields = object(body(n));
            fields.insert("id".to_owned(), json!(format!("{prefix}{n:04}")));
            raw(Json::Object(fields))
        })
        .collect()
}

pub(crate) fn order(field: &'static str, ascending: bool) -> Order {
    Order { field, direction: if ascending { Direction::Ascending } else { Direction::Descending } }
}
