//! Configuration: flags over environment over `.env` over the TOML file over defaults.
//!
//! Every key is declared once, in [`keys`]. From that one table come the typed [`Settings`], the flags, `watchkeeper config`,
//! the warning about unknown keys and the test over `.env.example`. To add a key, add a line there.
//!
//! A leaf module: it knows no other module of the server.

mod check;
mod docs;
mod keys;
mod secrets;
mod sources;
mod values;

pub use docs::{flags, table};
pub use keys::{Http, KEYS, Key, Langfuse, Llm, Prometheus, Scheduler, Security, Server, Settings, Smtp, Store};
pub use secrets::{Secrets, SecretsError};
pub use sources::{Loaded, load};
pub use values::{
    Count, Days, Environment, HttpUrl, List, LogFormat, MetricsFrom, Minutes, Origin, Provider, Seconds, SmtpTls,
    StoreKind,
};

/// Why the server does not start; one line that names the key, what is wrong and what is allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error("{key} ({origin}): {problem}; allowed: {allowed}")]
    Invalid { key: &'static str, origin: String, problem: String, allowed: &'static str },
    #[error("{file}: {problem}")]
    File { file: String, problem: String },
    /// Two values that do not go together.
    #[error("{key}: {problem}; allowed: {allowed}")]
    Together { key: &'static str, problem: String, allowed: &'static str },
}

impl Settings {
    /// Settings from `KEY, value` pairs alone, as a test or an embedding program gives them.
    ///
    /// # Errors
    /// [`ConfigError`] as for a real start.
    pub fn from_pairs<K: Into<String>, V: Into<String>>(
        pairs: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Self, ConfigError> {
        let mut values = sources::Values::default();
        for (key, value) in pairs {
            values.set(&key.into(), &value.into(), "given");
        }
        values.finish()
    }
}
