//! What changed for a tenant since a cursor: what live pages follow.
//!
//! Nothing is written for it. A feed asks the store for documents whose changed-at field is past its cursor: when this
//! server wrote something for the tenant, and every [`LOOK_EVERY`] for what other servers wrote. Instants overlap by
//! [`OVERLAP`], so that a write which took its time, or came from a clock that is behind, is not passed over; what was told
//! already is known by its revision.
//!
//! To make a noun live: a line in [`WATCHED`], with an index on its field. Of the demo, which is a tenant of its own, whoever
//! follows the account hears that it went on ([`PLAYED`]), and nothing else; its batches and incidents are told to who looks at it.

mod cursor;
mod slots;

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use watchkeeper_common::event::Noun;
use watchkeeper_domain::alert::{Delivery, EmailConfig, SlackConfig};
use watchkeeper_domain::batch::Batch;
use watchkeeper_domain::demo::{Letter, RUN_ID, Run};
use watchkeeper_domain::incident::Incident;
use watchkeeper_domain::settings::TenantSettings;
use watchkeeper_domain::target::Target;
use watchkeeper_domain::time::UtcMillis;

pub use cursor::Cursor;
use slots::{Slot, Slots};

use super::ServiceError;
use crate::auth::{AuthError, Credential, TenantScope};
use crate::clock::Clock;
use crate::store::{Bell, Collection, Document, Filter, Store};

/// How long a change on another server may stay unseen.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Writes of this server that come together are told together.
const GATHER: Duration = Duration::from_millis(100);
/// How long a feed is silent before it says that it is there.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How late a write may be, or a clock behind, and still be told. Milliseconds.
const OVERLAP: i64 = 10_000;
/// Documents of one collection told one by one at a time.
const MOST: u32 = 100;

/// What is watched: the collection, and the field that holds when a document last changed.
const WATCHED: &[(Noun, Collection, &str)] = &[
    (Noun::Batch, Batch::COLLECTION, "finished_at"),
    (Noun::Incident, Incident::COLLECTION, "updated_at"),
    (Noun::Target, Target::COLLECTION, "updated_at"),
    (Noun::Delivery, Delivery::COLLECTION, "updated_at"),
    (Noun::Settings, TenantSettings::COLLECTION, "updated_at"),
    (Noun::Settings, EmailConfig::COLLECTION, "updated_at"),
    (Noun::Settings, SlackConfig::COLLECTION, "updated_at"),
];

/// What is watched in the tenant that the demo plays in. All of it is told as the one run.
const PLAYED: &[(Noun, Collection, &str)] =
    &[(Noun::Demo, Run::COLLECTION, "updated_at"), (Noun::Demo, Letter::COLLECTION, "at")];

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub noun: Noun,
    /// `None`: something is gone, or more changed than are told one by one.
    pub id: Option<String>,
    pub at: UtcMillis,
    /// Where to take up after this one.
    pub cursor: Cursor,
}

/// What a feed has to say next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    Changes(Vec<Change>),
    /// Nothing for a while; all is well.
    Silence,
}

/// Opens feeds, as many as are allowed at a time. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Events {
    store: Store,
    clock: Clock,
    slots: Slots,
    closing: CancellationToken,
}

impl Events {
    /// All feeds end when `closing` is cancelled.
    #[must_use]
    pub fn new(store: Store, clock: Clock, closing: CancellationToken) -> Self {
        Self { store, clock, slots: Slots::default(), closing }
    }

    /// Follows a tenant, from `after` or from now on, as long as the credential stands.
    ///
    /// # Errors
    /// [`ServiceError::RateLimited`] with too many feeds of this tenant open, [`ServiceError::Busy`] with too many in all, or
    /// when the server is stopping or the store fails.
    pub async fn follow(
        &self,
        scope: TenantScope,
        credential: Credential,
        after: Option<Cursor>,
    ) -> Result<Feed, ServiceError> {
        if self.closing.is_cancelled() {
            let cause = "the server is stopping".to_owned();
            return Err(ServiceError::Busy { retry_after: Duration::from_secs(2), cause });
        }
        let slot = self.slots.take(scope.key())?;
        let demo = scope.demo();
        let (bell, demo_bell) = (self.store.bell(&scope), self.store.bell(&demo));
        let (targets, runs) = (count::<Target>(&self.store, &scope).await?, count::<Run>(&self.store, &demo).await?);
        let cursor = after.unwrap_or(Cursor { at: self.clock.now(), targets, runs });
        Ok(Feed {
            store: self.store.clone(),
            scope,
            demo,
            credential,
            cursor,
            told: BTreeMap::new(),
            bell,
            demo_bell,
            closing: self.closing.clone(),
            first: true,
            _slot: slot,
        })
    }
}

/// One tenant's changes, one after the other.
#[derive(Debug)]
pub struct Feed {
    store: Store,
    scope: TenantScope,
    /// Of the demo of the same account, which may be the scope itself.
    demo: TenantScope,
    credential: Credential,
    cursor: Cursor,
    /// When each revision that was told last changed; only what a look can still find.
    told: BTreeMap<(&'static str, String, i64), i64>,
    bell: Bell,
    demo_bell: Bell,
    closing: CancellationToken,
    first: bool,
    _slot: Slot,
}

impl Feed {
    /// Waits for news; `None` when the feed has ended: the credential no longer stands, the server is stopping, or the store
    /// is away. Whoever follows comes again with the last cursor.
    pub async fn next(&mut self) -> Option<News> {
        let silent_until = Instant::now() + HEARTBEAT;
        loop {
            if !std::mem::take(&mut self.first) && !self.wait(silent_until).await {
                return None;
            }
            match self.credential.stands().await {
                Ok(()) => {}
                Err(AuthError::Unavailable(_)) => continue,
                Err(_ended) => return None,
            }
            match self.look().await {
                Ok(changes) if !changes.is_empty() => return Some(News::Changes(changes)),
                Ok(_none) if Instant::now() >= silent_until => return Some(News::Silence),
                Ok(_none) => {}
                Err(error) => {
                    tracing::debug!(tenant.id = self.scope.key(), error = %error, "a feed of changes ends; the store is away");
                    return None;
                }
            }
        }
    }

    /// Until there may be something to see; `false` when the server is stopping.
    async fn wait(&mut self, silent_until: Instant) -> bool {
        let look_at = (Instant::now() + LOOK_EVERY).min(silent_until.max(Instant::now() + GATHER));
        tokio::select! {
            () = self.closing.cancelled() => return false,
            () = self.bell.rung() => {}
            () = self.demo_bell.rung() => {}
            () = tokio::time::sleep_until(look_at) => return true,
        }
        tokio::select! {
            () = self.closing.cancelled() => false,
            () = tokio::time::sleep(GATHER) => true,
        }
    }

    /// What changed since the cursor and was not told yet, oldest first.
    async fn look(&mut self) -> Result<Vec<Change>, ServiceError> {
        let since = self.cursor.at.0 - OVERLAP;
        let (targets, runs) =
            (count::<Target>(&self.store, &self.scope).await?, count::<Run>(&self.store, &self.demo).await?);
        let mut found = Vec::new();
        let own = WATCHED.iter().map(|watched| (&self.scope, watched));
        let played = PLAYED.iter().filter(|_| runs > 0).map(|watched| (&self.demo, watched));
        for (scope, (noun, collection, field)) in own.chain(played) {
            let touched = self.store.tenant(scope).touched(collection, field, since, MOST).await?;
            let full = touched.len() >= MOST as usize;
            let oldest = touched.last().map(|oldest| oldest.at);
            let mut all_new = true;
            for document in touched {
                let at = document.at;
                let id = if *noun == Noun::Demo { RUN_ID.to_owned() } else { document.id.clone() };
                // A demo played anew counts its revisions anew, under the same id.
                if self.told.insert((collection.name, document.id, document.rev), at) == Some(at) {
                    all_new = false;
                } else {
                    found.push((at, *noun, Some(id)));
                }
            }
            // There are older ones that this look did not reach.
            found.extend(oldest.filter(|_| full && all_new).map(|at| (at, *noun, None)));
        }
        let gone = [(Noun::Target, targets < self.cursor.targets), (Noun::Demo, runs < self.cursor.runs)];
        found.extend(gone.into_iter().filter(|(_, gone)| *gone).map(|(noun, _)| (self.cursor.at.0, noun, None)));
        (self.cursor.targets, self.cursor.runs) = (targets, runs);
        found.sort_by_key(|(at, ..)| *at);
        let changes = found.into_iter().map(|(at, noun, id)| {
            self.cursor.at = self.cursor.at.max(UtcMillis(at));
            Change { noun, id, at: UtcMillis(at), cursor: self.cursor }
        });
        let changes = changes.collect();
        let reach = self.cursor.at.0 - OVERLAP;
        self.told.retain(|_, at| *at >= reach);
        Ok(changes)
    }
}

/// What is gone left nothing to find; there is one fewer.
async fn count<D: Document>(store: &Store, scope: &TenantScope) -> Result<u32, ServiceError> {
    let count = store.tenant(scope).count::<D>(&Filter::All).await?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}
