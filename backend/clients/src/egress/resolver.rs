//! Name resolution that hands out permitted addresses only.

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use watchkeeper_domain::address::{Policy, Refusal};

use super::EgressError;

/// The system's resolver behind the policy. It runs at connection time, so what it checked is what is connected to.
#[derive(Debug, Clone, Copy)]
pub(super) struct GuardedResolver {
    policy: Policy,
}

impl GuardedResolver {
    pub(super) fn new(policy: Policy) -> Self {
        Self { policy }
    }
}

/// The name has no address.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the name {host} cannot be resolved: {cause}")]
pub(super) struct Unresolved {
    host: String,
    cause: String,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = self.policy;
        Box::pin(async move {
            // Port 0: the client puts the URL's in.
            let found = permitted(policy, name.as_str(), 0).await?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// The permitted addresses of `host`, at least one.
pub(super) async fn lookup(policy: Policy, host: &str, port: u16) -> Result<Vec<SocketAddr>, EgressError> {
    permitted(policy, host, port).await.map_err(|error| match error {
        Failure::Refused(refusal) => EgressError::Refused(refusal),
        Failure::Unresolved(unresolved) => EgressError::Connect(unresolved.to_string()),
    })
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{0}")]
    Refused(#[from] Refusal),
    #[error("{0}")]
    Unresolved(#[from] Unresolved),
}

/// Refused addresses are left out; a name that has no other is refused with the first of them.
async fn permitted(policy: Policy, host: &str, port: u16) -> Result<Vec<SocketAddr>, Failure> {
    policy.check_name(host)?;
    let found = tokio::net::lookup_host((host, port))
        .await
        .map_err(|error| Unresolved { host: host.to_owned(), cause: error.to_string() })?;
    let mut allowed = Vec::new();
    let mut refusal = None;
    for address in found {
        match policy.check(address.ip()) {
            Ok(()) => allowed.push(address),
            Err(refused) => refusal = refusal.or(Some(refused)),
        }
    }
    match refusal {
        _ if !allowed.is_empty() => Ok(allowed),
        Some(refusal) => Err(refusal.into()),
        None => Err(Unresolved { host: host.to_owned(), cause: "it has no address".to_owned() }.into()),
    }
}
