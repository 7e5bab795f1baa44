//! The built-in collector: a metrics source for a single machine that has no Prometheus.
//!
//! It scrapes every tenant's enabled targets itself, under the same address policy as every URL a user can set, and keeps a day of
//! samples in memory and in `DATA_DIR`. What Prometheus does with the configuration we ship, it does too: labels, limits, staleness.
//! One contract suite drives both. It has no query language.
//!
//! [`Collector::set_targets`] says what to scrape, [`Collector::step`] starts what is due and never waits for it, and
//! [`Collector::stop`] ends it. Each target has its own place in the interval, so that load is spread. Nothing here knows other
//! servers: two that share a database would both scrape everything, each into its own directory.

mod chunk;
mod labels;
mod parse;
mod scrape;
mod source;
mod store;
mod target;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use watchkeeper_domain::id::{Id, UserId};
use watchkeeper_domain::target::Target as Stored;
use watchkeeper_domain::time::{SECOND, UtcMillis};

pub use self::store::{Limits, Summary};

use self::store::Store;
use self::target::{Spec, Target, Turn};
use crate::egress::{EgressError, Guard, GuardedClient};

/// How often samples go to disk: what a crash may cost.
const FLUSH_EVERY_MS: i64 = 30 * SECOND;
/// Scrapes at the same time; more wait for their turn.
const CONCURRENCY: usize = 64;
/// A loop that has not turned for so long is not well.
const STUCK: Duration = Duration::from_secs(60);

/// What the operator may tune.
#[derive(Debug, Clone)]
pub struct CollectorSettings {
    /// Made when it is not there.
    pub dir: PathBuf,
    pub interval: Duration,
    /// Over each scrape, body included.
    pub timeout: Duration,
    /// Largest exposition, decompressed.
    pub body_limit: usize,
    pub limits: Limits,
}

impl CollectorSettings {
    #[must_use]
    pub fn new(dir: PathBuf) -> Self {
        let (interval, timeout) = (Duration::from_secs(15), Duration::from_secs(10));
        Self { dir, interval, timeout, body_limit: 10_000_000, limits: Limits::default() }
    }
}

/// Why the collector does not start.
#[derive(Debug, thiserror::Error)]
pub enum CollectorError {
    #[error("the collector's directory {}: {source}", path.display())]
    Directory { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Egress(#[from] EgressError),
}

/// Share it: the job turns it, the services ask it.
#[derive(Debug)]
pub struct Collector {
    store: Arc<Store>,
    http: GuardedClient,
    interval_ms: i64,
    permits: Arc<Semaphore>,
    plan: Mutex<Plan>,
    running: Mutex<JoinSet<()>>,
}

/// What is scraped, and when.
#[derive(Debug, Default)]
struct Plan {
    targets: HashMap<Spec, Arc<Target>>,
    by_owner: HashMap<String, Vec<Arc<Target>>>,
    due: BTreeMap<(i64, usize), Arc<Target>>,
    /// Tells targets that are due at the same instant apart.
    added: usize,
    /// Whether targets were ever set: those of the first time wait for their place in the interval, later ones do not.
    begun: bool,
    retired: Vec<Arc<Target>>,
    flush_at: i64,
    last_step: Option<Instant>,
}

impl Collector {
    /// Reads what a former run kept.
    ///
    /// # Errors
    /// [`CollectorError`]: when the directory cannot be used.
    pub fn open(settings: &CollectorSettings, guard: Guard, now: UtcMillis) -> Result<Self, CollectorError> {
        let unusable = |source| CollectorError::Directory { path: settings.dir.clone(), source };
        let store = Store::open(settings.dir.clone(), settings.limits, now).map_err(unusable)?;
        Ok(Self {
            store: Arc::new(store),
            http: guard.client(settings.timeout)?.with_body_limit(settings.body_limit),
            interval_ms: i64::try_from(settings.interval.as_millis()).unwrap_or(i64::MAX).max(1),
            permits: Arc::new(Semaphore::new(CONCURRENCY)),
            plan: Mutex::default(),
            running: Mutex::default(),
        })
    }

    /// All enabled targets of all tenants. One that is gone ends with the next step, one that is new begins with it.
    pub fn set_targets<'a>(&self, targets: impl IntoIterator<Item = (&'a UserId, &'a Stored)>) {
        let wanted: HashMap<Spec, ()> = targets
            .into_iter()
            .filter(|(_, target)| target.enabled)
            .map(|(owner, target)| (Spec::of(owner, target), ()))
            .collect();
        let mut plan = self.plan.lock();
        let plan = &mut *plan;
        let gone: Vec<Spec> = plan.targets.keys().filter(|spec| !wanted.contains_key(spec)).cloned().collect();
        plan.retired.extend(gone.iter().filter_map(|spec| plan.targets.remove(spec)));
        plan.due.retain(|_, target| plan.targets.contains_key(&target.spec));
        for spec in wanted.into_keys().filter(|spec| !plan.targets.contains_key(spec)).collect::<Vec<_>>() {
            let first = if plan.begun { i64::MIN } else { i64::MAX };
            let target = Arc::new(Target::new(spec.clone()));
            plan.added += 1;
            plan.due.insert((first, plan.added), Arc::clone(&target));
            plan.targets.insert(spec, target);
        }
        plan.begun = true;
        plan.by_owner.clear();
        for target in plan.targets.values() {
            plan.by_owner.entry(target.spec.owner.as_str().to_owned()).or_default().push(Arc::clone(target));
        }
    }

    /// Starts every scrape that is due, and a flush now and then; gives when to come back. To be called within a runtime.
    pub fn step(&self, now: UtcMillis) -> UtcMillis {
        let mut running = self.running.lock();
        while let Some(ended) = running.try_join_next() {
            if let Err(error) = ended {
                tracing::error!(error = %error, "a task of the collector panicked");
            }
        }
        let mut plan = self.plan.lock();
        plan.last_step = Some(Instant::now());
        for target in std::mem::take(&mut plan.retired) {
            target.retire(&self.store, now.0);
        }
        self.place(&mut plan, now);
        while let Some(entry) = plan.due.first_entry()
            && entry.key().0 <= now.0
        {
            let ((due, number), target) = entry.remove_entry();
            let next = self.next(&target.spec, now);
            plan.due.insert((next, number), Arc::clone(&target));
            let scheduled = if due == i64::MIN { now } else { UtcMillis(due) };
            // One that takes longer than the interval misses a turn.
            if let Some(turn) = target.turn() {
                running.spawn(self.scraping(turn, scheduled));
            }
        }
        if now.0 >= plan.flush_at {
            plan.flush_at = now.0 + FLUSH_EVERY_MS;
            let store = Arc::clone(&self.store);
            running.spawn_blocking(move || store.flush(now));
        }
        let next = plan.due.first_key_value().map_or(i64::MAX, |((due, _), _)| *due);
        UtcMillis(next.min(plan.flush_at))
    }

    /// Cuts off what is under way and writes what there is.
    pub async fn stop(&self) {
        let now = UtcMillis::from(jiff::Timestamp::now());
        let mut running = std::mem::take(&mut *self.running.lock());
        running.shutdown().await;
        let store = Arc::clone(&self.store);
        running.spawn_blocking(move || store.flush(now));
        running.join_all().await;
    }

    #[must_use]
    pub fn summary(&self) -> Summary {
        self.store.summary()
    }

    /// Targets that have no place in the interval yet get one.
    fn place(&self, plan: &mut Plan, now: UtcMillis) {
        while let Some(entry) = plan.due.last_entry()
            && entry.key().0 == i64::MAX
        {
            let ((_, number), target) = entry.remove_entry();
            plan.due.insert((self.next(&target.spec, now), number), target);
        }
    }

    /// The target's next place in the interval after `now`.
    fn next(&self, spec: &Spec, now: UtcMillis) -> i64 {
        let offset = spec.offset(self.interval_ms);
        let passed = (now.0 - offset).div_euclid(self.interval_ms);
        (passed + 1) * self.interval_ms + offset
    }

    fn scraping(&self, turn: Turn, scheduled: UtcMillis) -> impl Future<Output = ()> + Send + 'static {
        let (store, http, permits) = (Arc::clone(&self.store), self.http.clone(), Arc::clone(&self.permits));
        let slack_ms = self.interval_ms / 100;
        async move {
            // Never closed.
            let Ok(_permit) = permits.acquire_owned().await else { return };
            scrape::scrape(turn.target(), &store, &http, scheduled, slack_ms).await;
        }
    }
}
