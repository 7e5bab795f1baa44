//! The database file: its lock, its identity, and how its connections are set.
//!
//! Durability: WAL with `synchronous = FULL`. A commit is acknowledged after its fsync, so neither `kill -9` nor a power
//! cut loses it; `NORMAL` would survive only the former. Group commit pays for it: one fsync for all that waited.
//!
//! One server at a time: an advisory lock on `<file>.lock`, held while the engine lives. The system drops it with the
//! process, however that ends, so there is nothing stale to clean up.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::{errors, matching};
use crate::error::StoreError;

/// `WKDB` in the file's header.
const APPLICATION_ID: i64 = 0x574b_4442;
/// Counts changes of the tables' form. A newer file is refused; an older one would be migrated here.
const VERSION: i64 = 1;
/// Files up to this size are checked page by page at start; larger ones would delay it too long.
const CHECKED_SIZE: u64 = 16 * 1024 * 1024;
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Takes the lock and makes sure that the file is ours to use.
pub(super) fn open(path: &Path) -> Result<(Connection, File), StoreError> {
    let lock = lock(path)?;
    let conn = identify(path)?;
    Ok((conn, lock))
}

fn lock(path: &Path) -> Result<File, StoreError> {
    // Through links, so that two names of one file are one lock.
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mut name = real.into_os_string();
    name.push(".lock");
    let name = PathBuf::from(name);
    let refused = |error: std::io::Error| match error.kind() {
        ErrorKind::StorageFull => {
            StoreError::Startup(format!("the disk that holds {} is full: free some space", path.display()))
        }
        _ => StoreError::Startup(errors::not_writable(path, &error)),
    };
    let mut file =
        OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&name).map_err(refused)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(StoreError::Startup(taken(path, &mut file))),
        Err(TryLockError::Error(error)) => return Err(refused(error)),
    }
    file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id())).map_err(refused)?;
    Ok(file)
}

fn taken(path: &Path, file: &mut File) -> String {
    let mut holder = String::new();
    let read = file.take(20).read_to_string(&mut holder).is_ok();
    let by = match holder.trim() {
        pid if read && !pid.is_empty() => format!("by process {pid}"),
        _ => "by another server".to_owned(),
    };
    format!("{} is in use {by}: stop it, choose another DATA_DIR, or use STORE=mongodb to run several", path.display())
}

fn identify(path: &Path) -> Result<Connection, StoreError> {
    let at_start = |error: rusqlite::Error| errors::startup(path, &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags).map_err(at_start)?;
    conn.busy_timeout(BUSY_TIMEOUT).map_err(at_start)?;
    let pragma = |name: &str| conn.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map_err(at_start);
    let (application, version) = (pragma("application_id")?, pragma("user_version")?);
    let objects: i64 = conn.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0)).map_err(at_start)?;
    let fresh = application == 0 && version == 0 && objects == 0;
    if !fresh && application != APPLICATION_ID {
        return Err(StoreError::Startup(format!(
            "{} is another program's database: choose another DATA_DIR",
            path.display()
        )));
    }
    if version > VERSION {
        return Err(StoreError::Startup(format!(
            "{} was written by a newer version (form {version}, this one knows {VERSION}): upgrade, or restore an older backup",
            path.display()
        )));
    }
    set(&conn).map_err(at_start)?;
    if fresh {
        conn.execute_batch(&format!(
            "BEGIN IMMEDIATE; PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION}; COMMIT;"
        ))
        .map_err(at_start)?;
    }
    if std::fs::metadata(path).is_ok_and(|file| file.len() <= CHECKED_SIZE) {
        let verdict: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(at_start)?;
        if verdict != "ok" {
            return Err(StoreError::Startup(errors::corrupt(path)));
        }
    }
    Ok(conn)
}

fn set(conn: &Connection) -> rusqlite::Result<()> {
    conn.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    conn.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864; PRAGMA trusted_schema = OFF;",
    )?;
    conn.set_prepared_statement_cache_capacity(128);
    keep_plans(conn)?;
    matching::register(conn)
}

/// Without this a statement is prepared anew at every binding: each parameter compared with an indexed expression might, to the
/// planner, prove the condition of a partial index.
fn keep_plans(conn: &Connection) -> rusqlite::Result<()> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(|_| ())
}

/// One more connection, for reading.
pub(super) fn reader(path: &Path) -> Result<Connection, StoreError> {
    let at_start = |error: rusqlite::Error| errors::startup(path, &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags).map_err(at_start)?;
    conn.busy_timeout(BUSY_TIMEOUT).map_err(at_start)?;
    conn.execute_batch("PRAGMA query_only = ON; PRAGMA trusted_schema = OFF;").map_err(at_start)?;
    conn.set_prepared_statement_cache_capacity(64);
    keep_plans(&conn).map_err(at_start)?;
    matching::register(&conn).map_err(at_start)?;
    Ok(conn)
}
