//! A memory leak: available memory falls, swapping begins, requests fail, the kernel kills the process, it comes back.

use super::curve::{flat, line};
use super::host::{Host, application, linux, postgres};
use super::{Caption, Scenario, Telling};

const API: &str = "10.20.0.11:9100";
const APP: &str = "10.20.0.11:8080";

pub(super) const SCENARIO: Scenario = Scenario {
    id: "memory-leak",
    title: "Memory leak",
    description: "A release leaks memory until the machine swaps, requests fail and the kernel kills the process.",
    minutes: 35,
    captions: &[
        Caption { minute: 0, text: "Three machines run a small shop; everything is as it was for the last hour." },
        Caption { minute: 1, text: "A new release goes out to api-1. It leaks about 190 MB of memory a minute." },
        Caption { minute: 10, text: "Nobody has noticed: api-1 answers as fast as ever, with 3.4 GB of memory left." },
        Caption { minute: 20, text: "api-1 begins to swap." },
        Caption { minute: 22, text: "Requests to shop-api take seconds; some end in errors." },
        Caption { minute: 25, text: "Memory is gone: the kernel kills shop-api." },
        Caption { minute: 26, text: "systemd starts shop-api again, with the release before. Memory is back." },
        Caption { minute: 30, text: "Requests are answered as usual." },
    ],
    telling: &[
        Telling {
            title: "Available memory on api-1",
            instance: API,
            metric: "node_memory_MemAvailable_bytes",
            labels: &[],
        },
        Telling { title: "Pages swapped in on api-1", instance: API, metric: "node_vmstat_pswpin", labels: &[] },
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
        api(),
        shop(),
        linux("10.20.0.12:9100", "web-1"),
        linux("10.20.0.21:9100", "db-1"),
        postgres("10.20.0.21:9187", "shop-db"),
    ]
}

fn api() -> Host {
    let stall = |calm: f64, stalled: f64| line(&[(20.0, calm), (21.0, stalled), (25.0, stalled), (26.0, calm)]);
    let host = linux(API, "api-1")
        .gauge(
            "node_memory_MemAvailable_bytes",
            line(&[(1.0, 5.1e9), (21.0, 1.2e9), (25.0, 0.16e9), (25.5, 5.0e9), (28.0, 5.1e9)]).wobbling(2e7),
        )
        .gauge("node_memory_Cached_bytes", line(&[(8.0, 2.2e9), (24.0, 0.1e9), (26.0, 0.3e9), (38.0, 1.4e9)]))
        .gauge("node_memory_SwapFree_bytes", line(&[(20.0, 4.0e9), (25.0, 0.5e9), (25.5, 3.7e9), (38.0, 3.8e9)]))
        .gauge("node_vmstat_pswpin", stall(0.0, 2_600.0).wobbling(0.0))
        .gauge("node_vmstat_pswpout", stall(0.0, 3_900.0))
        .gauge("node_vmstat_pgmajfault", stall(1.5, 1_900.0).wobbling(1.0))
        .gauge("node_vmstat_oom_kill", line(&[(25.0, 0.0), (25.25, 1.0 / 15.0), (25.5, 0.0)]))
        .gauge("node_load1", stall(0.4, 9.0).wobbling(0.15));
    ["0", "1"].into_iter().fold(host, |host, cpu| {
        let idle = stall(0.81, 0.14).wobbling(0.04);
        host.cpu(cpu, flat(0.14).wobbling(0.03), flat(0.04).wobbling(0.01), stall(0.005, 0.62).wobbling(0.001), idle)
    })
}

fn shop() -> Host {
    application(APP, "shop-api", 42.0)
        .answering(
            line(&[(22.0, 42.0), (24.0, 27.0), (25.25, 4.0), (25.5, 30.0), (28.0, 42.0)]).wobbling(3.0),
            line(&[(21.5, 0.02), (22.5, 7.0), (24.0, 11.0), (25.25, 14.0), (25.5, 0.02)]).wobbling(0.02),
        )
        .gauge(
            "process_start_time_seconds",
            line(&[(25.0, 1_790_000_000.0), (25.5, 1_795_000_000.0)]).without(25.0, 25.5),
        )
        .gauge(
            "process_resident_memory_bytes",
            line(&[(1.0, 6.0e8), (20.0, 4.3e9), (25.0, 5.4e9), (25.5, 4.0e8), (38.0, 6.0e8)]).wobbling(1e7),
        )
}
