//! Why a scrape failed.
//!
//! A scraper gives its reason as text and nothing else; [`ScrapeFailure::read`] is the only place that reads it, and a text
//! it does not know is `Other`, never a guess.

/// Why a scrape failed, as far as its error text tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScrapeFailure {
    Refused,
    TimedOut,
    UnknownHost,
    Unreachable,
    Tls,
    Unauthorised,
    NotFound,
    ServerError,
    NotMetrics,
    Reset,
    Other,
}

impl ScrapeFailure {
    pub const ALL: [Self; 11] = [
        Self::Refused,
        Self::TimedOut,
        Self::UnknownHost,
        Self::Unreachable,
        Self::Tls,
        Self::Unauthorised,
        Self::NotFound,
        Self::ServerError,
        Self::NotMetrics,
        Self::Reset,
        Self::Other,
    ];

    /// As it stands in words and in the event's `reason` label.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "connection refused",
            Self::TimedOut => "no answer in time",
            Self::UnknownHost => "host name not found",
            Self::Unreachable => "no route to host",
            Self::Tls => "TLS handshake failed",
            Self::Unauthorised => "access denied",
            Self::NotFound => "metrics path not found",
            Self::ServerError => "server error",
            Self::NotMetrics => "answer is not metrics",
            Self::Reset => "connection broke off",
            Self::Other => "scrape failed",
        }
    }

    #[must_use]
    pub fn named(reason: &str) -> Self {
        Self::ALL.into_iter().find(|failure| failure.as_str() == reason).unwrap_or(Self::Other)
    }

    /// Classifies a scraper's error text, such as Prometheus's `lastError`.
    #[must_use]
    pub fn read(error: &str) -> Self {
        let error = error.to_lowercase();
        let has = |needles: &[&str]| needles.iter().any(|needle| error.contains(needle));
        if has(&["connection refused", "actively refused"]) {
            Self::Refused
        } else if has(&["no such host", "server misbehaving", "name resolution", "name or service not known"]) {
            Self::UnknownHost
        } else if has(&["deadline exceeded", "timeout", "timed out"]) {
            Self::TimedOut
        } else if has(&["no route to host", "network is unreachable", "host is down"]) {
            Self::Unreachable
        } else if has(&["x509", "tls:", "certificate", "http response to https client"]) {
            Self::Tls
        } else if has(&["http status 401", "http status 403", "http status 407"]) {
            Self::Unauthorised
        } else if has(&["http status 404", "http status 405", "http status 410"]) {
            Self::NotFound
        } else if has(&["http status 5"]) {
            Self::ServerError
        } else if has(&[
            "expected",
            "content-type",
            "invalid metric",
            "unsupported",
            "parse",
            "invalid syntax",
            "exceeded",
            "duplicate",
            "does not end",
            "start token",
        ]) {
            Self::NotMetrics
        } else if has(&["connection reset", "connection closed", "broken pipe", "eof"]) {
            Self::Reset
        } else {
            Self::Other
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_prometheus_says_is_classified() {
        let cases = [
            (
                r#"Get "http://10.0.0.5:9100/metrics": dial tcp 10.0.0.5:9100: connect: connection refused"#,
                ScrapeFailure::Refused,
            ),
            (r#"Get "http://web:9100/metrics": context deadline exceeded"#, ScrapeFailure::TimedOut),
            ("dial tcp: lookup web on 127.0.0.53:53: no such host", ScrapeFailure::UnknownHost),
            ("dial tcp: lookup web: i/o timeout", ScrapeFailure::TimedOut),
            ("dial tcp 10.0.0.5:9100: connect: no route to host", ScrapeFailure::Unreachable),
            ("x509: certificate signed by unknown authority", ScrapeFailure::Tls),
            ("server returned HTTP status 401 Unauthorized", ScrapeFailure::Unauthorised),
            ("server returned HTTP status 404 Not Found", ScrapeFailure::NotFound),
            ("server returned HTTP status 503 Service Unavailable", ScrapeFailure::ServerError),
            (r#"expected a valid start token, got "<" ("INVALID") while parsing: "<""#, ScrapeFailure::NotMetrics),
            ("read: connection reset by peer", ScrapeFailure::Reset),
            ("", ScrapeFailure::Other),
        ];
        for (error, failure) in cases {
            assert_eq!(ScrapeFailure::read(error), failure, "{error}");
            assert_eq!(ScrapeFailure::named(failure.as_str()), failure);
        }
    }
}
