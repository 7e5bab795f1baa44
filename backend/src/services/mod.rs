//! What the product does, verb by verb: permission in, result out.
//!
//! A service holds what it needs (store, clients, clock), is built in `app`, and takes `&TenantScope` first in every
//! verb. It knows no HTTP. To add one: a file per noun here, a line in `app`, a module in `http`.

pub mod alert;
pub mod analyst;
pub mod batch;
pub mod delivery;
pub mod demo;
pub mod error;
pub mod events;
pub mod export;
pub mod incident;
pub mod metric;
pub mod post;
pub mod publish;
pub mod schedule;
pub mod seal;
pub mod settings;
pub mod stats;
pub mod target;

pub use error::ServiceError;
