//! The post: takes a tenant's receiver configuration and one message, and hands it to the right server.
//!
//! It opens sealed secrets at the last moment and forgets them with the call. What it answers is the transport's own word;
//! when to try again is the delivery job's to decide.

mod letter;
mod open;

use secrecy::{ExposeSecret, SecretString};
use url::Url;
use watchkeeper_clients::egress::Guard;
use watchkeeper_clients::send::SendError;
use watchkeeper_clients::slack::Slack;
use watchkeeper_clients::smtp::{self, Login, Mail, Mailer, Owner, Server};
use watchkeeper_domain::alert::{Delivery, EmailConfig, SlackConfig, SmtpServer};
use watchkeeper_domain::demo::Letter;
use watchkeeper_domain::id::DeliveryId;
use watchkeeper_domain::message::Message;
use watchkeeper_domain::message::plain::plain;
use watchkeeper_domain::notify::Root;
use watchkeeper_domain::time::UtcMillis;

use super::seal::{Field, SealError, Sealer};
use crate::auth::TenantScope;

pub use open::PostError;

/// The operator's mail server, for tenants who bring none.
#[derive(Debug, Clone)]
pub struct ServerWide {
    pub server: Server,
    pub from: String,
}

/// Where mail leaves through.
#[derive(Debug)]
struct Route {
    server: Server,
    from: String,
}

#[derive(Debug)]
pub struct Post {
    pub mailer: Mailer,
    pub slack: Slack,
    pub sealer: Sealer,
    pub server_wide: Option<ServerWide>,
    pub guard: Guard,
}

impl Post {
    /// Mails one delivery, in the thread that `root` began.
    ///
    /// # Errors
    /// [`SendError`], classified.
    pub async fn mail(
        &self,
        scope: &TenantScope,
        config: &EmailConfig,
        delivery: &Delivery,
        root: Option<&Root>,
    ) -> Result<(), SendError> {
        let route = self.route(scope, config)?;
        let Rendered { subject, text, html } = rendered(delivery, root)?;
        let mail = Mail {
            to: delivery.receiver.clone(),
            subject,
            text,
            html,
            message_id: message_id(&delivery.id, &route.from),
            root: root.map(|root| message_id(&root.id, &route.from)),
            from: route.from,
        };
        self.mailer.send(&route.server, &mail).await
    }

    /// A message as the HTML part of a mail.
    ///
    /// # Errors
    /// The template's own error.
    pub fn letter(message: &Message) -> Result<String, String> {
        letter::html(message)
    }

    /// Posts one delivery to Slack.
    ///
    /// # Errors
    /// [`SendError`], classified.
    pub async fn slack(&self, scope: &TenantScope, config: &SlackConfig, delivery: &Delivery) -> Result<(), SendError> {
        self.slack.send(&self.webhook(scope, config)?, &delivery.message).await
    }

    /// Puts one delivery into the outbox's form: the mail and the Slack message as they would be sent.
    ///
    /// # Errors
    /// [`SendError`] when it cannot be rendered.
    pub fn outbox(delivery: &Delivery, root: Option<&Root>, at: UtcMillis) -> Result<Letter, SendError> {
        let Rendered { subject, text, html } = rendered(delivery, root)?;
        Ok(Letter {
            id: delivery.id.clone(),
            incident_id: delivery.incident_id.clone(),
            seq: delivery.seq,
            notice: delivery.notice,
            severity: delivery.severity,
            at,
            subject,
            text,
            html,
            slack: format!("{:#}", Slack::content(&delivery.message)),
            expires_at: delivery.expires_at,
        })
    }

    /// Mails a line to every recipient, on a new connection, and says who took it.
    ///
    /// # Errors
    /// [`SendError`] of the first recipient that failed.
    pub async fn mail_test(&self, scope: &TenantScope, config: &EmailConfig, id: &str) -> Result<String, SendError> {
        let route = self.route(scope, config)?;
        for (n, to) in (1..).zip(&config.recipients) {
            let mail = Mail {
                from: route.from.clone(),
                to: to.clone(),
                subject: "[TEST] Watchkeeper can reach you".to_owned(),
                text: TEST_WORDS.to_owned(),
                html: format!("<!doctype html><p>{TEST_WORDS}</p>"),
                message_id: format!("test-{id}-{n}@{}", domain(&route.from)),
                root: None,
            };
            self.mailer.send_afresh(&route.server, &mail).await?;
        }
        let receivers = config.recipients.join(", ");
        Ok(format!("{}:{} accepted a message for {receivers}.", route.server.host, route.server.port))
    }

    /// Posts a line to Slack.
    ///
    /// # Errors
    /// [`SendError`], classified.
    pub async fn slack_test(&self, scope: &TenantScope, config: &SlackConfig) -> Result<String, SendError> {
        self.slack.send_test(&self.webhook(scope, config)?, TEST_WORDS).await?;
        Ok("Slack accepted the message.".to_owned())
    }

    /// # Errors
    /// [`SealError`] when it was sealed under another key.
    pub fn webhook_of(&self, scope: &TenantScope, config: &SlackConfig) -> Result<SecretString, SealError> {
        self.sealer.open(scope, Field::SlackWebhook, &config.webhook_sealed)
    }

    fn webhook(&self, scope: &TenantScope, config: &SlackConfig) -> Result<SecretString, SendError> {
        self.webhook_of(scope, config).map_err(|error| SendError::retry(&error.to_string()))
    }

    fn route(&self, scope: &TenantScope, config: &EmailConfig) -> Result<Route, SendError> {
        match (&config.server, &self.server_wide) {
            (Some(own), _) => Ok(Route { server: self.own_server(scope, own)?, from: own.from.clone() }),
            (None, Some(wide)) => Ok(Route { server: wide.server.clone(), from: wide.from.clone() }),
            (None, None) => Err(SendError::retry(
                "this Watchkeeper has no mail server: the operator can set SMTP_HOST, or enter your own",
            )),
        }
    }

    fn own_server(&self, scope: &TenantScope, own: &SmtpServer) -> Result<Server, SendError> {
        let open = |sealed: &String| self.sealer.open(scope, Field::SmtpPassword, sealed);
        let password = own.password_sealed.as_ref().map(open).transpose();
        let password = password.map_err(|error| SendError::retry(&error.to_string()))?;
        let login = own.user.clone().zip(password).map(|(user, password)| Login { user, password });
        Ok(Server { owner: Owner::Tenant, host: own.host.clone(), port: own.port, tls: own.tls, login })
    }

    /// The lane a mail of this configuration leaves through.
    #[must_use]
    pub fn mail_lane(&self, config: &EmailConfig) -> String {
        match (&config.server, &self.server_wide) {
            (Some(own), _) => format!("email:{}:{}", own.host, own.port),
            (None, Some(wide)) => format!("email:{}:{}", wide.server.host, wide.server.port),
            (None, None) => "email:none".to_owned(),
        }
    }

    /// The lane a Slack message of this configuration leaves through.
    #[must_use]
    pub fn slack_lane(&self, scope: &TenantScope, config: &SlackConfig) -> String {
        let url = self.webhook_of(scope, config).ok().and_then(|webhook| Url::parse(webhook.expose_secret()).ok());
        format!("slack:{}", url.as_ref().and_then(Url::host_str).unwrap_or("none"))
    }
}

/// A message in the words of a mail.
struct Rendered {
    subject: String,
    text: String,
    html: String,
}

fn rendered(delivery: &Delivery, root: Option<&Root>) -> Result<Rendered, SendError> {
    let message = &delivery.message;
    Ok(Rendered {
        subject: message.subject(root.map(|root| root.title.as_str())),
        text: plain(message),
        html: letter::html(message).map_err(|error| SendError::permanent(&error))?,
    })
}

const TEST_WORDS: &str = "This is a test message from Watchkeeper. Alerts will arrive here.";

/// The same for every attempt at a delivery, so that a message that arrives twice is seen to be one.
fn message_id(delivery: &DeliveryId, from: &str) -> String {
    format!("{delivery}@{}", domain(from))
}

/// The sender's domain: mail filters distrust a Message-ID from elsewhere.
fn domain(from: &str) -> String {
    let address = from.rsplit_once('<').map_or(from, |(_name, rest)| rest.trim_end_matches('>'));
    smtp::address(address)
        .ok()
        .and_then(|address| address.rsplit_once('@').map(|(_user, domain)| domain.to_owned()))
        .unwrap_or_else(|| "watchkeeper.invalid".to_owned())
}
