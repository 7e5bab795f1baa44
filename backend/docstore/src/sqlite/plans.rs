//! Which index SQLite takes for the statements that must not scan.

use rusqlite::params_from_iter;
use serde_json::json;

use super::*;
use crate::document::{Index, Tenancy};
use crate::sqlite::matching;

const JOBS: Collection = Collection {
    name: "jobs",
    tenancy: Tenancy::Tenant,
    indexes: &[
        Index::on("created", &["created_at"]),
        Index::on("state", &["state", "created_at"]),
        Index::on("token", &["token"]).unique().global(),
        Index::on("place", &["host", "port"]).unique(),
        Index::elements("terms", "terms"),
        Index::on("due", &["active", "next_run_at"]).global(),
    ],
};
const OWN: Reach<'static> = Reach::One("usr_a");

fn jobs() -> Connection {
    let conn = Connection::open_in_memory().unwrap();
    matching::register(&conn).unwrap();
    schema::prepare(&conn, &JOBS).unwrap();
    for n in 0..500 {
        let id = format!("j{n}");
        let body = json!({ "id": id, "created_at": n, "state": "open", "token": n, "host": "h", "port": n, "terms": [n],
            "active": true, "next_run_at": n, "lease_until": 0 });
        let Json::Object(body) = body else { unreachable!() };
        let raw = Raw { id, user_id: None, rev: Revision(1), expires_at: Some(n), body };
        insert(&conn, &JOBS, "usr_a", &raw).unwrap();
    }
    conn
}

/// Uses `index`, sorts nothing and scans no table.
fn assert_uses(conn: &Connection, sql: Sql<'_>, index: &str) {
    let mut statement = conn.prepare(&format!("EXPLAIN QUERY PLAN {}", sql.text)).unwrap();
    let rows = statement.query_map(params_from_iter(sql.values), |row| row.get::<_, String>(3)).unwrap();
    let plan = rows.map(Result::unwrap).collect::<Vec<_>>().join("; ");
    assert!(plan.contains(index) && !plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{plan}");
}

fn all(filter: Filter, order: Order) -> Query {
    Query::new(filter, order, 20)
}

#[test]
fn pages_come_in_index_order() {
    let conn = jobs();
    for order in [Order::newest("created_at"), Order::oldest("created_at")] {
        let query = all(Filter::All, order);
        let after = find(&conn, &JOBS, OWN, &query).unwrap().next;
        assert_uses(&conn, page(&JOBS, OWN, &query, 20).unwrap(), "jobs.created");
        assert_uses(&conn, page(&JOBS, OWN, &query.after(after), 20).unwrap(), "jobs.created");
    }
    let open = all(Filter::eq("state", "open"), Order::newest("created_at"));
    assert_uses(&conn, page(&JOBS, OWN, &open, 20).unwrap(), "jobs.state");
    let between = all(Filter::range("created_at", Some(5), Some(50)), Order::newest("created_at"));
    assert_uses(&conn, page(&JOBS, OWN, &between, 20).unwrap(), "jobs.created");
}

#[test]
fn claims_find_what_is_due() {
    let conn = jobs();
    let due = Filter::eq("active", true).and(Filter::below("next_run_at", 100)).and(Filter::below("lease_until", 100));
    let set = Map::from_iter([("lease_until".to_owned(), json!(200))]);
    let claim = Claim { query: all(due, Order::oldest("next_run_at")), set, increment: Some("attempt") };
    assert_uses(&conn, claiming(&JOBS, Reach::All, &claim), "jobs.due");
}

#[test]
fn unique_keys_are_looked_up() {
    let conn = jobs();
    let select = |reach, filter: Filter| {
        let mut sql = Sql::new(&JOBS, "SELECT 1 FROM jobs");
        sql.matching(reach, &filter);
        sql
    };
    assert_uses(&conn, select(Reach::All, Filter::eq("token", 5_i64)), "jobs.token");
    assert_uses(&conn, select(OWN, Filter::eq("host", "h").and(Filter::eq("port", 5_i64))), "jobs.place");
    assert_uses(&conn, select(OWN, Filter::Terms("terms", vec!["x".to_owned()])), "jobs.terms");
    assert_uses(&conn, select(OWN, Filter::eq("id", "j5")), "sqlite_autoindex_jobs_1");
}
