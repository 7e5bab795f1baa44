//! A document port with two engines, SQLite and MongoDB, that answer alike.
//!
//! This crate knows drivers and nothing of the product: not what a target is, not who may see it. Every call names a
//! [`Space`]; the engine adds it to every filter and every write, so a document of one tenant cannot be reached through
//! another's space. The server wraps an engine in `Store`, which hands out spaces only against a `TenantScope`.
//!
//! To add a query feature: `query.rs`, then both engines, then the contract suite (`tests/contract/`), whose
//! expectations are MongoDB's.

mod check;
mod cursor;
mod document;
mod engine;
mod error;
mod mongo;
mod open;
mod query;
mod sqlite;

pub use document::{Collection, Index, Keys, Revision, Tenancy};
pub use engine::{BulkOutcome, Claim, Engine, Raw, Space, Stored};
pub use error::StoreError;
pub use open::{Settings, open};
pub use query::{Bucket, Cursor, Direction, Filter, Order, Page, Query, Value};
