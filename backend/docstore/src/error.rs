//! What can go wrong in a store, told apart by what the caller can do about it.

/// Engines map their driver's errors here by code, never by text.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A unique index refused the write; `index` is the name it was declared with (`_id` for the key itself).
    #[error("a document with the same {index} exists")]
    Duplicate { index: String },
    /// The document changed since it was read, or is gone.
    #[error("the document changed since it was read")]
    Conflict,
    /// A cursor that this query did not hand out.
    #[error("the cursor does not belong to this list")]
    InvalidCursor,
    /// Stored bytes are not the document they should be.
    #[error("document {collection}/{id} cannot be read: {reason}")]
    Corrupt { collection: &'static str, id: String, reason: String },
    /// Passing trouble: the server is away, the disk is full, the queue is full. Trying again may work.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// Start-up refusals, each with one line for the operator: unreachable server, server too old, locked, corrupt or newer file.
    #[error("{0}")]
    Startup(String),
    #[error("store failure: {0}")]
    Internal(String),
}
