//! Where samples are kept: in memory, compressed, by tenant, for a day; and on disk, so that a restart loses half a minute at most.
//!
//! Tenants never share anything: each has a directory and a lock of its own. Memory and disk are bounded: beyond [`Limits`] the tenant
//! that takes the most gives up its oldest hour, which is said in the log and by [`Store::summary`].

mod format;
mod segment;
mod tenant;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::RwLock;
use watchkeeper_domain::id::{Id, UserId};
use watchkeeper_domain::time::{DAY, HOUR, UtcMillis};

pub(super) use self::tenant::{Series, SeriesRef, Tenant};

/// How long samples are kept: a day, and the hour that shows what was usual at this time a day ago.
const RETENTION_MS: i64 = DAY + HOUR;

/// What the collector may use at most.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Samples and labels in memory, bytes.
    pub memory: usize,
    /// Segment files, bytes.
    pub disk: u64,
    /// Series of one tenant; a scrape that would bring more is refused.
    pub tenant_series: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory: 512 << 20, disk: 1 << 30, tenant_series: 100_000 }
    }
}

/// What the store holds.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Summary {
    pub series: usize,
    pub samples: u64,
    /// Of the chunks that the samples are in.
    pub chunk_bytes: usize,
    pub memory: usize,
    pub disk: u64,
    /// Hours were given up to stay within the limits.
    pub shortened: bool,
}

#[derive(Debug)]
pub(super) struct Store {
    dir: PathBuf,
    limits: Limits,
    tenants: RwLock<HashMap<String, Arc<RwLock<Tenant>>>>,
    summary: RwLock<Summary>,
    /// What the disk said to the last flush, if it refused.
    broken: RwLock<Option<String>>,
}

impl Store {
    /// Opens what `dir` holds.
    ///
    /// # Errors
    /// When the directory or a file of it cannot be read or made.
    pub(super) fn open(dir: PathBuf, limits: Limits, now: UtcMillis) -> io::Result<Self> {
        make_dir(&dir)?;
        let mut tenants = HashMap::new();
        for entry in std::fs::read_dir(&dir)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if UserId::parse(&name).is_ok() {
                let tenant = Tenant::open(entry.path(), now.0 - RETENTION_MS)?;
                tenants.insert(name, Arc::new(RwLock::new(tenant)));
            }
        }
        let store =
            Self { dir, limits, tenants: RwLock::new(tenants), summary: RwLock::default(), broken: RwLock::default() };
        store.summarise(false);
        Ok(store)
    }

    pub(super) fn limits(&self) -> Limits {
        self.limits
    }

    /// As of the last [`Store::flush`].
    pub(super) fn summary(&self) -> Summary {
        *self.summary.read()
    }

    pub(super) fn tenant(&self, owner: &str) -> Option<Arc<RwLock<Tenant>>> {
        self.tenants.read().get(owner).cloned()
    }

    pub(super) fn tenant_or_new(&self, owner: &UserId) -> Arc<RwLock<Tenant>> {
        if let Some(tenant) = self.tenant(owner.as_str()) {
            return tenant;
        }
        let fresh = || Tenant::open(self.dir.join(owner.as_str()), i64::MAX).unwrap_or_default();
        Arc::clone(
            self.tenants.write().entry(owner.as_str().to_owned()).or_insert_with(|| Arc::new(RwLock::new(fresh()))),
        )
    }

    pub(super) fn broken(&self) -> Option<String> {
        self.broken.read().clone()
    }

    /// Writes what is new, forgets what is old and holds to the limits. Every tenant is tried; what the disk refuses stays in memory
    /// and is said by [`Store::broken`].
    pub(super) fn flush(&self, now: UtcMillis) {
        let refused = self.try_flush(now).err().map(|error| error.to_string());
        if let Some(error) = &refused {
            tracing::error!(error, "samples could not be written to disk");
        }
        *self.broken.write() = refused;
    }

    fn try_flush(&self, now: UtcMillis) -> io::Result<()> {
        let mut outcome = Ok(());
        for tenant in self.all() {
            let mut tenant = tenant.write();
            let flushed = tenant.flush(now).and_then(|()| tenant.expire(now.0 - RETENTION_MS));
            outcome = outcome.and(flushed);
        }
        self.drop_empty();
        let shortened = self.shorten();
        self.summarise(*shortened.as_ref().unwrap_or(&false));
        outcome.and(shortened.map(|_| ()))
    }

    fn all(&self) -> Vec<Arc<RwLock<Tenant>>> {
        self.tenants.read().values().cloned().collect()
    }

    /// A tenant that somebody holds may be about to get samples.
    fn drop_empty(&self) {
        self.tenants.write().retain(|_owner, tenant| {
            let gone = Arc::strong_count(tenant) == 1 && tenant.read().is_empty();
            if gone {
                std::fs::remove_dir(tenant.read().dir()).ok();
            }
            !gone
        });
    }

    /// Whether anything was given up.
    fn shorten(&self) -> io::Result<bool> {
        let mut shortened = false;
        loop {
            let tenants = self.all();
            let sizes: Vec<_> = tenants.iter().map(|tenant| (tenant.read().size(), tenant.read().on_disk())).collect();
            let memory: usize = sizes.iter().map(|(memory, _)| memory).sum();
            let disk: u64 = sizes.iter().map(|(_, disk)| disk).sum();
            let over_memory = memory > self.limits.memory;
            if !over_memory && disk <= self.limits.disk {
                return Ok(shortened);
            }
            let weight = |(memory, disk): &(usize, u64)| if over_memory { *memory as u64 } else { *disk };
            let largest = sizes.iter().zip(&tenants).max_by_key(|(size, _)| weight(size)).map(|(_, tenant)| tenant);
            match largest {
                Some(tenant) if tenant.write().shorten()? => shortened = true,
                _ => return Ok(shortened),
            }
        }
    }

    fn summarise(&self, shortened: bool) {
        let mut sum = Summary { shortened, ..Summary::default() };
        for tenant in self.all() {
            let tenant = tenant.read();
            let (samples, chunk_bytes) = tenant.density();
            sum.series += tenant.len();
            sum.samples += samples;
            sum.chunk_bytes += chunk_bytes;
            sum.memory += tenant.size();
            sum.disk += tenant.on_disk();
        }
        if shortened {
            tracing::warn!(
                collector.memory_bytes = sum.memory,
                collector.disk_bytes = sum.disk,
                "the collector gave up its oldest samples to stay within its limits"
            );
        }
        *self.summary.write() = sum;
    }

    /// Everything of a tenant, in memory and on disk.
    ///
    /// # Errors
    /// When the directory cannot be removed.
    pub(super) fn forget(&self, owner: &str) -> io::Result<()> {
        let Some(tenant) = self.tenants.write().remove(owner) else { return Ok(()) };
        let mut tenant = tenant.write();
        let dir = tenant.dir().to_owned();
        *tenant = Tenant::default();
        match std::fs::remove_dir_all(dir) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// For nobody else on this machine.
fn make_dir(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}
