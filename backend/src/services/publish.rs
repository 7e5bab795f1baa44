//! Telling whoever scrapes which targets there are: the built-in collector, or Prometheus by one file per tenant for file discovery, or one answer for HTTP discovery.
//!
//! A file is written beside its place, flushed to disk and renamed, so that Prometheus never reads half of it, and only when
//! its content changed. Files of tenants without an enabled target are removed; anything in the directory that does not
//! bear a tenant's name is not ours and stays.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use watchkeeper_clients::collector::Collector;
use watchkeeper_domain::id::{Id, UserId};
use watchkeeper_domain::target::{Target, file_sd};

use super::ServiceError;
use crate::auth::SystemScope;
use crate::nudge::Nudge;
use crate::store::{Filter, Order, Query, Store};

const PAGE: u32 = 1000;

/// What one run did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    pub written: usize,
    pub unchanged: usize,
    pub removed: usize,
}

#[derive(Debug)]
pub struct Publisher {
    pub store: Store,
    pub system: SystemScope,
    pub dir: PathBuf,
    /// Where this server scrapes by itself, it is told the same.
    pub collector: Option<Arc<Collector>>,
    /// Wakes the collector's job.
    pub collect: Nudge,
}

impl Publisher {
    /// Makes the directory agree with the store. Safe to repeat and to cut off anywhere.
    ///
    /// # Errors
    /// When the store does not answer (then nothing is touched), or the directory cannot be written.
    pub async fn publish(&self) -> Result<Published, ServiceError> {
        let by_owner = self.enabled().await?;
        if let Some(collector) = &self.collector {
            collector.set_targets(pairs(&by_owner));
            self.collect.nudge();
        }
        let files = by_owner.iter().map(|(owner, targets)| (file_name(owner), render(owner, targets))).collect();
        let dir = self.dir.clone();
        let done = tokio::task::spawn_blocking(move || reconcile(&dir, &files)).await;
        let done = done.map_err(|error| ServiceError::Internal(error.to_string()))?;
        done.map_err(|error| ServiceError::Internal(format!("{}: {error}", self.dir.display())))
    }

    /// Every tenant's enabled targets in one document, for Prometheus' HTTP discovery.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn document(&self) -> Result<String, ServiceError> {
        let by_owner = self.enabled().await?;
        Ok(file_sd(pairs(&by_owner)))
    }

    async fn enabled(&self) -> Result<BTreeMap<UserId, Vec<Target>>, ServiceError> {
        let mut by_owner: BTreeMap<UserId, Vec<Target>> = BTreeMap::new();
        let mut query = Query::new(Filter::eq("enabled", true), Order::oldest("created_at"), PAGE);
        loop {
            let page = self.store.system(&self.system).find::<Target>(&query).await?;
            for (owner, target) in page.items {
                // A demo's hosts exist in its script only.
                if let Some(owner) = owner.filter(|owner| !owner.is_demo()) {
                    by_owner.entry(owner).or_default().push(target.doc);
                }
            }
            match page.next {
                Some(next) => query = query.after(Some(next)),
                None => return Ok(by_owner),
            }
        }
    }
}

/// Whether the directory can be written, found out by writing; the server says so before it serves.
///
/// # Errors
/// Why not.
pub fn probe(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    let temporary = dir.join(format!(".probe.{}.tmp", std::process::id()));
    File::create(&temporary)?;
    fs::remove_file(&temporary)
}

fn pairs(by_owner: &BTreeMap<UserId, Vec<Target>>) -> impl Iterator<Item = (&UserId, &Target)> {
    by_owner.iter().flat_map(|(owner, targets)| targets.iter().map(move |target| (owner, target)))
}

fn render(owner: &UserId, targets: &[Target]) -> String {
    file_sd(targets.iter().map(|target| (owner, target)))
}

fn file_name(owner: &UserId) -> String {
    format!("{}.json", owner.as_str())
}

fn is_ours(file_name: &str) -> bool {
    file_name.strip_suffix(".json").is_some_and(|stem| UserId::parse(stem).is_ok())
}

fn reconcile(dir: &Path, files: &BTreeMap<String, String>) -> io::Result<Published> {
    fs::create_dir_all(dir)?;
    let mut done = Published::default();
    for (name, content) in files {
        let path = dir.join(name);
        match fs::read(&path) {
            Ok(old) if old == content.as_bytes() => done.unchanged += 1,
            Ok(_) => {
                write(dir, name, content)?;
                done.written += 1;
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                write(dir, name, content)?;
                done.written += 1;
            }
            Err(error) => return Err(error),
        }
    }
    for entry in fs::read_dir(dir)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if is_ours(&name) && !files.contains_key(&name) {
            fs::remove_file(dir.join(&name))?;
            done.removed += 1;
        }
    }
    if done.written + done.removed > 0 {
        File::open(dir)?.sync_all()?;
    }
    Ok(done)
}

/// The temporary name ends in no `.json`, so discovery does not see it, and names the process: two servers may share the directory.
fn write(dir: &Path, name: &str, content: &str) -> io::Result<()> {
    let temporary = dir.join(format!(".{name}.{}.tmp", std::process::id()));
    let mut file = File::create(&temporary)?;
    file.write_all(content.as_bytes())?;
    file.sync_all()?;
    drop(file);
    fs::rename(&temporary, dir.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "usr_0000000000000000000000000000000a.json";
    const B: &str = "usr_0000000000000000000000000000000b.json";

    fn files(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, content)| ((*name).to_owned(), (*content).to_owned())).collect()
    }

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn the_directory_follows_and_strangers_stay() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().join("made/on/demand");
        let done = reconcile(&dir, &files(&[(A, "[1]"), (B, "[2]")])).unwrap();
        assert_eq!(done, Published { written: 2, unchanged: 0, removed: 0 });
        fs::write(dir.join("operator.json"), "[]").unwrap();
        fs::write(dir.join("usr_notes.json"), "[]").unwrap();
        let done = reconcile(&dir, &files(&[(A, "[3]")])).unwrap();
        assert_eq!(done, Published { written: 1, unchanged: 0, removed: 1 });
        assert_eq!(names(&dir), ["operator.json", A, "usr_notes.json"]);
        assert_eq!(fs::read_to_string(dir.join(A)).unwrap(), "[3]");
    }

    #[test]
    fn what_did_not_change_is_not_written() {
        let dir = tempfile::tempdir().unwrap();
        reconcile(dir.path(), &files(&[(A, "[1]")])).unwrap();
        let before = fs::metadata(dir.path().join(A)).unwrap().modified().unwrap();
        let done = reconcile(dir.path(), &files(&[(A, "[1]")])).unwrap();
        assert_eq!(done, Published { written: 0, unchanged: 1, removed: 0 });
        assert_eq!(fs::metadata(dir.path().join(A)).unwrap().modified().unwrap(), before);
    }

    #[test]
    fn a_directory_that_cannot_be_made_is_an_error() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(reconcile(&file.path().join("x"), &files(&[(A, "[1]")])).is_err());
        assert!(probe(&file.path().join("x")).is_err());
    }
}
