//! Types of values: each knows how it is written and says what is allowed.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

/// A value that can be read from one text.
pub(super) trait Setting: Sized {
    /// For documentation and for the line that refuses a wrong value.
    const ALLOWED: &'static str;
    /// Whether the text must never be shown.
    const SECRET: bool = false;

    /// # Errors
    /// What is wrong with the text, as the end of the sentence "the value …".
    fn parse(text: &str) -> Result<Self, &'static str>;
}

/// Empty text is "not set".
impl<T: Setting> Setting for Option<T> {
    const ALLOWED: &'static str = T::ALLOWED;
    const SECRET: bool = T::SECRET;
    fn parse(text: &str) -> Result<Self, &'static str> {
        if text.is_empty() { Ok(None) } else { T::parse(text).map(Some) }
    }
}

impl Setting for String {
    const ALLOWED: &'static str = "any text on one line";
    fn parse(text: &str) -> Result<Self, &'static str> {
        match text {
            "" => Err("is empty"),
            _ if text.chars().any(char::is_control) => Err("holds control characters"),
            _ => Ok(text.to_owned()),
        }
    }
}

impl Setting for SecretString {
    const ALLOWED: &'static str = "any text on one line";
    const SECRET: bool = true;
    fn parse(text: &str) -> Result<Self, &'static str> {
        String::parse(text).map(Self::from)
    }
}

impl Setting for bool {
    const ALLOWED: &'static str = "true or false";
    fn parse(text: &str) -> Result<Self, &'static str> {
        match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "1" => Ok(true),
            "false" | "no" | "off" | "0" => Ok(false),
            _ => Err("is neither true nor false"),
        }
    }
}

impl Setting for IpAddr {
    const ALLOWED: &'static str = "an IPv4 or IPv6 address such as 127.0.0.1, 0.0.0.0 or ::";
    fn parse(text: &str) -> Result<Self, &'static str> {
        let bare = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(text);
        if bare == "localhost" {
            return Ok(Self::from([127, 0, 0, 1]));
        }
        bare.parse().or(Err("is not an IP address"))
    }
}

impl Setting for u16 {
    const ALLOWED: &'static str = "a port from 0 to 65535";
    fn parse(text: &str) -> Result<Self, &'static str> {
        match text.parse::<i64>() {
            Ok(number) => Self::try_from(number).or(Err("is out of range")),
            Err(_) => Err("is not a whole number"),
        }
    }
}

impl Setting for PathBuf {
    const ALLOWED: &'static str = "a path";
    fn parse(text: &str) -> Result<Self, &'static str> {
        String::parse(text).map(Self::from)
    }
}

/// A whole number from 1 up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count(pub u32);

impl Setting for Count {
    const ALLOWED: &'static str = "a whole number from 1 to 1000000000";
    fn parse(text: &str) -> Result<Self, &'static str> {
        match text.parse::<u32>() {
            Ok(number @ 1..=1_000_000_000) => Ok(Self(number)),
            Ok(_) => Err("is out of range"),
            Err(_) => Err("is not such a number"),
        }
    }
}

macro_rules! spans {
    ($($(#[$doc:meta])* $name:ident: $seconds:literal, $low:literal..=$high:literal, $allowed:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name(pub Duration);

        impl Setting for $name {
            const ALLOWED: &'static str = $allowed;
            fn parse(text: &str) -> Result<Self, &'static str> {
                let number: f64 = text.parse().or(Err("is not a number"))?;
                if !($low..=$high).contains(&number) {
                    return Err("is out of range");
                }
                Ok(Self(Duration::from_secs_f64(number * $seconds)))
            }
        }

        impl $name {
            #[must_use]
            pub fn millis(self) -> i64 {
                i64::try_from(self.0.as_millis()).unwrap_or(i64::MAX)
            }
        }
    )*};
}
spans! {
    /// A span written in seconds.
    Seconds: 1.0, 0.1..=3600.0, "seconds from 0.1 to 3600";
    /// A span written in minutes.
    Minutes: 60.0, 0.01..=1440.0, "minutes from 0.01 to 1440; fractions are fine";
    /// A span written in days.
    Days: 86_400.0, 0.01..=3650.0, "days from 0.01 to 3650";
}

/// An absolute `http(s)` URL without credentials, query or fragment, and without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpUrl(Url);

impl HttpUrl {
    #[must_use]
    pub fn as_url(&self) -> &Url {
        &self.0
    }
    /// Without a slash at its end, ready to have a path appended.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }
}

impl Setting for HttpUrl {
    const ALLOWED: &'static str = "an http:// or https:// address without user, query or fragment";
    fn parse(text: &str) -> Result<Self, &'static str> {
        let url = Url::parse(text).or(Err("is not a URL"))?;
        match url.scheme() {
            "http" | "https" => {}
            _ => return Err("is neither http nor https"),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("carries a user name or password");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("has a query or fragment");
        }
        Ok(Self(url))
    }
}

/// `*` or a web origin: scheme, host and port, nothing after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Any,
    Exact(String),
}

impl Setting for Origin {
    const ALLOWED: &'static str = "origins such as https://status.example.com, or * outside production";
    fn parse(text: &str) -> Result<Self, &'static str> {
        if text == "*" {
            return Ok(Self::Any);
        }
        let url = HttpUrl::parse(text)?.0;
        if url.path() != "/" {
            return Err("has a path");
        }
        Ok(Self::Exact(url.origin().ascii_serialization()))
    }
}

/// Values separated by commas; empty is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List<T>(pub Vec<T>);

impl<T: Setting> Setting for List<T> {
    const ALLOWED: &'static str = T::ALLOWED;
    const SECRET: bool = T::SECRET;
    fn parse(text: &str) -> Result<Self, &'static str> {
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(T::parse).collect::<Result<_, _>>().map(Self)
    }
}

macro_rules! choices {
    ($($(#[$doc:meta])* $name:ident, $allowed:literal { $($variant:ident = $word:literal),* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($variant),* }

        impl Setting for $name {
            const ALLOWED: &'static str = $allowed;
            fn parse(text: &str) -> Result<Self, &'static str> {
                match text.to_ascii_lowercase().as_str() {
                    $($word => Ok(Self::$variant),)*
                    _ => Err("is none of the words"),
                }
            }
        }
    )*};
}
choices! {
    Environment, "development or production" { Development = "development", Production = "production" }
    LogFormat, "text or json" { Text = "text", Json = "json" }
    MetricsFrom, "auto, prometheus or builtin" { Auto = "auto", Prometheus = "prometheus", Builtin = "builtin" }
    StoreKind, "sqlite or mongodb" { Sqlite = "sqlite", Mongodb = "mongodb" }
    Provider, "builtin, openai, openrouter or ollama" {
        Builtin = "builtin", Openai = "openai", Openrouter = "openrouter", Ollama = "ollama"
    }
    SmtpTls, "starttls, implicit or none" { Starttls = "starttls", Implicit = "implicit", None = "none" }
}
