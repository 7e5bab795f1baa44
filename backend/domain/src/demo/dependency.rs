//! A dependency that dies: the database stops, and the processors of a machine that is well begin to glow from retries.

use super::curve::{flat, line};
use super::host::{Host, application, linux, postgres};
use super::{Caption, Scenario, Telling};

const API: &str = "10.20.0.11:9100";
const APP: &str = "10.20.0.11:8080";
const DB: &str = "10.20.0.21:9187";

pub(super) const SCENARIO: Scenario = Scenario {
    id: "dependency-down",
    title: "Database down, processor misleading",
    description: "The database stops; what stands out is the processor of api-1, which retries without end.",
    minutes: 15,
    captions: &[
        Caption { minute: 0, text: "shop-api on api-1 answers 42 requests a second from the database on db-1." },
        Caption { minute: 3, text: "PostgreSQL on db-1 stops: its own log is the only place that says so." },
        Caption {
            minute: 4,
            text: "shop-api retries every query without a pause: both processors of api-1 are at 98 %.",
        },
        Caption {
            minute: 5,
            text: "Nine of ten requests fail. Whoever looks at dashboards now looks at api-1's processors.",
        },
        Caption { minute: 12, text: "Somebody starts PostgreSQL again." },
        Caption { minute: 13, text: "Requests are answered, and api-1 is idle as before." },
    ],
    telling: &[
        Telling { title: "PostgreSQL on db-1 answers", instance: DB, metric: "pg_up", labels: &[] },
        Telling {
            title: "Processor 0 of api-1, idle share",
            instance: API,
            metric: "node_cpu_seconds_total",
            labels: &[("cpu", "0"), ("mode", "idle")],
        },
        Telling {
            title: "Failing requests of shop-api",
            instance: APP,
            metric: "http_requests_total",
            labels: &[("code", "500")],
        },
    ],
    hosts,
};

fn hosts() -> Vec<Host> {
    vec![api(), shop(), linux("10.20.0.12:9100", "web-1"), linux("10.20.0.21:9100", "db-1"), database()]
}

fn api() -> Host {
    let hot = |calm: f64, hot: f64| line(&[(3.0, calm), (3.75, hot), (11.75, hot), (12.0, calm)]);
    let host = linux(API, "api-1")
        .gauge("node_load1", hot(0.4, 17.0).wobbling(0.15))
        .gauge("node_context_switches_total", hot(2_400.0, 41_000.0).wobbling(300.0));
    ["0", "1"].into_iter().fold(host, |host, cpu| {
        let idle = hot(0.81, 0.015).wobbling(0.01);
        host.cpu(cpu, hot(0.14, 0.78).wobbling(0.02), hot(0.04, 0.2).wobbling(0.008), flat(0.005).wobbling(0.001), idle)
    })
}

fn shop() -> Host {
    application(APP, "shop-api", 42.0).answering(
        line(&[(3.25, 42.0), (4.0, 4.0), (11.75, 4.0), (12.0, 42.0)]).wobbling(1.5),
        line(&[(3.25, 0.02), (4.0, 38.0), (11.75, 38.0), (12.0, 0.02)]).wobbling(0.02),
    )
}

fn database() -> Host {
    let shop: &[(&str, &str)] = &[("datname", "shop")];
    postgres(DB, "shop-db")
        .gauge("pg_up", line(&[(3.0, 1.0), (3.0, 0.0), (12.0, 0.0), (12.0, 1.0)]))
        .series(
            "pg_stat_activity_count",
            &[("datname", "shop"), ("state", "active")],
            flat(14.0).wobbling(4.0).without(3.0, 12.0),
        )
        .series("pg_stat_database_xact_commit_total", shop, flat(310.0).wobbling(40.0).without(3.0, 12.0))
        .series("pg_stat_database_xact_rollback_total", shop, flat(0.4).wobbling(0.3).without(3.0, 12.0))
        .series("pg_database_size_bytes", shop, flat(61.0e9).wobbling(1e6).without(3.0, 12.0))
}
