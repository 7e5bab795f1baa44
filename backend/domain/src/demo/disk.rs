//! A disk that fills: a forgotten replication slot keeps the database's log for ever, until nothing can be written.

use super::curve::{flat, line};
use super::host::{Host, application, linux, postgres};
use super::{Caption, Scenario, Telling};

const DB: &str = "10.20.0.21:9100";
const APP: &str = "10.20.0.11:8080";
const DATA: &[(&str, &str)] = &[("device", "/dev/vdb1"), ("fstype", "ext4"), ("mountpoint", "/var/lib/postgresql")];

pub(super) const SCENARIO: Scenario = Scenario {
    id: "disk-full",
    title: "Disk filling up",
    description: "A database's log is kept for a replica that no longer exists; its disk fills until writes fail.",
    minutes: 36,
    captions: &[
        Caption { minute: 0, text: "db-1 keeps its data on a disk of 200 GB with 70 GB free, as for weeks." },
        Caption { minute: 1, text: "A bulk import begins. Its log is kept for a replica that was removed last month." },
        Caption { minute: 10, text: "The disk fills by 3 GB a minute. Every request is still answered." },
        Caption { minute: 23, text: "The disk is 99 % full." },
        Caption {
            minute: 24,
            text: "PostgreSQL cannot write its log any more and stops: nine of ten requests to the shop fail.",
        },
        Caption {
            minute: 28,
            text: "Somebody drops the forgotten replication slot; the log is cleared away and PostgreSQL starts.",
        },
        Caption { minute: 30, text: "Requests are answered as usual." },
    ],
    telling: &[
        Telling {
            title: "Free space of /var/lib/postgresql on db-1",
            instance: DB,
            metric: "node_filesystem_avail_bytes",
            labels: &[("mountpoint", "/var/lib/postgresql")],
        },
        Telling {
            title: "Bytes written on db-1",
            instance: DB,
            metric: "node_disk_written_bytes_total",
            labels: &[("device", "vdb")],
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
    vec![
        linux("10.20.0.11:9100", "api-1"),
        shop(),
        linux("10.20.0.12:9100", "web-1"),
        db(),
        postgres("10.20.0.21:9187", "shop-db")
            .gauge("pg_up", line(&[(24.25, 1.0), (24.25, 0.0), (28.5, 0.0), (28.5, 1.0)]))
            .series(
                "pg_stat_database_xact_commit_total",
                &[("datname", "shop")],
                flat(310.0).wobbling(40.0).without(24.25, 28.5),
            ),
    ]
}

fn db() -> Host {
    let busy = |calm: f64, busy: f64| line(&[(1.0, calm), (1.5, busy), (24.0, busy), (24.5, calm)]);
    linux(DB, "db-1")
        .series("node_filesystem_size_bytes", DATA, flat(200.0e9))
        .series("node_filesystem_readonly", DATA, flat(0.0))
        .series(
            "node_filesystem_avail_bytes",
            DATA,
            line(&[(1.0, 70.0e9), (24.0, 0.4e9), (28.0, 0.3e9), (28.25, 66.0e9), (36.0, 66.0e9)]).wobbling(1e7),
        )
        .series("node_disk_written_bytes_total", &[("device", "vdb")], busy(2.0e6, 5.1e7).wobbling(4e5))
        .series("node_disk_io_time_seconds_total", &[("device", "vdb")], busy(0.08, 0.46).wobbling(0.02))
}

fn shop() -> Host {
    application(APP, "shop-api", 42.0).answering(
        line(&[(24.0, 42.0), (24.5, 5.0), (28.25, 5.0), (28.5, 42.0)]).wobbling(3.0),
        line(&[(24.0, 0.02), (24.5, 37.0), (28.25, 37.0), (28.5, 0.02)]).wobbling(0.02),
    )
}
