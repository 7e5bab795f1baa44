//! The email receiver: reading it, and judging what somebody typed.

use watchkeeper_clients::egress::EgressError;
use watchkeeper_clients::smtp;
use watchkeeper_common::problem::FieldError;
use watchkeeper_domain::alert::{CONFIG_ID, EmailConfig, SmtpServer, SmtpTls};
use watchkeeper_domain::time::UtcMillis;

use super::{Alerts, DEFAULT_NOTIFY_ON, DEFAULT_SEVERITY, EmailDraft, EmailState, ServerDraft};
use crate::auth::TenantScope;
use crate::services::ServiceError;
use crate::services::seal::Field;

const RECIPIENTS: usize = 20;
const HOST_BYTES: usize = 253;
const USER_BYTES: usize = 254;
const PASSWORD_BYTES: usize = 1_024;

impl Alerts {
    /// What is stored, or the default.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn email(&self, scope: &TenantScope) -> Result<EmailState, ServiceError> {
        let stored = self.store.tenant(scope).get::<EmailConfig>(CONFIG_ID).await?;
        let config = stored.map_or_else(unset, |found| found.doc);
        Ok(EmailState { config, server_wide_available: self.post.server_wide.is_some() })
    }

    /// Stores what was typed.
    ///
    /// # Errors
    /// [`ServiceError::Validation`] naming every refused field.
    pub async fn put_email(&self, scope: &TenantScope, draft: EmailDraft) -> Result<EmailState, ServiceError> {
        let before = self.email(scope).await?.config;
        let mut refused = Vec::new();
        let recipients = recipients(&draft.recipients, &mut refused);
        if draft.enabled && draft.recipients.is_empty() {
            refused.push(field("recipients", "add at least one address, or switch email off"));
        }
        let server = match draft.server {
            Some(typed) => self.server(scope, typed, before.server.as_ref(), &mut refused).await?,
            None => None,
        };
        if !refused.is_empty() {
            return Err(ServiceError::Validation(refused));
        }
        let config = EmailConfig {
            id: CONFIG_ID.to_owned(),
            enabled: draft.enabled,
            tested_at: before.tested_at.filter(|_| server == before.server && recipients == before.recipients),
            recipients,
            min_severity: draft.min_severity,
            notify_on: draft.notify_on,
            server,
            updated_at: self.clock.now(),
        };
        self.store.tenant(scope).upsert(&config).await?;
        Ok(EmailState { config, server_wide_available: self.post.server_wide.is_some() })
    }

    async fn server(
        &self,
        scope: &TenantScope,
        typed: ServerDraft,
        before: Option<&SmtpServer>,
        refused: &mut Vec<FieldError>,
    ) -> Result<Option<SmtpServer>, ServiceError> {
        let host = typed.host.trim().to_ascii_lowercase();
        if host.is_empty() || host.len() > HOST_BYTES || host.contains(|c: char| c.is_control() || c.is_whitespace()) {
            refused.push(field("server.host", "enter a host name or address such as smtp.example.com"));
        } else if let Err(EgressError::Refused(why)) = self.post.guard.vet_host(&host, typed.port).await {
            refused.push(field("server.host", &why.to_string()));
        }
        if typed.port == 0 {
            refused.push(field("server.port", "enter a port from 1 to 65535; 587 is usual"));
        }
        let Ok(from) = smtp::sender(&typed.from) else {
            refused.push(field("server.from", "enter a sender such as alerts@example.com"));
            return Ok(None);
        };
        let user = typed.user.map(|user| user.trim().to_owned()).filter(|user| !user.is_empty());
        if user.as_ref().is_some_and(|user| user.len() > USER_BYTES || user.contains(char::is_control)) {
            refused.push(field("server.user", "enter a user name on one line"));
        }
        let password = typed.password.filter(|password| !password_text(password).is_empty());
        if password.as_ref().is_some_and(|p| password_text(p).len() > PASSWORD_BYTES) {
            refused.push(field("server.password", "at most 1024 bytes"));
        }
        let mut server = SmtpServer { host, port: typed.port, user, password_sealed: None, from, tls: typed.tls };
        server.password_sealed = match (&server.user, password, before) {
            (None, ..) => None,
            (Some(_), Some(new), _) => Some(self.post.sealer.seal(scope, Field::SmtpPassword, &new)?),
            (Some(_), None, Some(before)) if may_keep(before, &server) => before.password_sealed.clone(),
            (Some(_), None, _) => {
                refused.push(field(
                    "server.password",
                    "enter the password: a stored one is kept only for the same server",
                ));
                None
            }
        };
        Ok(Some(server))
    }
}

fn password_text(password: &secrecy::SecretString) -> &str {
    secrecy::ExposeSecret::expose_secret(password)
}

/// A stored password goes only where it went before, under no weaker protection.
fn may_keep(before: &SmtpServer, now: &SmtpServer) -> bool {
    let same = (&before.host, before.port, &before.user) == (&now.host, now.port, &now.user);
    same && before.password_sealed.is_some() && (now.tls != SmtpTls::None || before.tls == SmtpTls::None)
}

fn recipients(typed: &[String], refused: &mut Vec<FieldError>) -> Vec<String> {
    if typed.len() > RECIPIENTS {
        refused.push(field("recipients", "at most 20 addresses"));
        return Vec::new();
    }
    let mut kept: Vec<String> = Vec::new();
    for text in typed {
        match smtp::address(text) {
            Ok(address) if kept.iter().any(|other| other.eq_ignore_ascii_case(&address)) => {}
            Ok(address) => kept.push(address),
            Err(smtp::InvalidAddress) => refused.push(field("recipients", &not_an_address(text))),
        }
    }
    kept
}

fn not_an_address(text: &str) -> String {
    format!("{:?} is not a mail address", watchkeeper_domain::message::line(text, 80))
}

fn field(name: &str, message: &str) -> FieldError {
    FieldError { field: name.to_owned(), message: message.to_owned() }
}

fn unset() -> EmailConfig {
    EmailConfig {
        id: CONFIG_ID.to_owned(),
        enabled: false,
        recipients: Vec::new(),
        min_severity: DEFAULT_SEVERITY,
        notify_on: DEFAULT_NOTIFY_ON,
        server: None,
        updated_at: UtcMillis::default(),
        tested_at: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(host: &str, tls: SmtpTls) -> SmtpServer {
        SmtpServer {
            host: host.to_owned(),
            port: 587,
            user: Some("bob".to_owned()),
            password_sealed: Some("v1:x".to_owned()),
            from: "a@example.com".to_owned(),
            tls,
        }
    }

    #[test]
    fn a_stored_password_never_moves_to_another_server_or_weaker_protection() {
        let before = server("mail.example.com", SmtpTls::Starttls);
        assert!(may_keep(&before, &before));
        assert!(may_keep(&before, &server("mail.example.com", SmtpTls::Implicit)));
        assert!(!may_keep(&before, &server("evil.example.com", SmtpTls::Starttls)));
        assert!(!may_keep(&before, &server("mail.example.com", SmtpTls::None)));
        assert!(!may_keep(&before, &SmtpServer { port: 25, ..before.clone() }));
        assert!(!may_keep(&before, &SmtpServer { user: Some("eve".to_owned()), ..before.clone() }));
    }

    #[test]
    fn recipients_are_parsed_deduplicated_and_capped() {
        let mut refused = Vec::new();
        let typed = [" a@Example.com ", "a@example.com", "not an address", "x@y.z\r\nBcc: e@f.g"].map(str::to_owned);
        assert_eq!(recipients(&typed, &mut refused), ["a@example.com"]);
        assert_eq!(refused.len(), 2);
        let many: Vec<_> = (0..21).map(|n| format!("a{n}@example.com")).collect();
        refused.clear();
        assert!(recipients(&many, &mut refused).is_empty() && refused.len() == 1);
    }
}
