//! The overview.

use watchkeeper_common::system as wire;

use super::timestamp;
use crate::services::stats::{Bar, Overview};

/// What is most urgent: something burns, nothing can be seen, nobody looks, nothing is known yet, or all is quiet.
fn standing(overview: &Overview) -> wire::Standing {
    if overview.incidents.open > overview.incidents.blind {
        wire::Standing::Burning
    } else if overview.incidents.blind > 0 || overview.last_batch_error.is_some() {
        wire::Standing::Blind
    } else if overview.stale && overview.targets.total > 0 {
        wire::Standing::Stale
    } else if overview.last_batch_at.is_none() || overview.targets.total == 0 {
        wire::Standing::New
    } else {
        wire::Standing::Quiet
    }
}

pub(in crate::http) fn overview(overview: Overview) -> wire::Stats {
    let (targets, incidents, model) = (overview.targets, overview.incidents, overview.model);
    wire::Stats {
        standing: standing(&overview),
        targets: wire::TargetCounts {
            total: targets.total,
            up: targets.up,
            down: targets.down,
            pending: targets.pending,
            paused: targets.paused,
            unknown: targets.unknown,
        },
        incidents: wire::IncidentCounts {
            open: incidents.open,
            acknowledged: incidents.acknowledged,
            resolved_24h: incidents.resolved_24h,
        },
        anomalies_24h: overview.anomalies_24h,
        series: overview.series,
        last_batch_at: overview.last_batch_at.map(timestamp),
        next_batch_at: overview.next_batch_at.map(timestamp),
        last_batch_error: overview.last_batch_error,
        model: wire::ModelCounts {
            calls_24h: model.calls_24h,
            avoided_24h: model.avoided_24h,
            tokens_today: model.tokens_today,
            token_budget: model.token_budget,
            cost_today_usd: model.cost_today_usd,
        },
        strip: overview.strip.iter().map(bar).collect(),
        has_target: overview.first_steps.has_target,
        has_scrape: overview.first_steps.has_scrape,
        has_analyst: overview.first_steps.has_analyst,
        has_receiver: overview.first_steps.has_receiver,
        has_tested_receiver: overview.first_steps.has_tested_receiver,
    }
}

fn bar(bar: &Bar) -> wire::BatchBar {
    wire::BatchBar { at: timestamp(bar.at), batches: bar.batches, outside: bar.outside, failed: bar.failed }
}
