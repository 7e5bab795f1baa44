//! Reaching the server at start, and knowing that it will do.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bson::{Document, doc};
use mongodb::event::EventHandler;
use mongodb::event::sdam::SdamEvent;
use mongodb::options::{Acknowledgment, ClientOptions, ReadPreference, SelectionCriteria, WriteConcern};
use mongodb::{Client, Database};
use secrecy::{ExposeSecret, SecretString};

use super::{codec, errors};
use crate::error::StoreError;

/// How long to look for a server before saying that there is none.
const SELECTION: Duration = Duration::from_secs(4);
/// Most connections to one server; requests beyond it wait, within their deadline.
const CONNECTIONS: u32 = 32;
const OLDEST: (i64, i64) = (4, 4);
const DATABASE: &str = "watchkeeper";

pub(super) async fn connect(uri: &SecretString, database: Option<&str>) -> Result<Database, StoreError> {
    let mut options = ClientOptions::parse(uri.expose_secret()).await.map_err(|error| match error.kind.as_ref() {
        mongodb::error::ErrorKind::DnsResolve { .. } => {
            StoreError::Startup("the DNS record that MONGO_URI names cannot be resolved".to_owned())
        }
        // The driver's text may repeat parts of the URI, and with them a password.
        _ => StoreError::Startup(
            "MONGO_URI is no MongoDB connection string: write mongodb://[user:password@]host[:port]/[database]"
                .to_owned(),
        ),
    })?;
    let hosts = options.hosts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let too_old = Arc::new(AtomicBool::new(false));
    tune(&mut options, Arc::clone(&too_old));
    let name = database.map(str::to_owned).or_else(|| options.default_database.clone());
    let what = format!("MongoDB at {hosts}");
    let client = Client::with_options(options).map_err(|error| errors::startup(&what, &error))?;
    let database = client.database(name.as_deref().unwrap_or(DATABASE));
    let build = database.run_command(doc! { "buildInfo": 1 }).await.map_err(|error| {
        if too_old.load(Ordering::SeqCst) { old(&what, "an older one") } else { errors::startup(&what, &error) }
    })?;
    version(&what, &build)?;
    Ok(database)
}

/// The URI's own options stand, but for those that correctness depends on.
fn tune(options: &mut ClientOptions, too_old: Arc<AtomicBool>) {
    options.app_name.get_or_insert_with(|| "watchkeeper".to_owned());
    options.server_selection_timeout.get_or_insert(SELECTION);
    options.connect_timeout.get_or_insert(SELECTION);
    options.max_pool_size.get_or_insert(CONNECTIONS);
    // A claim or a revision read from a secondary could be one already lost.
    options.selection_criteria = Some(SelectionCriteria::ReadPreference(ReadPreference::Primary));
    // What was acknowledged must outlive the primary.
    options.write_concern.get_or_insert_with(|| WriteConcern::builder().w(Acknowledgment::Majority).build());
    options.sdam_event_handler = Some(EventHandler::callback(move |event| {
        if let SdamEvent::TopologyDescriptionChanged(change) = event
            && change.new_description.compatibility_error().is_some()
        {
            too_old.store(true, Ordering::SeqCst);
        }
    }));
}

fn old(what: &str, version: &str) -> StoreError {
    let (major, minor) = OLDEST;
    StoreError::Startup(format!("{what} is {version}: version {major}.{minor} or newer is needed"))
}

fn version(what: &str, build: &Document) -> Result<(), StoreError> {
    let parts: Vec<i64> = build.get_array("versionArray").into_iter().flatten().filter_map(codec::integer).collect();
    match parts.as_slice() {
        [major, minor, ..] if (*major, *minor) >= OLDEST => Ok(()),
        [major, minor, ..] => Err(old(what, &format!("{major}.{minor}"))),
        _ => Err(old(what, "of an unknown version")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_before_4_4_are_refused() {
        let build = |parts: [i32; 4]| doc! { "versionArray": parts.to_vec() };
        assert!(version("m", &build([4, 4, 0, 0])).is_ok());
        assert!(version("m", &build([8, 0, 1, 0])).is_ok());
        let refused = version("m", &build([4, 2, 24, 0])).unwrap_err();
        assert_eq!(refused.to_string(), "m is 4.2: version 4.4 or newer is needed");
        assert!(version("m", &Document::new()).is_err());
    }
}
