//! What no key can know alone: production mode, and values that must go together.

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::ConfigError;
use super::keys::{Prometheus, Settings};
use super::values::{Environment, MetricsFrom, Origin};

/// Where it listens unless told otherwise.
const DEFAULT_PROMETHEUS: &str = "http://127.0.0.1:9090";

/// Shortest text that may stand for a 256-bit secret.
const SECRET_CHARACTERS: usize = 32;
/// Fewer different characters than this is a pattern, not a secret.
const DISTINCT_CHARACTERS: usize = 10;
/// Words that appear in secrets people copy from documentation.
const PLACEHOLDERS: &[&str] = &["change", "secret", "example", "default", "password", "your-", "your_", "jwt", "xxxx"];

impl Settings {
    #[must_use]
    pub fn is_production(&self) -> bool {
        self.server.environment == Environment::Production
    }

    /// Whether a tenant may name loopback and private addresses.
    #[must_use]
    pub fn allows_private_targets(&self) -> bool {
        self.prometheus.allow_private_targets.unwrap_or(!self.is_production())
    }
}

impl Prometheus {
    /// Where Prometheus is; `None`: this server scrapes by itself.
    #[must_use]
    pub fn address(&self) -> Option<Url> {
        let named = self.url.as_ref().map(|url| url.as_url().clone());
        match self.source {
            MetricsFrom::Builtin => None,
            MetricsFrom::Auto => named,
            MetricsFrom::Prometheus => named.or_else(|| Url::parse(DEFAULT_PROMETHEUS).ok()),
        }
    }
}

pub(super) fn together(settings: &Settings) -> Result<(), ConfigError> {
    secret("JWT_SECRET_KEY", settings.security.jwt_secret_key.as_ref(), settings.is_production())?;
    secret("SEALING_KEY", settings.security.sealing_key.as_ref(), settings.is_production())?;
    if settings.is_production() && settings.http.cors_origins.0.contains(&Origin::Any) {
        return Err(ConfigError::Together {
            key: "CORS_ORIGINS",
            problem: "* lets every web site call the API, which production mode refuses".to_owned(),
            allowed: "a list of origins",
        });
    }
    if settings.smtp.host.is_some() && settings.smtp.from.is_none() {
        return Err(ConfigError::Together {
            key: "SMTP_FROM",
            problem: "is not set although SMTP_HOST is".to_owned(),
            allowed: "a mail address",
        });
    }
    if settings.langfuse.public_key.is_some() != settings.langfuse.secret_key.is_some() {
        return Err(ConfigError::Together {
            key: "LANGFUSE_SECRET_KEY",
            problem: "only one of LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY is set".to_owned(),
            allowed: "both or neither",
        });
    }
    Ok(())
}

/// Outside production a given secret is the operator's business, as long as it is not trivially short.
fn secret(key: &'static str, value: Option<&SecretString>, production: bool) -> Result<(), ConfigError> {
    let Some(value) = value.map(ExposeSecret::expose_secret) else { return Ok(()) };
    let problem = weakness(value).filter(|_| production);
    match problem {
        Some(problem) => Err(ConfigError::Together {
            key,
            problem: format!("{problem}, which production mode refuses"),
            allowed: "at least 32 random characters (`openssl rand -hex 32`), or nothing to have one generated",
        }),
        None => Ok(()),
    }
}

fn weakness(secret: &str) -> Option<&'static str> {
    let lower = secret.to_ascii_lowercase();
    let mut distinct: Vec<char> = secret.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    if secret.chars().count() < SECRET_CHARACTERS {
        Some("the secret is shorter than 32 characters")
    } else if distinct.len() < DISTINCT_CHARACTERS {
        Some("the secret repeats a few characters")
    } else if PLACEHOLDERS.iter().any(|word| lower.contains(word)) {
        Some("the secret looks like a placeholder from documentation")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn production(pairs: &[(&str, &str)]) -> Result<Settings, ConfigError> {
        Settings::from_pairs([("ENVIRONMENT", "production")].iter().chain(pairs).copied())
    }

    #[test]
    fn production_refuses_weak_secrets_and_open_cors() {
        for weak in ["tiny", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "change-me-please-0123456789-abcdefghij"] {
            let refused = production(&[("JWT_SECRET_KEY", weak)]).unwrap_err().to_string();
            assert!(refused.starts_with("JWT_SECRET_KEY: ") && !refused.contains(weak), "{refused}");
        }
        assert!(production(&[("CORS_ORIGINS", "https://a.example, *")]).is_err());
        production(&[("JWT_SECRET_KEY", "8f4e1c07b95ad2361f0c7be8a4d95e2633cb1a70")]).unwrap();
        assert!(!production(&[]).unwrap().allows_private_targets());
    }

    #[test]
    fn development_takes_what_production_refuses() {
        let settings = Settings::from_pairs([("JWT_SECRET_KEY", "dev"), ("CORS_ORIGINS", "*")]).unwrap();
        assert!(settings.allows_private_targets());
    }

    #[test]
    fn prometheus_is_asked_where_it_is_named_and_the_collector_otherwise() {
        let address = |pairs: &[(&str, &str)]| {
            let settings = Settings::from_pairs(pairs.iter().copied()).unwrap();
            settings.prometheus.address().map(|url| url.to_string())
        };
        let named = ("PROM_URL", "http://prom:1/x");
        assert_eq!(address(&[]), None);
        assert_eq!(address(&[named]).as_deref(), Some("http://prom:1/x"));
        assert_eq!(address(&[named, ("METRICS_SOURCE", "builtin")]), None);
        assert_eq!(address(&[("METRICS_SOURCE", "prometheus")]).as_deref(), Some("http://127.0.0.1:9090/"));
    }

    #[test]
    fn a_wrong_value_is_one_line_with_key_problem_and_what_is_allowed() {
        let line = |key: &str, value: &str| Settings::from_pairs([(key, value)]).unwrap_err().to_string();
        assert_eq!(line("PORT", "99999"), r#"PORT (given): "99999" is out of range; allowed: a port from 0 to 65535"#);
        assert_eq!(
            line("PROM_URL", "localhost:9090"),
            r#"PROM_URL (given): "localhost:9090" is neither http nor https; allowed: an http:// or https:// address without user, query or fragment"#
        );
        assert_eq!(
            line("STORE", "oracle"),
            r#"STORE (given): "oracle" is none of the words; allowed: sqlite or mongodb"#
        );
        assert!(line("BATCH_INTERVAL_MINUTES", "NaN").contains("out of range"));
    }
}
