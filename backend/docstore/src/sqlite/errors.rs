//! SQLite's result codes as what a caller, or the operator at start, can do about them.

use std::path::Path;

use rusqlite::{Error, ErrorCode, ffi};

use crate::error::StoreError;

/// While serving.
pub(super) fn runtime(error: &Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Unavailable("the disk is full".to_owned()),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            StoreError::Unavailable("the database file is busy".to_owned())
        }
        Some(ErrorCode::SystemIoFailure) => StoreError::Unavailable("the disk does not answer".to_owned()),
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen) => {
            StoreError::Unavailable("the database file cannot be written".to_owned())
        }
        Some(ErrorCode::TooBig) => StoreError::Internal("the document is too large".to_owned()),
        _ => StoreError::Internal(format!("sqlite: {error}")),
    }
}

/// While opening `path`.
pub(super) fn startup(path: &Path, error: &Error) -> StoreError {
    let file = path.display();
    let line = match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => corrupt(path),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            format!("{file} is locked by another program: stop it, or choose another DATA_DIR")
        }
        Some(ErrorCode::DiskFull) => format!("the disk that holds {file} is full: free some space"),
        Some(ErrorCode::SystemIoFailure) => format!("the disk that holds {file} failed or is full: {error}"),
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => not_writable(path, &error),
        _ => format!("{file} cannot be opened: {error}"),
    };
    StoreError::Startup(line)
}

pub(super) fn corrupt(path: &Path) -> String {
    format!("{} is corrupt or no database: restore it from a backup, or move it away to start empty", path.display())
}

pub(super) fn not_writable(path: &Path, why: &dyn std::fmt::Display) -> String {
    format!("{} cannot be written: {why}; give this user the right to its directory", path.display())
}

/// Whether a unique index, or the key itself, refused the write.
pub(super) fn is_duplicate(error: &Error) -> bool {
    let codes = [ffi::SQLITE_CONSTRAINT_UNIQUE, ffi::SQLITE_CONSTRAINT_PRIMARYKEY];
    matches!(error, Error::SqliteFailure(cause, _) if codes.contains(&cause.extended_code))
}
