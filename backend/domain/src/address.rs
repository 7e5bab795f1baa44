//! Which network addresses the server may speak to on behalf of a user.
//!
//! Pure classification of an address that is already known; resolving names is the egress client's work. An address that
//! carries another one inside (v4-mapped, NAT64, 6to4) is judged by the worse of the two.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What an address is for, from harmless to never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// On the public internet.
    Public,
    /// This machine or its own network: only where the operator allows it.
    Private(Local),
    /// No legitimate use from here, whatever the operator allows.
    Never(Forbidden),
}

/// Why an address counts as private.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Local {
    Loopback,
    PrivateNetwork,
    CarrierNat,
    /// An IPv4 address written as IPv6.
    Mapped,
}

/// Why an address is refused always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Forbidden {
    Unspecified,
    LinkLocal,
    CloudMetadata,
    Multicast,
    Broadcast,
    Reserved,
}

/// What the operator allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Loopback, private ranges, carrier NAT and unique local addresses.
    pub allow_private: bool,
}

/// Why an address was refused; the text is for the user who typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("{address} is {}; the operator does not allow such addresses (ALLOW_PRIVATE_TARGETS)", .kind.words())]
    Private { address: IpAddr, kind: Local },
    #[error("{address} is {}; such addresses are never used", .kind.words())]
    Never { address: IpAddr, kind: Forbidden },
    /// A name of this machine, refused without asking the resolver.
    #[error("{host} names this machine; the operator does not allow such addresses (ALLOW_PRIVATE_TARGETS)")]
    LocalName { host: String },
}

impl Policy {
    /// For addresses the operator wrote into the configuration.
    #[must_use]
    pub const fn operator() -> Self {
        Self { allow_private: true }
    }

    /// # Errors
    /// [`Refusal`] when the policy does not let the server speak to `address`.
    pub fn check(self, address: IpAddr) -> Result<(), Refusal> {
        match reach(address) {
            Reach::Private(kind) if !self.allow_private => Err(Refusal::Private { address, kind }),
            Reach::Public | Reach::Private(_) => Ok(()),
            Reach::Never(kind) => Err(Refusal::Never { address, kind }),
        }
    }

    /// # Errors
    /// [`Refusal::LocalName`] for `localhost` and names below it, which stay local whatever a resolver says (RFC 6761).
    pub fn check_name(self, host: &str) -> Result<(), Refusal> {
        let name = host.trim_end_matches('.').to_ascii_lowercase();
        if !self.allow_private && (name == "localhost" || name.ends_with(".localhost")) {
            return Err(Refusal::LocalName { host: host.to_owned() });
        }
        Ok(())
    }
}

/// What `address` is for.
#[must_use]
pub fn reach(address: IpAddr) -> Reach {
    match address {
        IpAddr::V4(v4) => reach_v4(v4),
        IpAddr::V6(v6) => match embedded(v6) {
            Some((inner, at_least)) => reach_v4(inner).max(at_least),
            None => reach_v6(v6),
        },
    }
}

/// Metadata services that do not hide behind link-local addresses: Alibaba Cloud, Azure's wire server, Oracle Cloud.
const METADATA_V4: [Ipv4Addr; 3] =
    [Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(168, 63, 129, 16), Ipv4Addr::new(192, 0, 0, 192)];
/// `fd00:ec2::254`, the metadata service of AWS over IPv6, and `fd20:ce::254`, that of Google Cloud.
const METADATA_V6: [Ipv6Addr; 2] =
    [Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x254), Ipv6Addr::new(0xfd20, 0x00ce, 0, 0, 0, 0, 0, 0x254)];

fn reach_v4(v4: Ipv4Addr) -> Reach {
    let [a, b, c, _] = v4.octets();
    match (a, b, c) {
        _ if METADATA_V4.contains(&v4) => Reach::Never(Forbidden::CloudMetadata),
        (0, ..) => Reach::Never(Forbidden::Unspecified),
        (169, 254, _) => Reach::Never(Forbidden::LinkLocal),
        (224..=239, ..) => Reach::Never(Forbidden::Multicast),
        _ if v4.is_broadcast() => Reach::Never(Forbidden::Broadcast),
        (240..=255, ..) | (192, 0, 0) => Reach::Never(Forbidden::Reserved),
        (127, ..) => Reach::Private(Local::Loopback),
        (10, ..) | (172, 16..=31, _) | (192, 168, _) | (198, 18..=19, _) => Reach::Private(Local::PrivateNetwork),
        (100, 64..=127, _) => Reach::Private(Local::CarrierNat),
        _ => Reach::Public,
    }
}

fn reach_v6(v6: Ipv6Addr) -> Reach {
    let [first, second, ..] = v6.segments();
    match first {
        _ if METADATA_V6.contains(&v6) => Reach::Never(Forbidden::CloudMetadata),
        _ if v6.is_unspecified() => Reach::Never(Forbidden::Unspecified),
        _ if v6.is_loopback() => Reach::Private(Local::Loopback),
        0xfe80..=0xfebf => Reach::Never(Forbidden::LinkLocal),
        0xff00.. => Reach::Never(Forbidden::Multicast),
        // Unique local, and site-local that it replaced.
        0xfc00..=0xfdff | 0xfec0..=0xfeff => Reach::Private(Local::PrivateNetwork),
        // Teredo hides an IPv4 address behind an exclusive-or; the discard prefix goes nowhere.
        0x2001 if second == 0 => Reach::Never(Forbidden::Reserved),
        0x0100 if second == 0 => Reach::Never(Forbidden::Reserved),
        0x2000..=0x3fff => Reach::Public,
        _ => Reach::Never(Forbidden::Reserved),
    }
}

/// The IPv4 address inside an IPv6 one, and the least that the wrapping itself counts as.
fn embedded(v6: Ipv6Addr) -> Option<(Ipv4Addr, Reach)> {
    let [a, b, c, d, e, f, g, h] = v6.segments();
    let tail = || join(g, h);
    match (a, b, c, d, e, f) {
        (0, 0, 0, 0, 0, 0xffff) => Some((tail(), Reach::Private(Local::Mapped))),
        // v4-compatible (deprecated); `::` and `::1` are themselves.
        (0, 0, 0, 0, 0, 0) if g != 0 || h > 1 => Some((tail(), Reach::Private(Local::Mapped))),
        // NAT64: 64:ff9b::/96, and 64:ff9b:1::/48 for local use.
        (0x64, 0xff9b, 0, 0, 0, 0) => Some((tail(), Reach::Public)),
        (0x64, 0xff9b, 1, ..) => Some((tail(), Reach::Private(Local::PrivateNetwork))),
        // 6to4.
        (0x2002, ..) => Some((join(b, c), Reach::Public)),
        _ => None,
    }
}

fn join(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))
}

impl Local {
    fn words(self) -> &'static str {
        match self {
            Self::Loopback => "a loopback address",
            Self::PrivateNetwork => "in a private range",
            Self::CarrierNat => "in the carrier NAT range",
            Self::Mapped => "an IPv4 address written as IPv6",
        }
    }
}

impl Forbidden {
    fn words(self) -> &'static str {
        match self {
            Self::Unspecified => "the unspecified address",
            Self::LinkLocal => "a link-local address",
            Self::CloudMetadata => "a cloud metadata service",
            Self::Multicast => "a multicast address",
            Self::Broadcast => "the broadcast address",
            Self::Reserved => "in a reserved range",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Reach {
        reach(text.parse().unwrap())
    }

    #[test]
    fn metadata_and_link_local_are_refused_whatever_the_operator_allows() {
        for text in [
            "169.254.169.254",
            "169.254.0.1",
            "fd00:ec2::254",
            "fd20:ce::254",
            "100.100.100.200",
            "168.63.129.16",
            "192.0.0.192",
            "fe80::1",
            "0.0.0.0",
            "0.1.2.3",
            "::",
            "224.0.0.1",
            "ff02::1",
            "255.255.255.255",
            "240.0.0.1",
            "2001::1",
            "::ffff:169.254.169.254",
            "::169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "2002:a9fe:a9fe::1",
        ] {
            assert!(matches!(at(text), Reach::Never(_)), "{text} is {:?}", at(text));
            assert!(Policy::operator().check(text.parse().unwrap()).is_err(), "{text}");
        }
    }

    #[test]
    fn private_ranges_need_the_operator() {
        for text in [
            "127.0.0.1",
            "127.9.9.9",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.4",
            "100.64.0.1",
            "198.18.0.1",
            "::1",
            "fd12:3456::1",
            "fec0::1",
            "::ffff:8.8.8.8",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::1",
        ] {
            assert!(matches!(at(text), Reach::Private(_)), "{text} is {:?}", at(text));
            assert!(Policy { allow_private: false }.check(text.parse().unwrap()).is_err(), "{text}");
            assert_eq!(Policy::operator().check(text.parse().unwrap()), Ok(()), "{text}");
        }
    }

    #[test]
    fn public_addresses_pass() {
        for text in ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::808:808", "2002:808:808::1"] {
            assert_eq!(at(text), Reach::Public, "{text}");
        }
    }

    #[test]
    fn localhost_is_local_without_asking() {
        let strict = Policy { allow_private: false };
        for host in ["localhost", "LOCALHOST.", "db.localhost"] {
            assert!(strict.check_name(host).is_err(), "{host}");
            assert_eq!(Policy::operator().check_name(host), Ok(()));
        }
        assert_eq!(strict.check_name("localhost.example.org"), Ok(()));
    }

    proptest! {
        #[test]
        fn wrapping_an_address_never_widens_its_reach(bits: u32) {
            let v4 = Ipv4Addr::from(bits);
            let plain = reach(IpAddr::V4(v4));
            let [a, b, c, d] = v4.octets();
            let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
            for wrapped in [
                v4.to_ipv6_mapped(),
                Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
                Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1),
            ] {
                prop_assert!(reach(IpAddr::V6(wrapped)) >= plain, "{wrapped} is wider than {v4}");
            }
        }
    }
}
