//! Opening a store from its settings: the one place that chooses an engine.

use std::path::PathBuf;
use std::sync::Arc;

use secrecy::SecretString;

use crate::engine::Engine;
use crate::error::StoreError;

/// Where documents live.
#[derive(Debug, Clone)]
pub enum Settings {
    /// One file on this machine; its directory must exist. One server at a time.
    Sqlite { path: PathBuf },
    /// A MongoDB of 4.4 or newer. `database` overrules the one the URI names; with neither it is `watchkeeper`.
    Mongo { uri: SecretString, database: Option<String> },
}

/// Connects, or opens the file, and checks that it can be used.
///
/// # Errors
/// [`StoreError::Startup`] with one line for the operator. It never holds a credential.
pub async fn open(settings: &Settings) -> Result<Arc<dyn Engine>, StoreError> {
    let engine = match settings {
        Settings::Sqlite { .. } => "sqlite",
        Settings::Mongo { .. } => "mongodb",
    };
    Err(StoreError::Startup(format!("this build has no {engine} engine")))
}
