//! Sending one request under the policy, and reading its answer under the cap.

use std::net::IpAddr;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use url::{Host, Url};
use watchkeeper_domain::address::Policy;

use super::{EgressError, Request, Response};

/// Enough for every answer but metrics.
const BODY_LIMIT: usize = 1 << 20;

/// A client bound to one policy. Cheap to clone; clones share the connection pool.
#[derive(Debug, Clone)]
pub struct GuardedClient {
    client: reqwest::Client,
    policy: Policy,
    timeout: Duration,
    body_limit: usize,
}

impl GuardedClient {
    pub(super) fn new(client: reqwest::Client, policy: Policy, timeout: Duration) -> Self {
        Self { client, policy, timeout, body_limit: BODY_LIMIT }
    }

    /// Answers larger than this are [`EgressError::TooLarge`]; 1 MiB until set.
    #[must_use]
    pub fn with_body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// # Errors
    /// [`EgressError`]; an answer with an error status is an answer.
    pub async fn send(&self, request: Request) -> Result<Response, EgressError> {
        self.vet(&request.url)?;
        let Request { method, url, headers, body } = request;
        let sent = self.client.request(method, url).headers(headers).body(body).send().await;
        let answer = sent.map_err(|error| EgressError::from_reqwest(&error, self.timeout))?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = self.read(answer, self.body_limit).await?;
        if !body.complete {
            return Err(EgressError::TooLarge { limit: self.body_limit });
        }
        Ok(Response { status, headers, body: body.bytes })
    }

    /// Checks what the resolver will not see: the scheme, and a host that already is an address.
    pub(crate) fn vet(&self, url: &Url) -> Result<(), EgressError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(EgressError::Protocol(format!(
                "a URL must begin with http:// or https://, not {}:",
                url.scheme()
            )));
        }
        match url.host() {
            Some(Host::Ipv4(v4)) => Ok(self.policy.check(IpAddr::V4(v4))?),
            Some(Host::Ipv6(v6)) => Ok(self.policy.check(IpAddr::V6(v6))?),
            Some(Host::Domain(name)) => Ok(self.policy.check_name(name)?),
            None => Err(EgressError::Protocol("the URL names no host".to_owned())),
        }
    }

    /// For a generated client that brings its own requests; whoever takes it calls [`GuardedClient::vet`] before each.
    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.client
    }

    pub(crate) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Reads at most `limit` bytes of the body, decompressed.
    pub(crate) async fn read(&self, mut answer: reqwest::Response, limit: usize) -> Result<Body, EgressError> {
        let mut bytes = BytesMut::new();
        loop {
            let next = answer.chunk().await.map_err(|error| EgressError::from_reqwest(&error, self.timeout))?;
            let Some(chunk) = next else { return Ok(Body { bytes: bytes.freeze(), complete: true }) };
            let room = limit.saturating_sub(bytes.len());
            if chunk.len() > room {
                bytes.extend_from_slice(chunk.get(..room).unwrap_or_default());
                return Ok(Body { bytes: bytes.freeze(), complete: false });
            }
            bytes.extend_from_slice(&chunk);
        }
    }
}

/// What was read of a body.
#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) bytes: Bytes,
    /// `false`: the rest was left unread because of the cap.
    pub(crate) complete: bool,
}
