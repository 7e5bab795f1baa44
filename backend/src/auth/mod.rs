//! Who may: the only place that can mint a [`TenantScope`] or a [`SystemScope`].
//!
//! A scope comes from an access token, from an API key, or for a job with a written reason. Everything else in the server
//! can only pass scopes on. Accounts, sessions and keys live here because proving who someone is needs to look across
//! tenants, and nothing else may.

mod account;
mod api_key;
mod credential;
mod crypto;
mod device;
mod error;
mod password;
mod profile;
mod scope;
mod session;
mod throttle;
mod token;

pub use account::{Accounts, Door, NewAccount, SignIn, WhoSignsIn};
pub use api_key::{ApiKeys, CreatedKey};
pub use credential::{Authenticator, Credential};
pub use crypto::install_crypto;
pub use device::device;
pub use error::AuthError;
pub use password::Hasher;
pub use profile::ProfileChange;
pub use scope::{Principal, SystemScope, TenantScope};
pub use session::{Opened, Sessions};
pub use throttle::{Limits, Throttle};
pub use token::Tokens;
