//! What becomes of accounts that leave.

use std::sync::Arc;

use watchkeeper_clients::metrics::MetricsSource;

use crate::auth::SystemScope;
use crate::jobs::Runner;
use crate::jobs::farewell::{Farewell, PERIOD};
use crate::nudge::Nudge;
use crate::store::Store;

/// Starts the job that deletes what they own; what is handed back wakes it. `publisher` is woken when there are fewer targets.
pub(super) fn farewell(store: &Store, source: &Arc<dyn MetricsSource>, publisher: &Nudge, jobs: &mut Runner) -> Nudge {
    let leaving = Nudge::default();
    let system = SystemScope::for_job("find accounts that left and delete what they own");
    let job = Farewell { store: store.clone(), system, source: Arc::clone(source), publisher: publisher.clone() };
    jobs.spawn(PERIOD, leaving.clone(), Arc::new(job));
    leaving
}
