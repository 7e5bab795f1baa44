//! An exporter's address as typed: `host:port`, `[v6]:port`, or a URL with scheme and metrics path.

use std::net::IpAddr;

use url::{Host, Url};

use super::Scheme;

/// Longest text that is looked at, in bytes.
const MAX_TYPED: usize = 600;
const MAX_HOST: usize = 253;
const MAX_PATH: usize = 256;
pub(super) const DEFAULT_PATH: &str = "/metrics";

/// A checked address; printed it is the shortest text that parses back to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    scheme: Scheme,
    host: Host,
    port: u16,
    path: String,
}

/// Why a text is not an address, and what to type instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAddress {
    #[error("type the exporter's address, such as server.example.org:9100")]
    Empty,
    #[error("the address is too long")]
    TooLong,
    #[error("add the port, such as {0}:9100")]
    PortMissing(String),
    #[error("the port must be a number from 1 to 65535, not {0:?}")]
    BadPort(String),
    #[error("write an IPv6 address in brackets, such as [2001:db8::1]:9100")]
    BareV6,
    #[error("{0:?} is not a host name or an IP address")]
    BadHost(String),
    #[error("begin a URL with http:// or https://, not {0}://")]
    BadScheme(String),
    #[error("add http:// before an address that has a path, such as http://{0}")]
    PathWithoutScheme(String),
    #[error("leave out user name and password: Prometheus would show them on its pages")]
    Credentials,
    #[error("leave out everything from the ? or # on: only a path can be scraped")]
    QueryOrFragment,
    #[error("the path may hold letters, digits and -._~/:@+,;=()*!$' only, at most {MAX_PATH} of them")]
    BadPath,
}

impl Address {
    /// # Errors
    /// [`InvalidAddress`] names what to type instead.
    pub fn parse(typed: &str) -> Result<Self, InvalidAddress> {
        let text = typed.trim();
        match text.split_once("://") {
            _ if text.is_empty() => Err(InvalidAddress::Empty),
            _ if text.len() > MAX_TYPED => Err(InvalidAddress::TooLong),
            Some((scheme, rest)) => Self::parse_url(scheme, rest),
            None => Self::parse_pair(text),
        }
    }

    /// From the parts a stored target keeps.
    ///
    /// # Errors
    /// [`InvalidAddress`] when the parts were not made by [`Address::parse`].
    pub fn from_parts(scheme: Scheme, authority: &str, path: &str) -> Result<Self, InvalidAddress> {
        Self::parse(&format!("{}://{authority}{path}", scheme.as_str()))
    }

    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// `host:port` or `[v6]:port`, lower-case: what Prometheus shows as `instance`.
    #[must_use]
    pub fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The address itself, when no name has to be resolved.
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        match &self.host {
            Host::Domain(_) => None,
            Host::Ipv4(v4) => Some(IpAddr::V4(*v4)),
            Host::Ipv6(v6) => Some(IpAddr::V6(*v6)),
        }
    }

    /// The host without brackets.
    #[must_use]
    pub fn host(&self) -> String {
        match &self.host {
            Host::Domain(name) => name.clone(),
            Host::Ipv4(v4) => v4.to_string(),
            Host::Ipv6(v6) => v6.to_string(),
        }
    }

    fn parse_pair(text: &str) -> Result<Self, InvalidAddress> {
        if text.contains('/') {
            return Err(InvalidAddress::PathWithoutScheme(text.to_owned()));
        }
        let (host, port) = split_port(text)?;
        let port = port.ok_or_else(|| InvalidAddress::PortMissing(host.to_owned()))?;
        Ok(Self {
            scheme: Scheme::Http,
            host: parse_host(host)?,
            port: parse_port(port)?,
            path: DEFAULT_PATH.to_owned(),
        })
    }

    fn parse_url(scheme: &str, rest: &str) -> Result<Self, InvalidAddress> {
        let (scheme, default_port) = match scheme.to_ascii_lowercase().as_str() {
            "http" => (Scheme::Http, 80),
            "https" => (Scheme::Https, 443),
            _ => return Err(InvalidAddress::BadScheme(scheme.to_owned())),
        };
        if rest.contains(['?', '#']) {
            return Err(InvalidAddress::QueryOrFragment);
        }
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err(InvalidAddress::Credentials);
        }
        let (host, port) = split_port(authority)?;
        // A URL without a port has one: its scheme's.
        let port = port.map_or(Ok(default_port), parse_port)?;
        Ok(Self { scheme, host: parse_host(host)?, port, path: parse_path(path)? })
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.scheme == Scheme::Http && self.path == DEFAULT_PATH {
            write!(f, "{}:{}", self.host, self.port)
        } else {
            write!(f, "{}://{}:{}{}", self.scheme.as_str(), self.host, self.port, self.path)
        }
    }
}

/// `(host, port)`; brackets stay on the host.
fn split_port(text: &str) -> Result<(&str, Option<&str>), InvalidAddress> {
    if let Some(end) = text.starts_with('[').then(|| text.find(']')).flatten() {
        let (host, rest) = text.split_at(end + 1);
        return match rest.strip_prefix(':') {
            Some(port) => Ok((host, Some(port))),
            None if rest.is_empty() => Ok((host, None)),
            None => Err(InvalidAddress::BadHost(text.to_owned())),
        };
    }
    match text.rsplit_once(':') {
        Some((host, _)) if host.contains(':') => Err(InvalidAddress::BareV6),
        Some((host, port)) => Ok((host, Some(port))),
        None => Ok((text, None)),
    }
}

fn parse_port(text: &str) -> Result<u16, InvalidAddress> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let port = text.parse().ok().filter(|port| digits && *port != 0);
    port.ok_or_else(|| InvalidAddress::BadPort(text.to_owned()))
}

/// The WHATWG host parser, so that `0x7f.1` is seen as the address it is, and then what DNS allows.
fn parse_host(text: &str) -> Result<Host, InvalidAddress> {
    let bad = || InvalidAddress::BadHost(text.to_owned());
    // The parser would decode percent signs and drop soft hyphens: an address is typed plainly.
    if text.is_empty() || text.contains(['%', '\\']) || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(bad());
    }
    match Host::parse(text).map_err(|_not_a_host| bad())? {
        Host::Domain(name) if is_dns_name(&name) => Ok(Host::Domain(name)),
        Host::Domain(_) => Err(bad()),
        address => Ok(address),
    }
}

fn is_dns_name(name: &str) -> bool {
    let bare = name.strip_suffix('.').unwrap_or(name);
    bare.len() <= MAX_HOST
        && bare.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        })
}

/// Characters that Prometheus sends on as they stand; it would escape any other once more.
fn parse_path(path: &str) -> Result<String, InvalidAddress> {
    if path.is_empty() || path == "/" {
        return Ok(if path.is_empty() { DEFAULT_PATH } else { "/" }.to_owned());
    }
    let plain = path.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~/:@+,;=()*!$'".contains(&b));
    // Resolves `..`, so that one path has one spelling.
    let same = Url::parse(&format!("http://host{path}")).is_ok_and(|url| url.path() == path);
    if plain && same && path.len() <= MAX_PATH { Ok(path.to_owned()) } else { Err(InvalidAddress::BadPath) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(typed: &str) -> String {
        Address::parse(typed).unwrap().to_string()
    }

    #[test]
    fn what_people_type_is_understood() {
        for (typed, is) in [
            ("192.168.1.4:9182", "192.168.1.4:9182"),
            ("  Server.Example.ORG:9100 ", "server.example.org:9100"),
            ("node-exporter:9100", "node-exporter:9100"),
            ("my_host:9100", "my_host:9100"),
            ("[::1]:9100", "[::1]:9100"),
            ("[2001:DB8:0:0::1]:9100", "[2001:db8::1]:9100"),
            ("http://host:9100", "host:9100"),
            ("HTTP://host:9100/metrics", "host:9100"),
            ("http://host:9100/", "http://host:9100/"),
            ("https://host/probe/metrics", "https://host:443/probe/metrics"),
            ("http://host", "host:80"),
            ("http://[::1]/m", "http://[::1]:80/m"),
            ("127.1:9100", "127.0.0.1:9100"),
            ("0x7f.0.0.1:9100", "127.0.0.1:9100"),
            ("bücher.example:9100", "xn--bcher-kva.example:9100"),
        ] {
            assert_eq!(shown(typed), is, "{typed}");
        }
    }

    #[test]
    fn errors_say_what_to_type() {
        for (typed, why) in [
            ("", "type the exporter's address, such as server.example.org:9100"),
            ("server", "add the port, such as server:9100"),
            ("[::1]", "add the port, such as [::1]:9100"),
            ("server:0", "the port must be a number from 1 to 65535, not \"0\""),
            ("server:65536", "the port must be a number from 1 to 65535, not \"65536\""),
            ("server:+80", "the port must be a number from 1 to 65535, not \"+80\""),
            ("server:", "the port must be a number from 1 to 65535, not \"\""),
            ("::1:9100", "write an IPv6 address in brackets, such as [2001:db8::1]:9100"),
            ("1.2.3.4.5:9100", "\"1.2.3.4.5\" is not a host name or an IP address"),
            ("999.1.1.1:9100", "\"999.1.1.1\" is not a host name or an IP address"),
            ("-a:9100", "\"-a\" is not a host name or an IP address"),
            ("a..b:9100", "\"a..b\" is not a host name or an IP address"),
            ("a b:9100", "\"a b\" is not a host name or an IP address"),
            ("a%2eb:9100", "\"a%2eb\" is not a host name or an IP address"),
            (":9100", "\"\" is not a host name or an IP address"),
            ("ftp://host:21", "begin a URL with http:// or https://, not ftp://"),
            ("host:9100/metrics", "add http:// before an address that has a path, such as http://host:9100/metrics"),
            ("http://u:p@host:9100", "leave out user name and password: Prometheus would show them on its pages"),
            ("http://host/probe?target=x", "leave out everything from the ? or # on: only a path can be scraped"),
        ] {
            assert_eq!(Address::parse(typed).unwrap_err().to_string(), why, "{typed}");
        }
        assert_eq!(Address::parse("http://host/a/../b"), Err(InvalidAddress::BadPath));
        assert_eq!(Address::parse("http://host/%41"), Err(InvalidAddress::BadPath));
        assert_eq!(Address::parse(&format!("http://host/{}", "a".repeat(300))), Err(InvalidAddress::BadPath));
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in "\\PC{0,80}") {
            Address::parse(&text).ok();
        }

        #[test]
        fn the_shown_form_parses_back(host in "[a-z][a-z0-9-]{0,8}[a-z]", port in 1u16.., https: bool, path in "(/[a-z0-9_.~-]{1,6}x){0,3}") {
            let typed = format!("{}://{host}:{port}{path}", if https { "https" } else { "http" });
            let address = Address::parse(&typed).unwrap();
            prop_assert_eq!(Address::parse(&address.to_string()).unwrap(), address.clone());
            let again = Address::from_parts(address.scheme(), &address.authority(), address.path()).unwrap();
            prop_assert_eq!(again, address);
        }
    }
}
