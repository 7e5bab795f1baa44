//! One target as the collector sees it: where it is, what its last scrape brought, and how that went.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use watchkeeper_domain::id::{Id, UserId};
use watchkeeper_domain::metric::{ScrapeHealth, ScrapeState};
use watchkeeper_domain::series;
use watchkeeper_domain::target::{JOB, Target as Stored};
use watchkeeper_domain::time::UtcMillis;

use super::chunk::{STALE, value_bits};
use super::labels::{Labels, attach};
use super::parse::{self, Entries, Entry, Format};
use super::store::{SeriesRef, Store, Tenant};

/// Samples that one scrape may bring.
const MAX_SAMPLES: usize = 20_000;
/// Types that are remembered of one target.
const MAX_TYPES: usize = 2_000;

/// What makes a target the same one after a change.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Spec {
    pub(super) owner: UserId,
    pub(super) url: String,
    /// Labels of ours on every series: `job`, `instance`, `name` and the tags. Not the owner.
    pub(super) labels: BTreeMap<String, String>,
}

impl Spec {
    pub(super) fn of(owner: &UserId, target: &Stored) -> Self {
        let mut labels = target.tags.clone();
        let ours = [("job", JOB), ("instance", &target.address), ("name", &target.name)];
        labels.extend(ours.map(|(key, value)| (key.to_owned(), value.to_owned())));
        let url = format!("{}://{}{}", target.scheme.as_str(), target.address, target.metrics_path);
        Self { owner: owner.clone(), url, labels }
    }

    /// Where in the interval it is scraped: stable, and spread evenly over targets.
    pub(super) fn offset(&self, interval_ms: i64) -> i64 {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        (hasher.finish() >> 1).cast_signed() % interval_ms.max(1)
    }

    fn label(&self, name: &str) -> String {
        self.labels.get(name).cloned().unwrap_or_default()
    }
}

#[derive(Debug)]
pub(super) struct Target {
    pub(super) spec: Spec,
    pub(super) health: Mutex<ScrapeHealth>,
    state: Mutex<State>,
    busy: AtomicBool,
}

/// The right to scrape a target; there is one at a time, and it ends with its value.
#[derive(Debug)]
pub(super) struct Turn(Arc<Target>);

impl Turn {
    pub(super) fn target(&self) -> &Arc<Target> {
        &self.0
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.busy.store(false, Ordering::Release);
    }
}

/// What is remembered from one scrape to the next.
#[derive(Debug, Default)]
struct State {
    /// No more samples of it are wanted.
    retired: bool,
    /// Series of the last successful scrape, in the order in which they came.
    seen: Vec<Seen>,
    by_text: HashMap<Arc<[u8]>, usize>,
    scrape: u64,
    /// Types that the names of metrics do not give away, by family.
    types: HashMap<String, String>,
}

#[derive(Debug)]
struct Seen {
    /// As the exporter writes it.
    text: Arc<[u8]>,
    /// `None`: dropped, for it would contradict the scraper's own series.
    series: Option<SeriesRef>,
    /// The scrape it was last seen in.
    scrape: u64,
}

/// A sample of a scrape that may still fail.
enum Row {
    Known(usize, u64),
    New(Arc<[u8]>, Option<Labels>, u64),
}

/// A scrape that is over.
#[derive(Debug, Clone)]
pub(super) struct Scraped {
    /// Milliseconds; the instant of all its samples.
    pub(super) at: i64,
    pub(super) duration_seconds: f64,
    /// Samples the exposition held, or why there are none.
    pub(super) outcome: Result<usize, String>,
}

impl Target {
    pub(super) fn new(spec: Spec) -> Self {
        let health = ScrapeHealth {
            instance: spec.label("instance"),
            name: spec.label("name"),
            state: ScrapeState::Pending,
            last_scrape: None,
            duration_seconds: None,
            error: None,
        };
        Self { spec, health: Mutex::new(health), state: Mutex::default(), busy: AtomicBool::new(false) }
    }

    /// `None` while it is being scraped.
    pub(super) fn turn(self: &Arc<Self>) -> Option<Turn> {
        let taken = self.busy.swap(true, Ordering::Acquire);
        (!taken).then(|| Turn(Arc::clone(self)))
    }

    /// Type of a family where its name does not give it away.
    pub(super) fn types(&self) -> HashMap<String, String> {
        self.state.lock().types.clone()
    }

    /// Reads an exposition and keeps its samples, all or none; series that are gone end. Gives how many samples it held.
    ///
    /// # Errors
    /// What is wrong with the exposition.
    pub(super) fn take(&self, store: &Store, at: i64, body: &[u8], format: Format) -> Result<usize, String> {
        let mut state = self.state.lock();
        if state.retired {
            return Ok(0);
        }
        let tenant = store.tenant_or_new(&self.spec.owner);
        let (rows, samples) = state.read(body, format, &self.spec)?;
        let mut tenant = tenant.write();
        let room = store.limits().tenant_series.saturating_sub(tenant.len());
        let new =
            rows.iter().filter(|row| matches!(row, Row::New(_, Some(labels), _) if tenant.find(labels).is_none()));
        if new.count() > room {
            return Err(format!("series limit exceeded: an account may have {}", store.limits().tenant_series));
        }
        state.keep(&mut tenant, at, rows);
        Ok(samples)
    }

    /// Keeps `up` and the notes about a scrape; a failed one also ends the target's series.
    pub(super) fn report(&self, store: &Store, scraped: &Scraped) {
        let mut state = self.state.lock();
        if state.retired {
            return;
        }
        let tenant = store.tenant_or_new(&self.spec.owner);
        let mut tenant = tenant.write();
        if scraped.outcome.is_err() {
            state.end(&mut tenant, scraped.at);
        }
        #[expect(clippy::cast_precision_loss, reason = "a count of samples")]
        let samples = *scraped.outcome.as_ref().unwrap_or(&0) as f64;
        let up = if scraped.outcome.is_ok() { 1.0 } else { 0.0 };
        for (metric, value) in self.notes(up, scraped.duration_seconds, samples) {
            let series = tenant.series_of(metric);
            tenant.append(series, scraped.at, value_bits(value));
        }
        drop(tenant);
        let mut health = self.health.lock();
        health.state = if scraped.outcome.is_ok() { ScrapeState::Up } else { ScrapeState::Down };
        health.last_scrape = Some(UtcMillis(scraped.at));
        health.duration_seconds = Some(scraped.duration_seconds);
        health.error = scraped.outcome.as_ref().err().cloned();
    }

    fn notes(&self, up: f64, duration: f64, samples: f64) -> [(Labels, f64); 3] {
        [("up", up), ("scrape_duration_seconds", duration), ("scrape_samples_scraped", samples)]
            .map(|(metric, value)| (Labels::new(metric, &self.spec.labels), value))
    }

    /// No more samples are kept; a scrape under way keeps none.
    pub(super) fn stop(&self) {
        self.state.lock().retired = true;
    }

    /// The target is no longer wanted: all its series end, and a scrape under way keeps nothing.
    pub(super) fn retire(&self, store: &Store, at: i64) {
        let mut state = self.state.lock();
        state.retired = true;
        let Some(tenant) = store.tenant(self.spec.owner.as_str()) else { return };
        let mut tenant = tenant.write();
        state.end(&mut tenant, at);
        for (metric, _) in self.notes(0.0, 0.0, 0.0) {
            if let Some(series) = tenant.find(&metric) {
                tenant.append(series, at, STALE);
            }
        }
    }
}

impl State {
    fn forget(&mut self) {
        self.seen.clear();
        self.by_text.clear();
    }

    /// Ends every series of the last successful scrape.
    fn end(&mut self, tenant: &mut Tenant, at: i64) {
        for series in self.seen.iter().filter_map(|seen| seen.series) {
            tenant.append(series, at, STALE);
        }
        self.forget();
    }

    /// The samples of an exposition, and how many it held; nothing is changed but the types.
    fn read(&mut self, body: &[u8], format: Format, spec: &Spec) -> Result<(Vec<Row>, usize), String> {
        let mut entries = Entries::new(body, format);
        let mut rows = Vec::with_capacity(self.seen.len());
        let (mut next, mut samples) = (0, 0);
        loop {
            let expected = self.seen.get(next).map(|seen| &*seen.text).unwrap_or_default();
            let Some(entry) = entries.next(expected) else { return Ok((rows, samples)) };
            let (series, value) = match entry.map_err(|error| error.to_string())? {
                Entry::Sample { series, value } => (series, value_bits(value)),
                Entry::Type { family, kind } => {
                    self.learn(family, kind);
                    continue;
                }
            };
            samples += 1;
            let known = if series == expected { Some(next) } else { self.by_text.get(series).copied() };
            let row = match known {
                Some(index) => {
                    next = index + 1;
                    Row::Known(index, value)
                }
                None => {
                    let exposed = parse::exposed(series, format).map_err(|problem| entries.at_last_line(problem))?;
                    Row::New(series.into(), attach(&exposed, &spec.labels)?, value)
                }
            };
            rows.push(row);
            if rows.len() > MAX_SAMPLES {
                return Err(format!("sample limit exceeded: a scrape may bring {MAX_SAMPLES}"));
            }
        }
    }

    fn learn(&mut self, family: &str, kind: &str) {
        if self.types.get(family).is_some_and(|known| known == kind) {
            return;
        }
        if !series::hint_matters(family, kind) {
            self.types.remove(family);
        } else if self.types.len() < MAX_TYPES {
            self.types.insert(family.to_owned(), kind.to_owned());
        }
    }

    fn keep(&mut self, tenant: &mut Tenant, at: i64, rows: Vec<Row>) {
        self.scrape += 1;
        let scrape = self.scrape;
        for row in rows {
            match row {
                Row::Known(index, value) => {
                    let Some(seen) = self.seen.get_mut(index) else { continue };
                    // The same line twice: the first one counts.
                    if std::mem::replace(&mut seen.scrape, scrape) != scrape
                        && let Some(series) = seen.series
                        && !tenant.append(series, at, value)
                    {
                        // It was given up; the next scrape finds it as new.
                        seen.scrape = 0;
                    }
                }
                Row::New(text, labels, value) => {
                    if self.by_text.contains_key(&text) {
                        continue;
                    }
                    let series = labels.map(|labels| tenant.series_of(labels));
                    if let Some(series) = series {
                        tenant.append(series, at, value);
                    }
                    self.by_text.insert(Arc::clone(&text), self.seen.len());
                    self.seen.push(Seen { text, series, scrape });
                }
            }
        }
        self.drop_vanished(tenant, at);
    }

    fn drop_vanished(&mut self, tenant: &mut Tenant, at: i64) {
        let scrape = self.scrape;
        if self.seen.iter().all(|seen| seen.scrape == scrape) {
            return;
        }
        self.seen.retain(|seen| {
            if seen.scrape != scrape
                && let Some(series) = seen.series
            {
                tenant.append(series, at, STALE);
            }
            seen.scrape == scrape
        });
        self.by_text = self.seen.iter().enumerate().map(|(index, seen)| (Arc::clone(&seen.text), index)).collect();
    }
}
