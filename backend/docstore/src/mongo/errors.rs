//! The driver's errors as what a caller, or the operator at start, can do about them. By kind and code, never by text,
//! and without the driver's text where that could repeat a connection string.

use mongodb::error::{Error, ErrorKind, WriteFailure};

use crate::error::StoreError;

const DUPLICATE_KEY: i32 = 11000;
/// Passing trouble on the server's side: shutting down, stepping down, not primary, out of time, out of disk.
const PASSING: [i32; 16] = [6, 7, 50, 89, 91, 112, 134, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436, 14031];

/// The server's code for a failed command or write.
pub(super) fn code(error: &Error) -> Option<i32> {
    match error.kind.as_ref() {
        ErrorKind::Command(error) => Some(error.code),
        ErrorKind::Write(WriteFailure::WriteError(error)) => Some(error.code),
        ErrorKind::Write(WriteFailure::WriteConcernError(error)) => Some(error.code),
        _ => None,
    }
}

pub(super) fn is_duplicate(error: &Error) -> bool {
    code(error) == Some(DUPLICATE_KEY)
}

/// Positions that a bulk insert refused as duplicates; the error itself when anything else went wrong.
pub(super) fn duplicates(error: &Error) -> Result<Vec<usize>, StoreError> {
    match error.kind.as_ref() {
        ErrorKind::InsertMany(bulk) if bulk.write_concern_error.is_none() => {
            let refused = bulk.write_errors.as_deref().unwrap_or_default();
            match refused.iter().find(|refused| refused.code != DUPLICATE_KEY) {
                None => Ok(refused.iter().map(|refused| refused.index).collect()),
                Some(other) => Err(of_code(other.code)),
            }
        }
        _ => Err(runtime(error)),
    }
}

fn of_code(code: i32) -> StoreError {
    if PASSING.contains(&code) {
        StoreError::Unavailable(format!("MongoDB cannot do it now (code {code})"))
    } else {
        StoreError::Internal(format!("MongoDB refused it (code {code})"))
    }
}

/// While serving.
pub(super) fn runtime(error: &Error) -> StoreError {
    if let Some(code) = code(error) {
        return of_code(code);
    }
    match error.kind.as_ref() {
        ErrorKind::ServerSelection { .. } => StoreError::Unavailable("no MongoDB server answers".to_owned()),
        ErrorKind::Io(_) | ErrorKind::ConnectionPoolCleared { .. } | ErrorKind::DnsResolve { .. } => {
            StoreError::Unavailable("the connection to MongoDB broke".to_owned())
        }
        ErrorKind::Authentication { .. } => StoreError::Unavailable("MongoDB refused the credentials".to_owned()),
        ErrorKind::Shutdown => StoreError::Unavailable("the store is closed".to_owned()),
        ErrorKind::InsertMany(_) => StoreError::Unavailable("MongoDB did not confirm the write".to_owned()),
        _ => StoreError::Internal(format!("mongodb: {error}")),
    }
}

/// While starting.
pub(super) fn startup(what: &str, error: &Error) -> StoreError {
    let why = match (code(error), error.kind.as_ref()) {
        (Some(DUPLICATE_KEY), _) => "documents with the same key stand there already".to_owned(),
        (Some(13), _) | (_, ErrorKind::Authentication { .. }) => {
            "MongoDB refuses: check user, password and authSource in MONGO_URI, and the user's rights".to_owned()
        }
        (Some(code), _) => format!("MongoDB answers with code {code}"),
        (None, ErrorKind::ServerSelection { .. } | ErrorKind::Io(_)) => {
            "no server answers there: is it running, and is MONGO_URI right?".to_owned()
        }
        (None, ErrorKind::DnsResolve { .. }) => "its name cannot be resolved".to_owned(),
        (None, ErrorKind::InvalidTlsConfig { .. }) => "the TLS options of MONGO_URI cannot be used".to_owned(),
        (None, _) => "the server's answer cannot be used".to_owned(),
    };
    StoreError::Startup(format!("{what}: {why}"))
}
