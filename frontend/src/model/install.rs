//! How exporters are installed: package and image names as their makers publish them.

use watchkeeper_common::target::ExporterKind;

/// One way to install an exporter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Install {
    pub(crate) platform: &'static str,
    pub(crate) command: &'static str,
    /// What is still to be done by hand; empty for nothing.
    pub(crate) then: &'static str,
}

const fn way(platform: &'static str, command: &'static str, then: &'static str) -> Install {
    Install { platform, command, then }
}

const DEBIAN: &str = "Debian, Ubuntu";
const REDHAT: &str = "RHEL, Fedora";
const DOCKER: &str = "Docker";
const WINDOWS: &str = "Windows";
const MACOS: &str = "macOS";

const NODE: &[Install] = &[
    way(DEBIAN, "sudo apt-get install -y prometheus-node-exporter", ""),
    way(
        REDHAT,
        "sudo podman run -d --name node_exporter --restart always --net host --pid host -v /:/host:ro,rslave quay.io/prometheus/node-exporter --path.rootfs=/host",
        "Open its port: sudo firewall-cmd --permanent --add-port=9100/tcp && sudo firewall-cmd --reload",
    ),
    way(
        DOCKER,
        "docker run -d --name node_exporter --restart always --net host --pid host -v /:/host:ro,rslave quay.io/prometheus/node-exporter --path.rootfs=/host",
        "",
    ),
    way(MACOS, "brew install node_exporter && brew services start node_exporter", ""),
];
const WINDOWS_ONLY: &[Install] = &[way(
    WINDOWS,
    "choco install prometheus-windows-exporter.install -y",
    "In a PowerShell of an administrator. Then let the port in: New-NetFirewallRule -DisplayName windows_exporter -Direction Inbound -Protocol TCP -LocalPort 9182 -Action Allow",
)];
const POSTGRES: &[Install] = &[
    way(
        DEBIAN,
        "sudo apt-get install -y prometheus-postgres-exporter",
        "Set DATA_SOURCE_NAME in /etc/default/prometheus-postgres-exporter and restart it.",
    ),
    way(
        DOCKER,
        "docker run -d --name postgres_exporter --restart always --net host -e DATA_SOURCE_URI='localhost:5432/postgres?sslmode=disable' -e DATA_SOURCE_USER=postgres -e DATA_SOURCE_PASS=CHANGE_ME quay.io/prometheuscommunity/postgres-exporter",
        "Put in the database's user and password.",
    ),
];
const REDIS: &[Install] = &[
    way(DEBIAN, "sudo apt-get install -y prometheus-redis-exporter", ""),
    way(
        DOCKER,
        "docker run -d --name redis_exporter --restart always --net host oliver006/redis_exporter --redis.addr=redis://localhost:6379",
        "",
    ),
];
const MONGODB: &[Install] = &[way(
    DOCKER,
    "docker run -d --name mongodb_exporter --restart always --net host percona/mongodb_exporter:0.40 --mongodb.uri=mongodb://localhost:27017 --collect-all",
    "Put in the user and password where MongoDB asks for them.",
)];
const BLACKBOX: &[Install] = &[
    way(DEBIAN, "sudo apt-get install -y prometheus-blackbox-exporter", ""),
    way(
        DOCKER,
        "docker run -d --name blackbox_exporter --restart always -p 9115:9115 quay.io/prometheus/blackbox-exporter",
        "",
    ),
];

pub(crate) fn ways(kind: ExporterKind) -> &'static [Install] {
    match kind {
        ExporterKind::Node => NODE,
        ExporterKind::Windows => WINDOWS_ONLY,
        ExporterKind::Postgres => POSTGRES,
        ExporterKind::Redis => REDIS,
        ExporterKind::Mongodb => MONGODB,
        ExporterKind::Blackbox => BLACKBOX,
        ExporterKind::Custom => &[],
    }
}

/// Where it listens unless told otherwise.
pub(crate) fn port(kind: ExporterKind) -> Option<u16> {
    match kind {
        ExporterKind::Node => Some(9100),
        ExporterKind::Windows => Some(9182),
        ExporterKind::Postgres => Some(9187),
        ExporterKind::Redis => Some(9121),
        ExporterKind::Mongodb => Some(9216),
        ExporterKind::Blackbox => Some(9115),
        ExporterKind::Custom => None,
    }
}

/// What usually listens on a port.
pub(crate) fn kind_on(port_typed: u16) -> ExporterKind {
    let listens = |kind: &&ExporterKind| port(**kind) == Some(port_typed);
    ExporterKind::ALL.iter().find(listens).copied().unwrap_or(ExporterKind::Custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exporter_that_has_a_port_can_be_installed() {
        for kind in ExporterKind::ALL {
            assert_eq!(port(*kind).is_some(), !ways(*kind).is_empty(), "{kind:?}");
            assert_eq!(port(*kind).map(kind_on).unwrap_or(*kind), *kind);
        }
        assert_eq!(kind_on(8080), ExporterKind::Custom);
    }

    #[test]
    fn a_command_is_one_line() {
        for way in ExporterKind::ALL.iter().flat_map(|kind| ways(*kind)) {
            assert!(!way.command.contains('\n') && !way.command.is_empty(), "{way:?}");
        }
    }
}
