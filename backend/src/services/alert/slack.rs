//! The Slack receiver: an incoming webhook, which is a credential.

use secrecy::{ExposeSecret, SecretString};
use url::Url;
use watchkeeper_clients::egress::EgressError;
use watchkeeper_domain::address::{Reach, reach};
use watchkeeper_domain::alert::{CONFIG_ID, SlackConfig};

use super::{Alerts, SlackDraft, SlackState};
use crate::auth::TenantScope;
use crate::services::ServiceError;
use crate::services::seal::Field;

const WEBHOOK_BYTES: usize = 500;
const FORM: &str = "enter the webhook's full address, https://hooks.slack.com/services/…";

impl Alerts {
    /// What is stored; the webhook only as its host and last four characters.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn slack(&self, scope: &TenantScope) -> Result<SlackState, ServiceError> {
        let config = self.store.tenant(scope).get::<SlackConfig>(CONFIG_ID).await?.map(|found| found.doc);
        Ok(self.slack_state(scope, config))
    }

    fn slack_state(&self, scope: &TenantScope, config: Option<SlackConfig>) -> SlackState {
        let webhook = config.as_ref().and_then(|config| self.post.webhook_of(scope, config).ok());
        SlackState { hint: webhook.as_ref().and_then(hint), config }
    }

    /// Stores what was typed.
    ///
    /// # Errors
    /// [`ServiceError::Validation`] when the webhook is missing or may not be used.
    pub async fn put_slack(&self, scope: &TenantScope, draft: SlackDraft) -> Result<SlackState, ServiceError> {
        let before = self.store.tenant(scope).get::<SlackConfig>(CONFIG_ID).await?.map(|found| found.doc);
        let typed = draft.webhook.filter(|webhook| !webhook.expose_secret().trim().is_empty());
        let (webhook_sealed, tested_at) = match (typed, &before) {
            (Some(typed), _) => {
                let webhook = self.webhook(&typed).await?;
                (self.post.sealer.seal(scope, Field::SlackWebhook, &webhook)?, None)
            }
            (None, Some(before)) => (before.webhook_sealed.clone(), before.tested_at),
            (None, None) => return Err(ServiceError::field("webhook_url", FORM)),
        };
        let config = SlackConfig {
            id: CONFIG_ID.to_owned(),
            enabled: draft.enabled,
            webhook_sealed,
            min_severity: draft.min_severity,
            notify_on: draft.notify_on,
            updated_at: self.clock.now(),
            tested_at,
        };
        self.store.tenant(scope).upsert(&config).await?;
        Ok(self.slack_state(scope, Some(config)))
    }

    /// https; plain http only to a private address, and those only where the operator allows them.
    async fn webhook(&self, typed: &SecretString) -> Result<SecretString, ServiceError> {
        let refuse = |why: &str| ServiceError::field("webhook_url", why);
        let text = typed.expose_secret().trim();
        let url = Url::parse(text).map_err(|_secret| refuse(FORM))?;
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else { return Err(refuse(FORM)) };
        let bare = url.username().is_empty() && url.password().is_none();
        if text.len() > WEBHOOK_BYTES || !bare || !matches!(url.scheme(), "http" | "https") {
            return Err(refuse(FORM));
        }
        let vetted = self.post.guard.vet_host(host.trim_matches(['[', ']']), port).await;
        if let Err(EgressError::Refused(why)) = &vetted {
            return Err(refuse(&why.to_string()));
        }
        let private =
            |addresses: Vec<std::net::SocketAddr>| addresses.iter().all(|a| matches!(reach(a.ip()), Reach::Private(_)));
        if url.scheme() == "http" && !vetted.is_ok_and(private) {
            return Err(refuse("the webhook must begin with https://"));
        }
        Ok(SecretString::from(url.to_string()))
    }
}

/// `hooks.slack.com …a1b2`
fn hint(webhook: &SecretString) -> Option<String> {
    let url = Url::parse(webhook.expose_secret()).ok()?;
    let path: Vec<char> = url.path().chars().collect();
    let tail: String = path.iter().skip(path.len().saturating_sub(4)).collect();
    Some(format!("{} …{tail}", url.host_str()?))
}
