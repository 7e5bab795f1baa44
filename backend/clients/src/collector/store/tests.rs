//! Restart, torn tails, limits and expiry, on real files.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;

use tempfile::TempDir;
use watchkeeper_domain::time::{HOUR, SECOND};

use super::*;
use crate::collector::labels::Labels;

const START: i64 = 1_795_248_000_000;

fn owner(n: u8) -> UserId {
    UserId::parse(&format!("usr_{n:032x}")).unwrap()
}

fn labels(metric: &str) -> Labels {
    Labels::new(metric, &BTreeMap::from([("instance".to_owned(), "a:1".to_owned())]))
}

fn open(dir: &TempDir, limits: Limits, now: i64) -> Store {
    Store::open(dir.path().join("collector"), limits, UtcMillis(now)).unwrap()
}

/// `count` samples of `series` metrics from `from` on, one every 15 s; flushed at the end.
fn fill(store: &Store, owner: &UserId, series: usize, from: i64, count: i64) -> i64 {
    let tenant = store.tenant_or_new(owner);
    let mut at = from;
    for n in 0..count {
        at = from + n * 15 * SECOND;
        let mut tenant = tenant.write();
        for metric in 0..series {
            let found = tenant.series_of(labels(&format!("m{metric}")));
            assert!(tenant.append(found, at, (n as f64 * 0.37 + metric as f64).to_bits()));
        }
        drop(tenant);
        if n % 7 == 6 {
            store.flush(UtcMillis(at));
        }
    }
    store.flush(UtcMillis(at));
    assert_eq!(store.broken(), None);
    at
}

fn samples(store: &Store, owner: &UserId) -> BTreeMap<String, Vec<(i64, u64)>> {
    let tenant = store.tenant(owner.as_str()).unwrap();
    let tenant = tenant.read();
    tenant.series().map(|series| (series.labels().metric().to_owned(), series.samples(i64::MIN).collect())).collect()
}

fn files(dir: &TempDir, owner: &UserId) -> Vec<PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(dir.path().join("collector").join(owner.as_str()))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

#[test]
fn a_restart_brings_everything_back_to_its_tenant() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir, Limits::default(), START);
    let end = fill(&store, &owner(1), 5, START, 600);
    fill(&store, &owner(2), 1, START, 3);
    let (first, second) = (samples(&store, &owner(1)), samples(&store, &owner(2)));
    assert_eq!(first["m0"].len(), 600);
    assert_eq!(files(&dir, &owner(1)).len(), 3, "an hour each");
    drop(store);

    let store = open(&dir, Limits::default(), end);
    assert_eq!((samples(&store, &owner(1)), samples(&store, &owner(2))), (first.clone(), second));
    // It goes on where it was, and starts again.
    let end = fill(&store, &owner(1), 6, end + 15 * SECOND, 10);
    let grown = samples(&store, &owner(1));
    assert_eq!((grown["m0"].len(), grown["m5"].len()), (610, 10));
    drop(store);
    assert_eq!(samples(&open(&dir, Limits::default(), end), &owner(1)), grown);
    for file in files(&dir, &owner(1)) {
        assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_torn_tail_is_cut_off_and_the_rest_stays() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir, Limits::default(), START);
    let end = fill(&store, &owner(1), 3, START, 28);
    let whole = samples(&store, &owner(1));
    drop(store);
    let file = files(&dir, &owner(1)).remove(0);
    let length = std::fs::metadata(&file).unwrap().len();
    let content = std::fs::read(&file).unwrap();

    OpenOptions::new().append(true).open(&file).unwrap().write_all(&[7; 100]).unwrap();
    assert_eq!(samples(&open(&dir, Limits::default(), end), &owner(1)), whole);
    assert_eq!(std::fs::metadata(&file).unwrap().len(), length, "the noise is gone");

    for cut in [1, 9, 60] {
        std::fs::write(&file, &content[..content.len() - cut]).unwrap();
        let left = samples(&open(&dir, Limits::default(), end), &owner(1));
        assert_eq!(left["m0"].len(), 21, "the last flush of seven is lost, no more");
        assert_eq!(left["m0"][..], whole["m0"][..21]);
    }
    std::fs::write(&file, b"something else").unwrap();
    let store = open(&dir, Limits::default(), end);
    assert!(store.tenant(owner(1).as_str()).is_none_or(|tenant| tenant.read().is_empty()));
}

#[test]
fn a_day_later_it_is_gone_from_memory_and_disk() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir, Limits::default(), START);
    let end = fill(&store, &owner(1), 2, START, 300);
    // A later flush ends the file, one after a day deletes it.
    store.flush(UtcMillis(end + HOUR));
    store.flush(UtcMillis(end + 26 * HOUR));
    assert!(store.tenant(owner(1).as_str()).is_none());
    assert!(!dir.path().join("collector").join(owner(1).as_str()).exists());
    assert_eq!(store.summary(), Summary::default());
}

#[test]
fn beyond_the_limits_the_largest_tenant_gives_up_its_oldest_hour() {
    let dir = tempfile::tempdir().unwrap();
    let limits = Limits { disk: 60_000, ..Limits::default() };
    let store = open(&dir, limits, START);
    fill(&store, &owner(2), 1, START, 10);
    fill(&store, &owner(1), 10, START, 1_500);
    let held = store.summary();
    assert!(held.disk <= 60_000, "{held:?}");
    let (large, small) = (samples(&store, &owner(1)), samples(&store, &owner(2)));
    assert!(large["m0"].len() < 1_500 && large["m0"].last().unwrap().0 == START + 1_499 * 15 * SECOND);
    assert_eq!(small["m0"].len(), 10, "a small tenant does not pay for a large one");
}

#[test]
fn forgetting_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir, Limits::default(), START);
    fill(&store, &owner(1), 2, START, 10);
    fill(&store, &owner(2), 2, START, 10);
    store.forget(owner(1).as_str()).unwrap();
    assert!(store.tenant(owner(1).as_str()).is_none());
    let left: Vec<_> =
        std::fs::read_dir(dir.path().join("collector")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, [owner(2).as_str()]);
    store.forget(owner(9).as_str()).unwrap();
}

#[test]
fn a_disk_that_refuses_is_said_and_samples_stay_in_memory() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir, Limits::default(), START);
    // Where the directory should be made lies a file.
    std::fs::write(dir.path().join("collector").join(owner(1).as_str()), b"").unwrap();
    let tenant = store.tenant_or_new(&owner(1));
    let found = tenant.write().series_of(labels("m"));
    tenant.write().append(found, START, 1);
    store.flush(UtcMillis(START));
    assert!(store.broken().is_some());
    assert_eq!(samples(&store, &owner(1))["m"], [(START, 1)]);
    std::fs::remove_file(dir.path().join("collector").join(owner(1).as_str())).unwrap();
    tenant.write().append(found, START + 1, 2);
    store.flush(UtcMillis(START + 1));
    assert_eq!(store.broken(), None);
}
