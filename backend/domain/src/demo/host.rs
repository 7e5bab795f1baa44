//! What one address of the script exports: a healthy exporter to begin with, then the series that the story changes.

use std::collections::BTreeMap;

use super::curve::{Curve, flat, seed};
use crate::metric::SeriesId;
use crate::target::{ExporterKind, JOB};

/// Seconds since the epoch at which every scripted machine and process started.
const STARTED: f64 = 1_790_000_000.0;

/// One target of the script.
#[derive(Debug, Clone)]
pub struct Host {
    /// `host:port`, as the target's address and the label `instance`.
    pub instance: &'static str,
    pub name: &'static str,
    pub kind: ExporterKind,
    series: Vec<Scripted>,
}

#[derive(Debug, Clone)]
pub(super) struct Scripted {
    pub(super) id: SeriesId,
    pub(super) seed: u64,
    curve: Curve,
}

impl Scripted {
    pub(super) fn at(&self, minute: f64) -> f64 {
        self.curve.at(minute, self.seed)
    }
}

impl Host {
    fn new(instance: &'static str, name: &'static str, kind: ExporterKind) -> Self {
        Self { instance, name, kind, series: Vec::new() }
    }

    /// Adds a series, or gives the one with the same labels another curve.
    pub(super) fn series(mut self, metric: &str, labels: &[(&str, &str)], curve: Curve) -> Self {
        let mut all = self.labels();
        all.extend(labels.iter().map(|(label, value)| ((*label).to_owned(), (*value).to_owned())));
        let labels = all;
        let parts: Vec<&str> =
            [metric].into_iter().chain(labels.iter().flat_map(|(k, v)| [k.as_str(), v.as_str()])).collect();
        let seed = seed(&parts);
        let told = Scripted { seed, id: SeriesId { metric: metric.to_owned(), labels }, curve };
        match self.series.iter_mut().find(|series| series.id == told.id) {
            Some(series) => *series = told,
            None => self.series.push(told),
        }
        self
    }

    /// A series without labels of its own.
    pub(super) fn gauge(self, metric: &str, curve: Curve) -> Self {
        self.series(metric, &[], curve)
    }

    /// What discovery puts on every series of a target.
    pub(super) fn labels(&self) -> BTreeMap<String, String> {
        let own = [("instance", self.instance), ("job", JOB), ("name", self.name)];
        own.into_iter().map(|(label, value)| (label.to_owned(), value.to_owned())).collect()
    }

    pub(super) fn all(&self) -> &[Scripted] {
        &self.series
    }

    /// Shares of one CPU's time; what is left over is idle.
    pub(super) fn cpu(self, cpu: &str, user: Curve, system: Curve, iowait: Curve, idle: Curve) -> Self {
        let modes = [("user", user), ("system", system), ("iowait", iowait), ("idle", idle), ("steal", flat(0.0))];
        modes.into_iter().fold(self, |host, (mode, curve)| {
            host.series("node_cpu_seconds_total", &[("cpu", cpu), ("mode", mode)], curve)
        })
    }
}

/// A healthy Linux machine with two processors, 8 GB of memory and 4 GB of swap, as node_exporter shows it.
pub(super) fn linux(instance: &'static str, name: &'static str) -> Host {
    let root: &[(&str, &str)] = &[("device", "/dev/vda1"), ("fstype", "ext4"), ("mountpoint", "/")];
    let eth: &[(&str, &str)] = &[("device", "eth0")];
    let vda: &[(&str, &str)] = &[("device", "vda")];
    let host = Host::new(instance, name, ExporterKind::Node);
    let host = ["0", "1"].into_iter().fold(host, |host, cpu| {
        let quiet = |share: f64| flat(share).wobbling(share / 5.0);
        host.cpu(cpu, quiet(0.14), quiet(0.04), quiet(0.005), flat(0.81).wobbling(0.04))
    });
    host.gauge("node_memory_MemTotal_bytes", flat(8.0e9))
        .gauge("node_memory_MemAvailable_bytes", flat(5.1e9).wobbling(4e7))
        .gauge("node_memory_Cached_bytes", flat(2.2e9).wobbling(2e7))
        .gauge("node_memory_SwapTotal_bytes", flat(4.0e9))
        .gauge("node_memory_SwapFree_bytes", flat(4.0e9))
        .gauge("node_vmstat_pswpin", flat(0.0))
        .gauge("node_vmstat_pswpout", flat(0.0))
        .gauge("node_vmstat_pgmajfault", flat(1.5).wobbling(1.0))
        .gauge("node_vmstat_oom_kill", flat(0.0))
        .gauge("node_load1", flat(0.4).wobbling(0.15))
        .gauge("node_load5", flat(0.4).wobbling(0.05))
        .gauge("node_context_switches_total", flat(2_400.0).wobbling(300.0))
        .gauge("node_filefd_allocated", flat(2_100.0).wobbling(60.0))
        .gauge("node_filefd_maximum", flat(800_000.0))
        .gauge("node_boot_time_seconds", flat(STARTED))
        .series("node_filesystem_size_bytes", root, flat(40.0e9))
        .series("node_filesystem_avail_bytes", root, flat(24.0e9).wobbling(4e6))
        .series("node_filesystem_readonly", root, flat(0.0))
        .series("node_network_receive_bytes_total", eth, flat(9.0e5).wobbling(2e5))
        .series("node_network_transmit_bytes_total", eth, flat(1.4e6).wobbling(3e5))
        .series("node_disk_io_time_seconds_total", vda, flat(0.03).wobbling(0.02))
        .series("node_disk_written_bytes_total", vda, flat(6.0e5).wobbling(2e5))
}

/// An application that answers HTTP and exports how.
pub(super) fn application(instance: &'static str, name: &'static str, per_second: f64) -> Host {
    let host = Host::new(instance, name, ExporterKind::Custom)
        .gauge("process_start_time_seconds", flat(STARTED))
        .gauge("process_open_fds", flat(96.0).wobbling(12.0))
        .gauge("process_max_fds", flat(65_536.0))
        .gauge("process_resident_memory_bytes", flat(6.0e8).wobbling(1e7));
    host.answering(flat(per_second).wobbling(per_second / 12.0), flat(0.02).wobbling(0.02))
}

impl Host {
    /// Requests a second that end well, and that end in a server error.
    pub(super) fn answering(self, good: Curve, bad: Curve) -> Self {
        self.series("http_requests_total", &[("code", "200"), ("method", "GET")], good).series(
            "http_requests_total",
            &[("code", "500"), ("method", "GET")],
            bad,
        )
    }
}

/// PostgreSQL as postgres_exporter beside it shows it.
pub(super) fn postgres(instance: &'static str, name: &'static str) -> Host {
    let shop: &[(&str, &str)] = &[("datname", "shop")];
    Host::new(instance, name, ExporterKind::Postgres)
        .gauge("pg_up", flat(1.0))
        .series("pg_stat_activity_count", &[("datname", "shop"), ("state", "active")], flat(14.0).wobbling(4.0))
        .series("pg_stat_database_xact_commit_total", shop, flat(310.0).wobbling(40.0))
        .series("pg_stat_database_xact_rollback_total", shop, flat(0.4).wobbling(0.3))
        .series("pg_database_size_bytes", shop, flat(61.0e9).wobbling(1e6))
}
