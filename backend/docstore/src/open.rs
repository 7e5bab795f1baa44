//! Opening a store from its settings: the one place that chooses an engine.

use std::path::PathBuf;
use std::sync::Arc;

use secrecy::SecretString;

use crate::engine::Engine;
use crate::error::StoreError;
use crate::mongo::Mongo;
use crate::sqlite::Sqlite;

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
    match settings {
        Settings::Sqlite { path } => {
            let path = path.clone();
            let opened = tokio::task::spawn_blocking(move || Sqlite::open(&path)).await;
            Ok(Arc::new(opened.map_err(|error| StoreError::Startup(error.to_string()))??))
        }
        Settings::Mongo { uri, database } => Ok(Arc::new(Mongo::connect(uri, database.as_deref()).await?)),
    }
}
