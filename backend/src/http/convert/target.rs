//! Targets.

use watchkeeper_common::target as wire;
use watchkeeper_domain::target::{ExporterKind, HealthState, TargetHealth};

use super::timestamp;
use crate::services::target::{NewTarget, TargetChange, TargetWithHealth};

pub(in crate::http) fn new_target(body: wire::CreateTarget) -> NewTarget {
    let wire::CreateTarget { address, name, tags, kind: exporter, enabled } = body;
    NewTarget { address, name, tags, kind: kind(exporter), enabled }
}

pub(in crate::http) fn change(body: wire::UpdateTarget) -> TargetChange {
    let wire::UpdateTarget { address, name, tags, kind: exporter, enabled } = body;
    TargetChange { address, name, tags, kind: exporter.map(kind), enabled }
}

pub(in crate::http) fn kind(kind: wire::ExporterKind) -> ExporterKind {
    match kind {
        wire::ExporterKind::Node => ExporterKind::Node,
        wire::ExporterKind::Windows => ExporterKind::Windows,
        wire::ExporterKind::Postgres => ExporterKind::Postgres,
        wire::ExporterKind::Redis => ExporterKind::Redis,
        wire::ExporterKind::Mongodb => ExporterKind::Mongodb,
        wire::ExporterKind::Blackbox => ExporterKind::Blackbox,
        wire::ExporterKind::Custom => ExporterKind::Custom,
    }
}

fn kind_view(kind: ExporterKind) -> wire::ExporterKind {
    match kind {
        ExporterKind::Node => wire::ExporterKind::Node,
        ExporterKind::Windows => wire::ExporterKind::Windows,
        ExporterKind::Postgres => wire::ExporterKind::Postgres,
        ExporterKind::Redis => wire::ExporterKind::Redis,
        ExporterKind::Mongodb => wire::ExporterKind::Mongodb,
        ExporterKind::Blackbox => wire::ExporterKind::Blackbox,
        ExporterKind::Custom => wire::ExporterKind::Custom,
    }
}

fn health(health: TargetHealth) -> wire::TargetHealth {
    wire::TargetHealth {
        state: match health.state {
            HealthState::Up => wire::HealthState::Up,
            HealthState::Down => wire::HealthState::Down,
            HealthState::Pending => wire::HealthState::Pending,
            HealthState::Paused => wire::HealthState::Paused,
            HealthState::Unknown => wire::HealthState::Unknown,
        },
        last_scrape: health.last_scrape.map(timestamp),
        scrape_duration_seconds: health.duration_seconds,
        error: health.error,
    }
}

pub(in crate::http) fn view(found: TargetWithHealth) -> wire::TargetView {
    let TargetWithHealth { target, health: seen } = found;
    wire::TargetView {
        id: target.id.into(),
        address: target.address,
        scheme: target.scheme.as_str().to_owned(),
        metrics_path: target.metrics_path,
        name: target.name,
        tags: target.tags,
        kind: kind_view(target.kind),
        enabled: target.enabled,
        health: health(seen),
        created_at: timestamp(target.created_at),
        updated_at: timestamp(target.updated_at),
    }
}
