//! Puts together what plays demos.

use std::sync::Arc;

use watchkeeper_clients::metrics::MetricsSource;

use crate::auth::SystemScope;
use crate::clock::Clock;
use crate::jobs::Runner;
use crate::jobs::demo::{PERIOD, PlayDemos};
use crate::nudge::Nudge;
use crate::services::demo::{DemoService, Pace, WithDemos};
use crate::store::Store;

/// The real source, and beside it the scripts of demos for those who play one.
pub(super) fn beside(real: Arc<dyn MetricsSource>, store: &Store) -> Arc<dyn MetricsSource> {
    Arc::new(WithDemos::new(real, store.clone(), SystemScope::for_job("read how far demos have come")))
}

/// The service, and the job that plays. `notices` wakes the job that turns an incident's notices into messages.
pub(super) fn demos(
    store: &Store,
    clock: &Clock,
    source: &Arc<dyn MetricsSource>,
    notices: &Nudge,
    pace: Pace,
    jobs: &mut Runner,
) -> Arc<DemoService> {
    let player = Nudge::default();
    let (store, clock, source) = (store.clone(), clock.clone(), Arc::clone(source));
    let demos = Arc::new(DemoService::new(store, clock, source, notices.clone(), player.clone(), pace));
    let system = SystemScope::for_job("end demos whose server died or whose day is over");
    jobs.spawn(PERIOD, player, Arc::new(PlayDemos::new(Arc::clone(&demos), system)));
    demos
}
