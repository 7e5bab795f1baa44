//! Who is sent next: limits per server and per tenant, and turns taken between tenants.

use std::collections::{BTreeMap, HashMap, VecDeque};

use tokio::task::Id as TaskId;
use watchkeeper_domain::alert::{Channel, Delivery};
use watchkeeper_domain::id::{Id, IncidentId, UserId};

use super::{IN_FLIGHT, PER_LANE, PER_TENANT};
use crate::auth::TenantScope;
use crate::store::{Filter, Versioned};

/// A message under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seat {
    owner: UserId,
    lane: String,
    /// One message of a thread at a time: the next may depend on how this one ends.
    thread: (IncidentId, Channel, String),
}

impl Seat {
    pub(super) fn of(scope: &TenantScope, row: &Delivery) -> Self {
        Self::new(scope.user_id(), row)
    }

    fn new(owner: &UserId, row: &Delivery) -> Self {
        let thread = (row.incident_id.clone(), row.channel, row.receiver.clone());
        Self { owner: owner.clone(), lane: row.lane.clone(), thread }
    }
}

/// All messages under way.
#[derive(Debug, Default)]
pub(super) struct Seats(HashMap<TaskId, Seat>);

impl Seats {
    pub(super) fn taken(&self) -> usize {
        self.0.len()
    }

    pub(super) fn take(&mut self, task: TaskId, seat: Seat) {
        self.0.insert(task, seat);
    }

    pub(super) fn leave(&mut self, task: TaskId) {
        self.0.remove(&task);
    }

    pub(super) fn fit(&self, owner: &UserId, row: &Delivery) -> bool {
        let wanted = Seat::new(owner, row);
        let count = |same: fn(&Seat, &Seat) -> bool| self.0.values().filter(|seat| same(seat, &wanted)).count();
        self.0.len() < IN_FLIGHT
            && count(|a, b| a.lane == b.lane) < PER_LANE
            && count(|a, b| a.owner == b.owner) < PER_TENANT
            && count(|a, b| a.owner == b.owner && a.thread == b.thread) == 0
    }

    /// Everything but lanes and tenants that are at their limit. Short: at most `IN_FLIGHT / PER_LANE` lanes are.
    pub(super) fn others(&self) -> Filter {
        let mut lanes: BTreeMap<&str, usize> = BTreeMap::new();
        let mut owners: BTreeMap<&str, usize> = BTreeMap::new();
        for seat in self.0.values() {
            *lanes.entry(&seat.lane).or_default() += 1;
            *owners.entry(seat.owner.as_str()).or_default() += 1;
        }
        let lanes = lanes.into_iter().filter(|(_, n)| *n >= PER_LANE);
        let owners = owners.into_iter().filter(|(_, n)| *n >= PER_TENANT);
        let full = lanes.map(|(lane, _)| Filter::Ne("lane", lane.into()));
        full.chain(owners.map(|(owner, _)| Filter::Ne("user_id", owner.into()))).fold(Filter::All, Filter::and)
    }
}

/// Takes turns between tenants, each tenant's rows staying in order (a thread's by sequence number).
pub(super) fn fairly(found: Vec<(Option<UserId>, Versioned<Delivery>)>) -> Vec<(UserId, Versioned<Delivery>)> {
    let total = found.len();
    let mut tenants: BTreeMap<UserId, VecDeque<Versioned<Delivery>>> = BTreeMap::new();
    for (owner, row) in found {
        if let Some(owner) = owner {
            tenants.entry(owner).or_default().push_back(row);
        }
    }
    for rows in tenants.values_mut() {
        rows.make_contiguous().sort_by_key(|row| (row.doc.next_attempt_at, row.doc.seq));
    }
    let mut turns = Vec::with_capacity(total);
    while !tenants.is_empty() {
        tenants.retain(|owner, rows| {
            turns.extend(rows.pop_front().map(|row| (owner.clone(), row)));
            !rows.is_empty()
        });
    }
    turns
}
