//! The delivery ledger: what was sent to whom, what was not, and why; and sending again what did not leave.

use watchkeeper_domain::alert::{Channel, Delivery};
use watchkeeper_domain::id::{DeliveryId, Id, IncidentId};
use watchkeeper_domain::incident::Incident;
use watchkeeper_domain::notify::again;

use super::ServiceError;
use crate::auth::TenantScope;
use crate::clock::Clock;
use crate::nudge::Nudge;
use crate::store::{Cursor, Error, Filter, Order, Page, Query, Store};

/// The word that a delivery's state is stored and filtered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateWord {
    Queued,
    Sent,
    Failed,
    Suppressed,
}

impl StateWord {
    fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Suppressed => "suppressed",
        }
    }
}

/// Which rows are wanted; absent conditions match all.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub state: Option<StateWord>,
    pub channel: Option<Channel>,
    pub incident: Option<IncidentId>,
}

/// Rows of an incident that are looked at for who was told before.
const LEDGER: u32 = 1_000;

/// An incident's newest deliveries.
///
/// # Errors
/// When the store does not answer.
pub async fn of_incident(store: &Store, scope: &TenantScope, incident: &IncidentId) -> Result<Vec<Delivery>, Error> {
    newest(store, scope, Filter::eq("incident_id", incident.as_str())).await
}

/// The newest deliveries of the same incident to the same receiver, `row` among them.
///
/// # Errors
/// When the store does not answer.
pub async fn thread(store: &Store, scope: &TenantScope, row: &Delivery) -> Result<Vec<Delivery>, Error> {
    let incident = Filter::eq("incident_id", row.incident_id.as_str());
    let receiver = Filter::eq("channel", row.channel.as_str()).and(Filter::eq("receiver", row.receiver.as_str()));
    newest(store, scope, incident.and(receiver)).await
}

async fn newest(store: &Store, scope: &TenantScope, filter: Filter) -> Result<Vec<Delivery>, Error> {
    let query = Query::new(filter, Order::newest("created_at"), LEDGER);
    Ok(store.tenant(scope).find(&query).await?.items)
}

#[derive(Debug)]
pub struct Deliveries {
    store: Store,
    clock: Clock,
    /// Wakes the job that sends.
    queued: Nudge,
}

impl Deliveries {
    #[must_use]
    pub fn new(store: Store, clock: Clock, queued: Nudge) -> Self {
        Self { store, clock, queued }
    }

    /// Puts a message that failed, or waits, at the head of the queue.
    ///
    /// # Errors
    /// [`ServiceError::InvalidState`] when it left already, was held back, or is under way; [`ServiceError::NotFound`].
    pub async fn again(&self, scope: &TenantScope, id: &DeliveryId) -> Result<Delivery, ServiceError> {
        let store = self.store.tenant(scope);
        let found = store.get::<Delivery>(id.as_str()).await?.ok_or(ServiceError::NotFound)?;
        let row = again(found.doc, self.clock.now()).map_err(|why| ServiceError::InvalidState(why.to_string()))?;
        store.replace(&row, found.rev).await?;
        self.queued.nudge();
        Ok(row)
    }

    /// Newest first.
    ///
    /// # Errors
    /// When the cursor is not this list's, or the store does not answer.
    pub async fn list(
        &self,
        scope: &TenantScope,
        wanted: &Wanted,
        range: Filter,
        limit: u32,
        cursor: Option<Cursor>,
    ) -> Result<Page<Delivery>, ServiceError> {
        let conditions = [
            wanted.state.map(|state| Filter::eq("state.type", state.as_str())),
            wanted.channel.map(|channel| Filter::eq("channel", channel.as_str())),
            wanted.incident.as_ref().map(|id| Filter::eq("incident_id", id.as_str())),
        ];
        let filter = conditions.into_iter().flatten().fold(range, Filter::and);
        let query = Query::new(filter, Order::newest("created_at"), limit).after(cursor);
        Ok(self.store.tenant(scope).find(&query).await?)
    }

    /// As [`Deliveries::list`], for one incident that must be the tenant's.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when it is not.
    pub async fn of_incident(
        &self,
        scope: &TenantScope,
        incident: &IncidentId,
        range: Filter,
        limit: u32,
        cursor: Option<Cursor>,
    ) -> Result<Page<Delivery>, ServiceError> {
        if self.store.tenant(scope).get::<Incident>(incident.as_str()).await?.is_none() {
            return Err(ServiceError::NotFound);
        }
        let wanted = Wanted { incident: Some(incident.clone()), ..Wanted::default() };
        self.list(scope, &wanted, range, limit, cursor).await
    }
}
