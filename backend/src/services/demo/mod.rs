//! The demo: a scripted outage played through the real pipeline, in a tenant of its own beside the person's.
//!
//! Only the metrics and the clock are scripted. Detection, incidents, the notice, its delivery: what does that for real tenants does
//! it here. The run is one document; the server that plays it holds it by lease, so that a server that dies leaves a run that says
//! so. Removing a demo is deleting its tenant's documents.

mod source;
mod stage;
mod story;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use watchkeeper_clients::metrics::MetricsSource;
use watchkeeper_domain::demo::{Letter, RUN_ID, Run, RunState, Scenario};
use watchkeeper_domain::time::{DAY, MINUTE, UtcMillis};

use super::ServiceError;
use crate::auth::{SystemScope, TenantScope};
use crate::clock::Clock;
use crate::nudge::Nudge;
use crate::store::{Error as StoreError, Filter, Order, Page, Query, Store, Versioned};

pub use source::WithDemos;
pub use story::{Caption, Drawing, Narrator, Story};

/// Demos that one server plays at once.
const SEATS: usize = 8;
/// What a client is told to wait when all are taken; a demo lasts a little longer.
const FULL_FOR: Duration = Duration::from_secs(60);
/// A dead server's run says so after this long.
const LEASE_MS: i64 = 45_000;
/// A demo's data goes by itself after this long.
const KEPT_MS: i64 = DAY;
/// The whole of a scenario in this time, whatever its length.
const WHOLE: Duration = Duration::from_secs(76);
/// No scripted minute takes longer than this.
const SLOWEST: Duration = Duration::from_secs(4);
/// A job may still write for a removed demo; what it left is looked for once more after this long.
const AFTERMATH_MS: i64 = 10_000;
/// Documents of one collection deleted at a time, and times.
const PIECE: u32 = 500;
const PIECES: usize = 1_000;
/// Runs looked at in one step of the job.
const LOOK: u32 = 100;

/// How long a scripted minute takes.
#[derive(Debug, Clone, Copy, Default)]
pub enum Pace {
    /// For people: the whole scenario within a minute and a half.
    #[default]
    Watchable,
    /// For tests: as fast as the pipeline goes.
    Unbraked,
}

impl Pace {
    fn per_minute(self, minutes: u32) -> Duration {
        match self {
            Self::Watchable => (WHOLE / minutes.max(1)).min(SLOWEST),
            Self::Unbraked => Duration::ZERO,
        }
    }
}

/// A run that waits for the job to play it, or is under way.
#[derive(Debug)]
pub struct Ticket {
    scope: TenantScope,
    scenario: &'static Scenario,
    origin: UtcMillis,
    /// What the run must still carry to be this one.
    token: String,
    switch: Switch,
    _seat: OwnedSemaphorePermit,
}

/// Ends a run that this server plays, and says when it has ended.
#[derive(Debug, Clone, Default)]
struct Switch {
    off: CancellationToken,
    ended: CancellationToken,
}

/// Plays demos, and shows them.
#[derive(Debug)]
pub struct DemoService {
    store: Store,
    clock: Clock,
    /// Knows the demos' metrics beside the real ones.
    source: Arc<dyn MetricsSource>,
    /// Wakes the job that turns notices into messages.
    notices: Nudge,
    /// Wakes the job that plays.
    player: Nudge,
    pace: Pace,
    server: String,
    seats: Arc<Semaphore>,
    queue: Mutex<Vec<Ticket>>,
    playing: Mutex<HashMap<String, Switch>>,
    /// Demos removed lately, and when to look for what was written after.
    removed: Mutex<Vec<(TenantScope, UtcMillis)>>,
}

impl DemoService {
    /// `player` is the nudge of the job that plays.
    #[must_use]
    pub fn new(
        store: Store,
        clock: Clock,
        source: Arc<dyn MetricsSource>,
        notices: Nudge,
        player: Nudge,
        pace: Pace,
    ) -> Self {
        Self {
            store,
            clock,
            source,
            notices,
            player,
            pace,
            server: format!("demo-{}", Uuid::new_v4().simple()),
            seats: Arc::new(Semaphore::new(SEATS)),
            queue: Mutex::default(),
            playing: Mutex::default(),
            removed: Mutex::default(),
        }
    }

    /// Begins a scenario; what an earlier one left is removed first.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for an unknown scenario, [`ServiceError::Conflict`] while one plays,
    /// [`ServiceError::Busy`] when this server plays as many as it may.
    pub async fn start(&self, scope: &TenantScope, scenario: &str) -> Result<(), ServiceError> {
        let scope = scope.demo();
        let scenario = Scenario::find(scenario).ok_or(ServiceError::NotFound)?;
        let now = self.clock.now();
        let known = self.run(&scope).await?;
        if known.as_ref().is_some_and(|known| known.doc.state_at(now) == RunState::Playing) {
            return Err(already_playing());
        }
        let full = || ServiceError::Busy { retry_after: FULL_FOR, cause: "every demo seat is taken".to_owned() };
        let seat = Arc::clone(&self.seats).try_acquire_owned().map_err(|_full| full())?;
        let run = self.new_run(scenario, now);
        let store = self.store.tenant(&scope);
        if let Some(Versioned { rev, .. }) = known {
            // Whoever wins this write clears the stage.
            store.replace(&run, rev).await?;
            self.purge(&scope).await?;
        }
        store.insert(&run).await.map_err(|error| match error {
            StoreError::Duplicate { .. } => already_playing(),
            error => error.into(),
        })?;
        self.set_the_stage(&scope, scenario, run.origin).await?;
        let switch = Switch::default();
        self.playing.lock().insert(scope.key().to_owned(), switch.clone());
        let Run { origin, lease_owner: token, .. } = run;
        self.queue.lock().push(Ticket { scope, scenario, origin, token, switch, _seat: seat });
        self.player.nudge();
        Ok(())
    }

    /// Stops it and removes everything of it. Removing what is not there is no error.
    ///
    /// # Errors
    /// When the store fails; what is left then can be removed again.
    pub async fn remove(&self, scope: &TenantScope) -> Result<(), ServiceError> {
        let scope = scope.demo();
        // A server that plays it elsewhere finds at its next minute that it is gone.
        self.store.tenant(&scope).delete::<Run>(RUN_ID).await?;
        let switch = self.playing.lock().get(scope.key()).cloned();
        if let Some(switch) = switch {
            switch.off.cancel();
            // It ends at its next await; should it not, what it writes is found by the second look.
            drop(tokio::time::timeout(Duration::from_secs(5), switch.ended.cancelled()).await);
        }
        self.purge(&scope).await?;
        let again = self.clock.now() + AFTERMATH_MS;
        self.removed.lock().push((scope, again));
        Ok(())
    }

    /// Messages of the demo, newest first.
    ///
    /// # Errors
    /// When the store fails or the cursor is not of this list.
    pub async fn outbox(&self, scope: &TenantScope, query: &Query) -> Result<Page<Letter>, ServiceError> {
        Ok(self.store.tenant(&scope.demo()).find(query).await?)
    }

    async fn run(&self, scope: &TenantScope) -> Result<Option<Versioned<Run>>, ServiceError> {
        Ok(self.store.tenant(scope).get::<Run>(RUN_ID).await?)
    }

    fn new_run(&self, scenario: &Scenario, now: UtcMillis) -> Run {
        let minutes = i64::from(scenario.minutes);
        let lasts = self.pace.per_minute(scenario.minutes) * scenario.minutes;
        let end = now + i64::try_from(lasts.as_millis()).unwrap_or(0);
        let origin = end - minutes * MINUTE;
        Run {
            id: RUN_ID.to_owned(),
            scenario: scenario.id.to_owned(),
            state: RunState::Playing,
            started_at: now,
            // On a whole minute, as clocks are read.
            origin: origin - origin.0.rem_euclid(MINUTE),
            minute: 0,
            finished_at: None,
            updated_at: now,
            incident_id: None,
            lease_owner: format!("{}/{}", self.server, Uuid::new_v4().simple()),
            lease_until: now + LEASE_MS,
            remove_at: now + KEPT_MS,
        }
    }

    async fn purge(&self, scope: &TenantScope) -> Result<(), ServiceError> {
        for _piece in 0..PIECES {
            if self.store.tenant(scope).purge(PIECE).await? {
                return Ok(());
            }
        }
        Err(ServiceError::Internal("a demo left more documents than it can have".to_owned()))
    }

    /// Runs whose server died, demos that are a day old, and what was written for removed ones.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn tidy(&self, system: &SystemScope, now: UtcMillis) -> Result<(), ServiceError> {
        let lapsed = Filter::eq("state", "playing").and(Filter::below("lease_until", now.0));
        for (scope, run) in self.runs(system, lapsed, "lease_until").await? {
            self.end(&scope, &run.lease_owner, RunState::Interrupted).await?;
        }
        for (scope, _run) in self.runs(system, Filter::below("remove_at", now.0), "remove_at").await? {
            self.purge(&scope).await?;
        }
        let due: Vec<TenantScope> = {
            let mut removed = self.removed.lock();
            let (due, later) = std::mem::take(&mut *removed).into_iter().partition(|(_, at)| *at <= now);
            *removed = later;
            let due: Vec<(TenantScope, UtcMillis)> = due;
            due.into_iter().map(|(scope, _)| scope).collect()
        };
        for scope in due {
            if self.run(&scope).await?.is_none() {
                self.purge(&scope).await?;
            }
        }
        Ok(())
    }

    async fn runs(
        &self,
        system: &SystemScope,
        filter: Filter,
        by: &'static str,
    ) -> Result<Vec<(TenantScope, Run)>, ServiceError> {
        let query = Query::new(filter, Order::oldest(by), LOOK);
        let found = self.store.system(system).find::<Run>(&query).await?.items;
        let scoped = |owner| TenantScope::for_job(owner, system, "end a demo");
        Ok(found.into_iter().filter_map(|(owner, run)| owner.map(|owner| (scoped(owner), run.doc))).collect())
    }
}

fn already_playing() -> ServiceError {
    ServiceError::Conflict("A demo is playing already. Watch it to its end, or remove it first.".to_owned())
}
