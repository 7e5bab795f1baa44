//! Targets.

use std::collections::BTreeMap;

use watchkeeper_common::target as wire;
use watchkeeper_domain::target::{ExporterKind, HealthState, ScrapeFailure, TargetHealth};

use super::super::problem::ApiError;
use super::timestamp;
use crate::services::target::{Judged, NewTarget, Suggestion, TargetChange, TargetWithHealth};

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

pub(in crate::http) fn state(state: wire::HealthState) -> HealthState {
    match state {
        wire::HealthState::Up => HealthState::Up,
        wire::HealthState::Down => HealthState::Down,
        wire::HealthState::Pending => HealthState::Pending,
        wire::HealthState::Paused => HealthState::Paused,
        wire::HealthState::Unknown => HealthState::Unknown,
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
        failure: health.failure.map(failure),
    }
}

fn failure(failure: ScrapeFailure) -> wire::ScrapeFailure {
    match failure {
        ScrapeFailure::Refused => wire::ScrapeFailure::Refused,
        ScrapeFailure::TimedOut => wire::ScrapeFailure::TimedOut,
        ScrapeFailure::UnknownHost => wire::ScrapeFailure::UnknownHost,
        ScrapeFailure::Unreachable => wire::ScrapeFailure::Unreachable,
        ScrapeFailure::Tls => wire::ScrapeFailure::Tls,
        ScrapeFailure::Unauthorised => wire::ScrapeFailure::Unauthorised,
        ScrapeFailure::NotFound => wire::ScrapeFailure::NotFound,
        ScrapeFailure::ServerError => wire::ScrapeFailure::ServerError,
        ScrapeFailure::NotMetrics => wire::ScrapeFailure::NotMetrics,
        ScrapeFailure::Reset => wire::ScrapeFailure::Reset,
        ScrapeFailure::Other => wire::ScrapeFailure::Other,
    }
}

pub(in crate::http) fn bulk(judged: Vec<Judged>) -> wire::BulkResult {
    let items: Vec<wire::BulkItem> = judged.into_iter().map(bulk_item).collect();
    let count = |outcome| items.iter().filter(|item| item.outcome == outcome).count().try_into().unwrap_or(u32::MAX);
    wire::BulkResult { added: count(wire::BulkOutcome::Added), refused: count(wire::BulkOutcome::Refused), items }
}

fn bulk_item(judged: Judged) -> wire::BulkItem {
    let bare = |outcome| wire::BulkItem { outcome, target: None, code: None, detail: None, errors: Vec::new() };
    match judged {
        Judged::Added(target) => wire::BulkItem { target: Some(view(*target)), ..bare(wire::BulkOutcome::Added) },
        Judged::Fits => bare(wire::BulkOutcome::Fits),
        Judged::Refused(error) => {
            let (code, detail, errors) = ApiError::from(error).into_parts();
            wire::BulkItem { code: Some(code), detail, errors, ..bare(wire::BulkOutcome::Refused) }
        }
    }
}

/// What service discovery says of a target.
pub(in crate::http) fn group((address, labels): (String, BTreeMap<String, String>)) -> wire::DiscoveredGroup {
    wire::DiscoveredGroup { targets: vec![address], labels }
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

pub(in crate::http) fn suggestions(found: Vec<Suggestion>) -> wire::TargetSuggestions {
    let view = |one: Suggestion| {
        let Suggestion { address, name, kind, why } = one;
        wire::TargetSuggestion { address, name: name.to_owned(), kind: kind_view(kind), why: why.to_owned() }
    };
    wire::TargetSuggestions { items: found.into_iter().map(view).collect() }
}
