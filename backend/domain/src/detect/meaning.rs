//! What a metric means for judgement: which part of a system it speaks of, and whether a change in it is trouble.
//!
//! Most of what an exporter says is usage: it moves all day, and a move alone is no failure. Such metrics only *corroborate*.
//! What counts on its own is a symptom (errors, drops, stalls), a limit or state that a check reads, or an unknown metric
//! far outside its own habit. To teach a metric, add a line to [`KNOWN`] or a rule to [`by_name`].

use std::cmp::Ordering;

/// The part of a system a metric speaks of; facts of one family on one instance are one failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Family {
    Target,
    Restart,
    Memory,
    Disk,
    Cpu,
    Network,
    Descriptors,
    Conntrack,
    Clock,
    Service,
    Hardware,
    Certificate,
    Probe,
    Requests,
    Application,
}

impl Family {
    /// As it stands in fingerprints; stable for good.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Target => "target_down",
            Self::Restart => "restart",
            Self::Memory => "memory",
            Self::Disk => "disk",
            Self::Cpu => "cpu",
            Self::Network => "network",
            Self::Descriptors => "descriptors",
            Self::Conntrack => "conntrack",
            Self::Clock => "clock",
            Self::Service => "service",
            Self::Hardware => "hardware",
            Self::Certificate => "certificate",
            Self::Probe => "probe",
            Self::Requests => "requests",
            Self::Application => "application",
        }
    }
}

/// What a deviation of the metric's own values is worth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Role {
    /// Identity, configuration, timestamps, the exporter's own bookkeeping: never judged by its values.
    Ignored,
    /// Usage: a deviation supports other facts and never stands alone.
    Context,
    /// A rise is trouble in itself once it reaches this much, in the series' unit.
    Symptom { material: f64 },
    /// Nothing is known: judged both ways, with the most cautious thresholds.
    General,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Meaning {
    pub(crate) family: Family,
    pub(crate) role: Role,
    /// A check reads this metric by name.
    pub(crate) checked: bool,
}

impl Meaning {
    pub(crate) fn of(metric: &str) -> Self {
        match KNOWN.binary_search_by(|(name, ..)| if *name == metric { Ordering::Equal } else { (*name).cmp(metric) }) {
            Ok(found) => KNOWN.get(found).map_or_else(|| by_name(metric), |(_, meaning)| *meaning),
            Err(_) => by_name(metric),
        }
    }
}

const fn checked(family: Family, role: Role) -> Meaning {
    Meaning { family, role, checked: true }
}

const fn symptom(family: Family, material: f64) -> Meaning {
    Meaning { family, role: Role::Symptom { material }, checked: false }
}

use Family as F;
use Role::{Context, General, Ignored};

/// Metrics known by name, sorted.
static KNOWN: &[(&str, Meaning)] = &[
    ("node_boot_time_seconds", checked(F::Restart, Ignored)),
    ("node_cpu_seconds_total", checked(F::Cpu, Context)),
    ("node_edac_uncorrectable_errors_total", symptom(F::Hardware, 0.001)),
    ("node_filefd_allocated", checked(F::Descriptors, Context)),
    ("node_filefd_maximum", checked(F::Descriptors, Ignored)),
    ("node_filesystem_avail_bytes", checked(F::Disk, Context)),
    ("node_filesystem_files", checked(F::Disk, Ignored)),
    ("node_filesystem_files_free", checked(F::Disk, Ignored)),
    ("node_filesystem_free_bytes", checked(F::Disk, Ignored)),
    ("node_filesystem_readonly", checked(F::Disk, Ignored)),
    ("node_filesystem_size_bytes", checked(F::Disk, Ignored)),
    ("node_hwmon_temp_celsius", checked(F::Hardware, Context)),
    ("node_hwmon_temp_crit_celsius", checked(F::Hardware, Ignored)),
    ("node_md_disks", checked(F::Hardware, Ignored)),
    ("node_md_disks_required", checked(F::Hardware, Ignored)),
    ("node_memory_MemAvailable_bytes", checked(F::Memory, Context)),
    ("node_memory_MemTotal_bytes", checked(F::Memory, Ignored)),
    ("node_memory_SwapFree_bytes", checked(F::Memory, Context)),
    ("node_memory_SwapTotal_bytes", checked(F::Memory, Ignored)),
    ("node_netstat_TcpExt_ListenDrops", symptom(F::Network, 0.5)),
    ("node_netstat_TcpExt_ListenOverflows", symptom(F::Network, 0.5)),
    ("node_netstat_Tcp_RetransSegs", symptom(F::Network, 50.0)),
    ("node_network_receive_drop_total", symptom(F::Network, 5.0)),
    ("node_network_receive_errs_total", symptom(F::Network, 0.5)),
    ("node_network_transmit_drop_total", symptom(F::Network, 5.0)),
    ("node_network_transmit_errs_total", symptom(F::Network, 0.5)),
    ("node_nf_conntrack_entries", checked(F::Conntrack, Context)),
    ("node_nf_conntrack_entries_limit", checked(F::Conntrack, Ignored)),
    ("node_nf_conntrack_stat_drop", symptom(F::Conntrack, 0.5)),
    ("node_pressure_memory_stalled_seconds_total", symptom(F::Memory, 0.15)),
    ("node_systemd_unit_state", checked(F::Service, Ignored)),
    ("node_time_seconds", checked(F::Clock, Ignored)),
    ("node_timex_offset_seconds", checked(F::Clock, Ignored)),
    ("node_timex_sync_status", checked(F::Clock, Ignored)),
    ("node_vmstat_oom_kill", checked(F::Memory, Ignored)),
    ("node_vmstat_pgmajfault", Meaning { family: F::Memory, role: Context, checked: false }),
    ("node_vmstat_pswpin", checked(F::Memory, Context)),
    ("node_vmstat_pswpout", checked(F::Memory, Context)),
    ("probe_ssl_earliest_cert_expiry", checked(F::Certificate, Ignored)),
    ("probe_success", checked(F::Probe, Ignored)),
    ("process_max_fds", checked(F::Descriptors, Ignored)),
    ("process_open_fds", checked(F::Descriptors, Ignored)),
    ("process_start_time_seconds", checked(F::Restart, Ignored)),
    ("up", checked(F::Target, Ignored)),
    ("windows_cpu_time_total", checked(F::Cpu, Context)),
    ("windows_cs_physical_memory_bytes", checked(F::Memory, Ignored)),
    ("windows_logical_disk_free_bytes", checked(F::Disk, Context)),
    ("windows_logical_disk_size_bytes", checked(F::Disk, Ignored)),
    ("windows_memory_available_bytes", checked(F::Memory, Context)),
    ("windows_memory_physical_total_bytes", checked(F::Memory, Ignored)),
    ("windows_net_packets_outbound_errors_total", symptom(F::Network, 0.5)),
    ("windows_net_packets_received_errors_total", symptom(F::Network, 0.5)),
    ("windows_os_physical_memory_free_bytes", checked(F::Memory, Context)),
    ("windows_service_state", checked(F::Service, Ignored)),
    ("windows_system_boot_time_timestamp", checked(F::Restart, Ignored)),
    ("windows_system_boot_time_timestamp_seconds", checked(F::Restart, Ignored)),
    ("windows_system_system_up_time", checked(F::Restart, Ignored)),
];

/// Name beginnings of what exporters and scrapers say about themselves.
const SELF_PREFIXES: [&str; 11] = [
    "go_",
    "process_",
    "promhttp_",
    "prometheus_",
    "scrape_",
    "python_",
    "net_conntrack_",
    "jvm_gc_",
    "node_scrape_",
    "node_timex_",
    "windows_exporter_",
];
const IGNORED_SUFFIXES: [&str; 8] = [
    "_bucket",
    "_info",
    "_created",
    "_timestamp",
    "_timestamp_seconds",
    "_start_time_seconds",
    "_mtime_seconds",
    "_sum",
];
const ERROR_SUFFIXES: [&str; 5] =
    ["_errors_total", "_error_total", "_failures_total", "_failed_total", "_exceptions_total"];

/// Rules for every other name.
fn by_name(metric: &str) -> Meaning {
    let starts = |prefix: &&str| metric.starts_with(prefix);
    let ends = |suffix: &&str| metric.ends_with(suffix);
    let host = metric.starts_with("node_") || metric.starts_with("windows_");
    let service_up = metric.ends_with("_up") && !host;
    let requests = ends(&"requests_total") || ends(&"responses_total") || ends(&"request_duration_seconds_count");
    let role = if SELF_PREFIXES.iter().any(starts) || IGNORED_SUFFIXES.iter().any(ends) || service_up {
        Ignored
    } else if host || metric.starts_with("probe_") {
        Context
    } else if ERROR_SUFFIXES.iter().any(ends) {
        Role::Symptom { material: 0.1 }
    } else {
        General
    };
    Meaning { family: family(metric, service_up, requests), role, checked: role != Ignored && requests || service_up }
}

fn family(metric: &str, service_up: bool, requests: bool) -> Family {
    let starts = |prefix: &&str| metric.starts_with(prefix);
    let families: [(&[&str], Family); 8] = [
        (
            &[
                "node_cpu",
                "node_load",
                "node_context",
                "node_procs",
                "node_pressure_cpu",
                "windows_cpu",
                "windows_system",
            ],
            F::Cpu,
        ),
        (&["node_memory", "node_vmstat", "node_pressure_memory", "windows_memory", "windows_os_physical"], F::Memory),
        (
            &["node_filesystem", "node_disk", "node_pressure_io", "windows_logical_disk", "windows_physical_disk"],
            F::Disk,
        ),
        (
            &[
                "node_network",
                "node_netstat",
                "node_sockstat",
                "node_softnet",
                "node_arp",
                "node_udp",
                "windows_net",
                "windows_tcp",
            ],
            F::Network,
        ),
        (&["node_nf_conntrack"], F::Conntrack),
        (&["node_systemd", "windows_service"], F::Service),
        (&["node_hwmon", "node_thermal", "node_md", "node_edac", "node_cooling"], F::Hardware),
        (&["probe_"], F::Probe),
    ];
    if service_up {
        return F::Service;
    }
    if requests {
        return F::Requests;
    }
    families.iter().find(|(prefixes, _)| prefixes.iter().any(starts)).map_or(F::Application, |(_, family)| *family)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_so_that_it_can_be_searched() {
        assert!(KNOWN.is_sorted_by(|(a, _), (b, _)| a < b));
        for (name, meaning) in KNOWN {
            assert_eq!(Meaning::of(name), *meaning);
        }
    }

    #[test]
    fn bookkeeping_is_ignored_usage_is_context_and_errors_are_symptoms() {
        for metric in [
            "go_gc_duration_seconds",
            "scrape_duration_seconds",
            "node_uname_info",
            "x_bucket",
            "node_scrape_collector_success",
        ] {
            assert_eq!(Meaning::of(metric).role, Ignored, "{metric}");
        }
        assert_eq!(Meaning::of("node_load1"), Meaning { family: F::Cpu, role: Context, checked: false });
        assert_eq!(Meaning::of("payments_failed_total").role, Role::Symptom { material: 0.1 });
        assert_eq!(Meaning::of("queue_depth").role, General);
        assert!(Meaning::of("http_requests_total").checked);
        assert_eq!(Meaning::of("redis_up").family, F::Service);
    }
}
