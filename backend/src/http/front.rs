//! What the server knows of the way a request took: a proxy's word counts only when the operator said so.

use std::net::{IpAddr, Ipv6Addr};

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap};

use crate::auth::Door;

/// How the operator set the server up.
#[derive(Debug, Clone)]
pub struct Front {
    pub behind_proxy: bool,
    /// `FRONTEND_URL` is https: a proxy in front ends TLS.
    pub https_outside: bool,
    pub metrics_token: Option<secrecy::SecretString>,
}

impl Front {
    pub(super) fn is_https(&self, req: &HttpRequest) -> bool {
        let forwarded = || req.headers().get("x-forwarded-proto").is_some_and(|proto| proto == "https");
        self.https_outside || (self.behind_proxy && forwarded())
    }

    pub(super) fn door(&self, req: &HttpRequest) -> Door {
        let agent = req.headers().get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
        Door {
            address: self.address(req.headers(), req.peer_addr().map(|peer| peer.ip())).to_string(),
            user_agent: agent.unwrap_or("unknown").to_owned(),
        }
    }

    /// The client's address: the last one in `X-Forwarded-For`, which our proxy wrote; the ones before it anyone can write.
    pub(super) fn address(&self, headers: &HeaderMap, peer: Option<IpAddr>) -> IpAddr {
        let forwarded = || {
            let value = headers.get_all("x-forwarded-for").last()?.to_str().ok()?;
            value.rsplit(',').next()?.trim().parse().ok()
        };
        let address = if self.behind_proxy { forwarded().or(peer) } else { peer };
        address.unwrap_or(IpAddr::from([0, 0, 0, 0])).to_canonical()
    }
}

/// What one customer of a network provider holds: an IPv4 address, or an IPv6 /64.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn only_a_declared_proxy_is_believed_and_only_its_own_word() {
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_static("6.6.6.6, 203.0.113.9");
        headers.append(HeaderName::from_static("x-forwarded-for"), value);
        let peer = Some(IpAddr::from([127, 0, 0, 1]));
        let front = |behind_proxy| Front { behind_proxy, https_outside: false, metrics_token: None };
        assert_eq!(front(false).address(&headers, peer).to_string(), "127.0.0.1");
        assert_eq!(front(true).address(&headers, peer).to_string(), "203.0.113.9");
    }

    #[test]
    fn ipv6_customers_are_told_apart_by_their_network() {
        let network = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
    }
}
