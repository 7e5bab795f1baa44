//! Who may: the only place that can mint a [`TenantScope`] or a [`SystemScope`].
//!
//! A scope comes from an access token, from an API key, or for a job with a written reason. Everything else in the server
//! can only pass scopes on.

mod scope;

pub use scope::{Principal, SystemScope, TenantScope};
