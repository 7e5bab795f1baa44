//! Puts together what runs batches and what shows their results.

use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;
use watchkeeper_clients::metrics::MetricsSource;

use crate::auth::SystemScope;
use crate::clock::Clock;
use crate::config::Settings;
use crate::jobs::{Runner, errands, retention, scheduler, sweep};
use crate::nudge::Nudge;
use crate::services::analyst::Analyst;
use crate::services::batch::errand::Errands;
use crate::services::batch::{BatchService, Limits};
use crate::services::incident::IncidentService;
use crate::services::settings::SettingsService;
use crate::services::stats::StatsService;
use crate::store::Store;
use crate::telemetry::Telemetry;

/// The services of this part, as handlers and jobs share them.
pub(super) struct Analysis {
    pub(super) batches: BatchService,
    pub(super) errands: Errands,
    /// Wakes the job that runs errands.
    asked: Nudge,
    pub(super) incidents: IncidentService,
    pub(super) stats: StatsService,
    pub(super) settings: SettingsService,
    pub(super) analyst: Arc<Analyst>,
}

impl Analysis {
    /// `notices` wakes the job that turns an incident's notices into messages.
    pub(super) fn new(
        settings: &Settings,
        store: &Store,
        clock: &Clock,
        metrics: Arc<dyn MetricsSource>,
        analyst: Arc<Analyst>,
        notices: &Nudge,
        telemetry: &Telemetry,
    ) -> Self {
        let limits = Limits::new(settings.scheduler.interval.0, settings.scheduler.retention.0);
        let server = format!("server-{}", Uuid::new_v4().simple());
        let asked = Nudge::default();
        Self {
            batches: BatchService::new(
                store.clone(),
                metrics,
                Arc::clone(&analyst),
                clock.clone(),
                notices.clone(),
                limits,
                &server,
            )
            .counted(telemetry.clone()),
            errands: Errands::new(asked.clone()),
            asked,
            incidents: IncidentService::new(store.clone(), clock.clone(), notices.clone()).counted(telemetry.clone()),
            stats: StatsService::new(store.clone(), clock.clone(), analyst.unasked(None).is_none()),
            settings: SettingsService::new(store.clone(), clock.clone(), settings.scheduler.retention.0),
            analyst,
        }
    }

    /// Starts the scheduler, unless the operator turned it off, what runs batches on demand, and the sweep.
    pub(super) fn start(&self, settings: &Settings, store: &Store, runner: &mut Runner) {
        let finish_within = settings.http.drain.0.mul_f64(0.8).max(Duration::from_secs(1));
        if settings.scheduler.enabled {
            let nudge = Nudge::default();
            let concurrency = usize::try_from(settings.scheduler.concurrency.0).unwrap_or(usize::MAX);
            let system = SystemScope::for_job("claim tenants whose batch is due");
            let job =
                scheduler::Scheduler::new(system, self.batches.clone(), concurrency, nudge.clone(), finish_within);
            runner.spawn(scheduler::PERIOD, nudge, Arc::new(job));
        }
        let asked = self.asked.clone();
        let errands =
            errands::RunErrands::new(self.batches.clone(), self.errands.clone(), asked.clone(), finish_within);
        runner.spawn(errands::PERIOD, asked, Arc::new(errands));
        let sweep = sweep::Sweep::new(store.clone(), SystemScope::for_job("delete expired documents"));
        runner.spawn(sweep::PERIOD, Nudge::default(), Arc::new(sweep));
        let system = SystemScope::for_job("find tenants who keep less than the operator");
        let retention = retention::ShortenedRetention::new(store.clone(), system);
        runner.spawn(retention::PERIOD, Nudge::default(), Arc::new(retention));
    }
}
