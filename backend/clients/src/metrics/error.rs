//! Why a metrics source gave nothing: in words for the tenant, and in words for the operator.

/// `Display` is for the tenant: it says what to do, and neither where the operator's Prometheus is nor what it said.
/// [`GatherError::for_operator`] is for the log and for readiness.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GatherError {
    #[error(
        "Prometheus cannot be reached. The operator finds the cause in /health/ready: it must be running, and PROM_URL point at it."
    )]
    Unreachable { url: String, cause: String },
    #[error("Prometheus did not answer within {seconds} s. It may be overloaded.")]
    TimedOut { url: String, seconds: u64 },
    #[error("What answers in place of Prometheus is not its API. The operator finds the cause in /health/ready.")]
    BadAnswer { url: String, cause: String },
    #[error("The metrics source refused the question: {cause}")]
    Refused { cause: String },
    /// The built-in collector's own failure.
    #[error("The built-in collector cannot be read. The operator finds the cause in /health/ready.")]
    Broken { cause: String },
}

impl GatherError {
    /// With address and cause; never shown to a tenant.
    #[must_use]
    pub fn for_operator(&self) -> String {
        match self {
            Self::Unreachable { url, cause } => {
                format!("Prometheus at {url} does not answer: {cause}. Check PROM_URL and that Prometheus is running.")
            }
            Self::TimedOut { url, seconds } => {
                format!("Prometheus at {url} did not answer within {seconds} s. It may be overloaded.")
            }
            Self::BadAnswer { url, cause } => {
                format!("Prometheus at {url} answered something that is not its API: {cause}")
            }
            Self::Refused { cause } => format!("the metrics source refused the question: {cause}"),
            Self::Broken { cause } => format!("the built-in collector cannot be read: {cause}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operators_address_is_for_the_operator() {
        let (url, cause) = ("http://10.1.2.3:9090".to_owned(), "dial 10.1.2.3: refused".to_owned());
        for error in [
            GatherError::Unreachable { url: url.clone(), cause: cause.clone() },
            GatherError::TimedOut { url: url.clone(), seconds: 20 },
            GatherError::BadAnswer { url: url.clone(), cause },
        ] {
            assert!(!error.to_string().contains("10.1.2.3"), "{error}");
            assert!(error.for_operator().contains(&url), "{error:?}");
        }
    }
}
