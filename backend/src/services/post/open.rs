//! The post as the settings describe it.

use std::path::PathBuf;

use secrecy::SecretString;
use watchkeeper_clients::egress::{EgressError, Guard, Policy};
use watchkeeper_clients::slack::Slack;
use watchkeeper_clients::smtp::{self, Login, Mailer, Owner, Server};
use watchkeeper_domain::alert::SmtpTls;

use super::{Post, ServerWide};
use crate::config::{Settings, Smtp, SmtpTls as Word};
use crate::services::seal::{SealError, Sealer};

/// Why the server does not start; one line for the operator.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    #[error("SMTP_CA_FILE: {}: {problem}", path.display())]
    CaFile { path: PathBuf, problem: String },
    #[error("SMTP_FROM: {from:?} is not a mail address such as alerts@example.com")]
    From { from: String },
    #[error(transparent)]
    Tls(#[from] EgressError),
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl Post {
    /// # Errors
    /// [`PostError`], naming the key to change.
    pub fn open(settings: &Settings, sealing: &SecretString) -> Result<Self, PostError> {
        let guard = Guard::new(Policy { allow_private: settings.allows_private_targets() });
        Ok(Self {
            mailer: mailer(guard, settings.smtp.ca_file.clone())?,
            slack: Slack::new(guard)?,
            sealer: Sealer::new(sealing)?,
            server_wide: server_wide(&settings.smtp)?,
            guard,
        })
    }
}

fn mailer(guard: Guard, ca_file: Option<PathBuf>) -> Result<Mailer, PostError> {
    let refused = |path: &PathBuf, problem: String| PostError::CaFile { path: path.clone(), problem };
    let pem = match &ca_file {
        Some(path) => Some(std::fs::read(path).map_err(|error| refused(path, error.to_string()))?),
        None => None,
    };
    Mailer::new(guard, pem.as_deref()).map_err(|problem| refused(&ca_file.unwrap_or_default(), problem))
}

fn server_wide(smtp: &Smtp) -> Result<Option<ServerWide>, PostError> {
    let (Some(host), Some(from)) = (&smtp.host, &smtp.from) else { return Ok(None) };
    let from = smtp::sender(from).map_err(|smtp::InvalidAddress| PostError::From { from: from.clone() })?;
    let login = smtp.user.clone().zip(smtp.password.clone()).map(|(user, password)| Login { user, password });
    let tls = match smtp.tls {
        Word::Starttls => SmtpTls::Starttls,
        Word::Implicit => SmtpTls::Implicit,
        Word::None => SmtpTls::None,
    };
    let server = Server { owner: Owner::Operator, host: host.clone(), port: smtp.port, tls, login };
    Ok(Some(ServerWide { server, from }))
}
