//! What a noun declares to be storable.

use serde::Serialize;
use serde::de::DeserializeOwned;
use watchkeeper_docstore::Collection;

/// A storable noun. It serialises to a JSON object whose `id` field is its key; `user_id`, `rev` and `expires_at` are the
/// engine's. Times are integers (milliseconds since the epoch).
pub trait Document: Serialize + DeserializeOwned + Send + Sync + 'static {
    const COLLECTION: Collection;

    /// Unique within the collection and space.
    fn id(&self) -> &str;

    /// Milliseconds since the epoch after which the sweeper may delete it.
    fn expires_at(&self) -> Option<i64> {
        None
    }
}
