//! What a message looks like before one is sent: the newest incident's, by the very templates that send it.

use serde_json::Value as Json;
use watchkeeper_clients::slack::Slack;
use watchkeeper_domain::id::IncidentId;
use watchkeeper_domain::incident::{Incident, Notice, PendingNotice, example};
use watchkeeper_domain::message::Message;
use watchkeeper_domain::message::plain::plain;

use super::Alerts;
use crate::auth::TenantScope;
use crate::services::ServiceError;
use crate::services::post::Post;
use crate::store::{Filter, Order, Query};

/// A mail as it would leave.
#[derive(Debug)]
pub struct Mail {
    pub subject: String,
    pub text: String,
    pub html: String,
    /// Of a made-up incident, because there is none.
    pub example: bool,
}

/// A post as it would leave: Slack's own JSON.
#[derive(Debug)]
pub struct SlackPost {
    pub content: Json,
    pub example: bool,
}

impl Alerts {
    /// # Errors
    /// When the store does not answer.
    pub async fn preview_email(&self, scope: &TenantScope, zone: &str) -> Result<Mail, ServiceError> {
        let (message, example) = self.newest_message(scope, zone).await?;
        let html = Post::letter(&message).map_err(ServiceError::Internal)?;
        Ok(Mail { subject: message.subject(None), text: plain(&message), html, example })
    }

    /// # Errors
    /// When the store does not answer.
    pub async fn preview_slack(&self, scope: &TenantScope, zone: &str) -> Result<SlackPost, ServiceError> {
        let (message, example) = self.newest_message(scope, zone).await?;
        Ok(SlackPost { content: Slack::content(&message), example })
    }

    /// The page of an incident, as messages link to it.
    #[must_use]
    pub fn incident_link(&self, id: &IncidentId) -> String {
        format!("{}/app/incidents/{id}", self.site)
    }

    async fn newest_message(&self, scope: &TenantScope, zone: &str) -> Result<(Message, bool), ServiceError> {
        let query = Query::new(Filter::All, Order::newest("opened_at"), 1);
        let newest = self.store.tenant(scope).find::<Incident>(&query).await?.items.into_iter().next();
        let made_up = newest.is_none();
        let incident = newest.unwrap_or_else(|| example::incident(self.clock.now()));
        let seq = incident.timeline.first().map_or(1, |event| event.seq);
        let opened = PendingNotice { seq, notice: Notice::Opened, at: incident.opened_at };
        Ok((Message::of(&incident, &opened, zone, &self.site), made_up))
    }
}
