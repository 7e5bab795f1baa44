//! Secrets out of text: what leaves for a model, and what is stored of it, has passed here.
//!
//! [`secrets`] errs towards removing too much. It is idempotent, so text may pass more than once. To add a kind of
//! secret, add a rule to [`RULES`] with a case in the tests.

use std::sync::LazyLock;

use regex::Regex;

/// What stands where a secret stood.
pub const MARK: &str = "[redacted]";

/// Pattern and replacement; applied in order. `$1` and `$2` keep what names the secret.
const RULES: &[(&str, &str)] = &[
    // Private keys in PEM or PGP armour, also when the end is cut off.
    (
        r"(?s)-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\z)",
        MARK,
    ),
    // JSON Web Tokens.
    (r"\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)?", MARK),
    // Webhook URLs are credentials as a whole.
    (
        r#"(?i)https?://(?:hooks\.slack(?:-gov)?\.com|(?:[a-z]+\.)?discord(?:app)?\.com/api/webhooks|[a-z0-9.-]+\.webhook\.office\.com|chat\.googleapis\.com/v1/spaces)/[^\s"'<>]+"#,
        MARK,
    ),
    // Keys with a well-known shape.
    (r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b", MARK),
    (
        r"\b(?:gh[pousr]_|github_pat_|glpat-|npm_|xox[abeoprs]-|sk-|pk-lf-|[rsp]k_(?:live|test)_|hf_|SG\.)[A-Za-z0-9_.-]{16,}",
        MARK,
    ),
    (r"\bAIza[0-9A-Za-z_-]{35}", MARK),
    (r"\b[0-9]{8,10}:[A-Za-z0-9_-]{35}\b", MARK),
    // User and password in a URL.
    (r#"(\b[a-zA-Z][a-zA-Z0-9+.-]{1,30}://)[^\s/?#"'<>]*@"#, "$1[redacted]@"),
    (r#"(\b[a-zA-Z][a-zA-Z0-9+.-]{1,30}://)[^\s:/@"'<>]+:[^\s@"'<>]+@"#, "$1[redacted]@"),
    // Headers.
    (r#"(?i)\b((?:proxy-)?authorization["']?[ \t]*[:=][ \t]*["']?)(?:[a-z0-9-]+[ \t]+)?[^\s"',;]+"#, "$1[redacted]"),
    (r#"(?i)\b((?:set-)?cookie[ \t]*:[ \t]*)[^\r\n"]+"#, "$1[redacted]"),
    (r"(?i)\b(bearer[ \t]+)[A-Za-z0-9._~+/=-]{6,}", "$1[redacted]"),
    // `password=…`, `"api_key": "…"`, `client-secret: …`, also with escaped quotes.
    (
        r#"(?i)([\w.-]*(?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key(?:[_-]?id)?|account[_-]?key|private[_-]?key|credentials?)(?:[_-]?(?:hash|value))?\\?["']?[ \t]*(?::=|[:=])[ \t]*)(?:\\?"(?:[^"\\]|\\[^"])*\\?"|'[^']*'|[^\s,;&"'})]+)[^\s,;&"'})]*"#,
        "$1[redacted]",
    ),
    // `--password …`
    (r"(?i)(\B--?(?:password|passwd|token|secret|api-key)[ \t]+)[^\s-][^\s]*", "$1[redacted]"),
];

/// The rules compiled; a test holds that none is left out.
static COMPILED: LazyLock<Vec<(Regex, &str)>> =
    LazyLock::new(|| RULES.iter().filter_map(|(pattern, with)| Some((Regex::new(pattern).ok()?, *with))).collect());

/// `text` with every secret replaced by [`MARK`].
#[must_use]
pub fn secrets(text: &str) -> String {
    COMPILED.iter().fold(text.to_owned(), |text, (rule, with)| match rule.is_match(&text) {
        true => rule.replace_all(&text, *with).into_owned(),
        false => text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_rule_compiles() {
        assert_eq!(COMPILED.len(), RULES.len());
    }

    #[test]
    fn secrets_are_removed() {
        let slack = ["https://hooks.slack", ".com/services/T000/B000/hunter2hunter2"].concat();
        let aws = ["AKIA", "IOSFODNN7HUNTER2"].concat();
        for text in [
            "Authorization: Bearer hunter2hunter2",
            "authorization=Basic aHVudGVyMg==hunter2",
            "bearer hunter2.hunter2",
            "postgres://app:hunter2@db:5432/x",
            "amqp://guest:hun/hunter2@mq/",
            "redis://:hunter2@cache:6379",
            "password=hunter2",
            "PASSWORD: 'hunter2 with spaces'",
            r#"{"password":"hunter2"}"#,
            r#"{\"api_key\":\"hunter2\"}"#,
            "aws_secret_access_key = hunter2/hunter2",
            "OPENAI_API_KEY=hunter2",
            "mysqld --password hunter2",
            "Set-Cookie: sid=hunter2; Path=/",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJodW50ZXIyIn0.hunter2",
            "-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----",
            "-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2 and then cut",
            "sk-hunter2hunter2hunter2",
            "ghp_hunter2hunter2hunter2hunter2",
            &slack,
        ] {
            let clean = secrets(text);
            assert!(!clean.contains("hunter2") && clean.contains(MARK), "{text} -> {clean}");
        }
        assert_eq!(secrets(&aws), MARK);
    }

    #[test]
    fn plain_words_stay() {
        for text in [
            "node_memory_MemAvailable_bytes on 10.0.0.1:9100 fell to 0.8 GB",
            "prompt_tokens: 812, completion tokens 44",
            "http://10.0.0.1:9100/metrics answered 500 at 12:30@noon",
            "the password was rotated",
            "up 0, expected 1",
        ] {
            assert_eq!(secrets(text), text);
        }
    }

    proptest! {
        #[test]
        fn twice_is_once(text in r#"[a-z:=@/ "'.\[\]-]{0,30}(password|token|bearer|http://|authorization)[a-z:=@/ "'.\[\]\\-]{0,40}"#) {
            let once = secrets(&text);
            prop_assert_eq!(secrets(&once), once);
        }
    }
}
