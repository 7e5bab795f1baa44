//! Slack by incoming webhook: one message in Block Kit, and what Slack said.
//!
//! slack-morphism writes the request and names the errors; the bytes travel through our guarded client (`connector`), because
//! a webhook's address is typed by a tenant. How the message looks is in `blocks`.

mod blocks;
mod connector;

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use slack_morphism::SlackClient;
use slack_morphism::errors::SlackClientError;
use slack_morphism::prelude::{SlackApiPostWebhookMessageRequest, SlackMessageContent};
use url::Url;
use watchkeeper_domain::message::Message;

use crate::egress::{EgressError, Guard};
use crate::send::SendError;
use connector::GuardedConnector;

const DEADLINE: Duration = Duration::from_secs(20);

#[derive(Debug)]
pub struct Slack {
    client: SlackClient<GuardedConnector>,
}

impl Slack {
    /// # Errors
    /// [`EgressError`] when TLS cannot be set up on this machine.
    pub fn new(guard: Guard) -> Result<Self, EgressError> {
        Ok(Self { client: SlackClient::new(GuardedConnector::new(guard.client(DEADLINE)?)) })
    }

    /// Posts an incident's message.
    ///
    /// # Errors
    /// [`SendError`], classified by Slack's status: 429 and 5xx may pass, other refusals do not.
    pub async fn send(&self, webhook: &SecretString, message: &Message) -> Result<(), SendError> {
        self.post(webhook, blocks::incident(message)).await
    }

    /// What [`Slack::send`] would post, as Slack's own JSON.
    #[must_use]
    pub fn content(message: &Message) -> serde_json::Value {
        serde_json::to_value(blocks::incident(message)).unwrap_or_default()
    }

    /// Posts a line that proves the webhook works.
    ///
    /// # Errors
    /// As [`Slack::send`].
    pub async fn send_test(&self, webhook: &SecretString, text: &str) -> Result<(), SendError> {
        self.post(webhook, blocks::note(text)).await
    }

    async fn post(&self, webhook: &SecretString, content: SlackMessageContent) -> Result<(), SendError> {
        let url = Url::parse(webhook.expose_secret())
            .map_err(|_secret| SendError::permanent("the stored webhook is not a URL; enter it again"))?;
        let request = SlackApiPostWebhookMessageRequest::new(content);
        self.client.post_webhook_message(&url, &request).await.map(|_empty| ()).map_err(classify)
    }
}

/// The words of Slack's answer, never those of the request: the webhook's address is a credential.
fn classify(error: SlackClientError) -> SendError {
    match error {
        SlackClientError::RateLimitError(limit) => {
            SendError::Retry { text: "Slack answered 429: too many messages".to_owned(), after: limit.retry_after }
        }
        SlackClientError::HttpError(refused) => {
            let (status, body) = (refused.status_code, refused.http_response_body.unwrap_or_default());
            let text = format!("Slack answered {}: {body}", status.as_u16());
            let passing = status.is_server_error() || status.as_u16() == 408;
            if passing { SendError::retry(&text) } else { SendError::permanent(&text) }
        }
        SlackClientError::HttpProtocolError(failed) => {
            let cause = failed.cause.and_then(|cause| cause.downcast::<EgressError>().ok());
            match cause {
                Some(egress) if egress.is_retryable() => SendError::retry(&format!("Slack: {egress}")),
                Some(egress) => SendError::permanent(&format!("Slack: {egress}")),
                None => SendError::retry("Slack: the request could not be sent"),
            }
        }
        SlackClientError::ApiError(refused) => SendError::permanent(&format!("Slack answered: {}", refused.code)),
        SlackClientError::ProtocolError(_)
        | SlackClientError::EndOfStream(_)
        | SlackClientError::SystemError(_)
        | SlackClientError::SocketModeProtocolError(_) => SendError::retry("Slack's answer could not be read"),
    }
}
