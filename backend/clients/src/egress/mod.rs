//! The guarded HTTP client for every URL or host somebody typed.
//!
//! An address is checked after the name was resolved, at connection time, so that a name cannot point elsewhere between
//! check and use; an IP literal, which skips the resolver, is checked before sending. No proxy, no redirects, one deadline over
//! the whole exchange, and a cap on the (decompressed) body. Errors are told apart by type, and none is retried here.

mod client;
mod error;
mod request;
mod resolver;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

pub(crate) use client::Body;
pub use client::GuardedClient;
pub use error::EgressError;
pub use request::{Request, Response};
use url::Host;
pub use watchkeeper_domain::address::{Policy, Refusal};

use self::resolver::GuardedResolver;

/// How long resolving a name and connecting may take, whatever the caller's deadline.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);

/// Makes clients that hold to one policy. Cheap to clone.
#[derive(Debug, Clone, Copy)]
pub struct Guard {
    policy: Policy,
}

impl Guard {
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self { policy }
    }

    #[must_use]
    pub fn policy(&self) -> Policy {
        self.policy
    }

    /// A client with its own connection pool; keep it. `timeout` spans the whole exchange, body included.
    ///
    /// # Errors
    /// [`EgressError::Protocol`] when TLS cannot be set up on this machine.
    pub fn client(&self, timeout: Duration) -> Result<GuardedClient, EgressError> {
        install_tls_provider();
        let client = reqwest::Client::builder()
            .dns_resolver(Arc::new(GuardedResolver::new(self.policy)))
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .timeout(timeout)
            .connect_timeout(timeout.min(CONNECT_WITHIN))
            .user_agent(concat!("watchkeeper/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| EgressError::Protocol(error::innermost(&error)))?;
        Ok(GuardedClient::new(client, self.policy, timeout))
    }

    /// The addresses behind `host` that may be connected to: for protocols that open their own socket (SMTP). Connect to these,
    /// not to the name.
    ///
    /// # Errors
    /// [`EgressError::Refused`] when the policy refuses the host, [`EgressError::Connect`] when the name does not resolve,
    /// [`EgressError::Timeout`] when the resolver does not answer.
    pub async fn vet_host(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, EgressError> {
        match Host::parse(host).or_else(|_not_a_name| bare_v6(host))? {
            Host::Ipv4(v4) => self.vet_address(IpAddr::V4(v4), port),
            Host::Ipv6(v6) => self.vet_address(IpAddr::V6(v6), port),
            Host::Domain(name) => {
                let within = tokio::time::timeout(CONNECT_WITHIN, resolver::lookup(self.policy, &name, port));
                within.await.map_err(|_elapsed| EgressError::Timeout(CONNECT_WITHIN))?
            }
        }
    }

    fn vet_address(&self, address: IpAddr, port: u16) -> Result<Vec<SocketAddr>, EgressError> {
        self.policy.check(address)?;
        Ok(vec![SocketAddr::new(address, port)])
    }
}

/// `::1` without the brackets that a URL would need.
fn bare_v6(host: &str) -> Result<Host, EgressError> {
    host.parse().map(Host::Ipv6).map_err(|_error| EgressError::Protocol(format!("{host:?} is not a host name")))
}

/// The first caller wins; the program's `main` usually was it.
fn install_tls_provider() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        rustls::crypto::ring::default_provider().install_default().ok();
    }
}

#[cfg(test)]
mod tests;
