//! How many feeds may be open: of one tenant, and in all.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use crate::services::ServiceError;

/// Feeds one tenant may have open on this server.
const PER_TENANT: usize = 12;
/// Feeds this server keeps open.
const IN_ALL: usize = 1_000;
/// What somebody who was refused is told to wait.
const WAIT: Duration = Duration::from_secs(15);

/// Open feeds by tenant. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Slots(Arc<Mutex<HashMap<String, usize>>>);

impl Slots {
    /// # Errors
    /// [`ServiceError::RateLimited`] for the tenant's own limit, [`ServiceError::Busy`] for the server's.
    pub(super) fn take(&self, owner: &str) -> Result<Slot, ServiceError> {
        let mut open = self.0.lock();
        if open.values().sum::<usize>() >= IN_ALL {
            return Err(ServiceError::Busy { retry_after: WAIT, cause: "too many feeds are open".to_owned() });
        }
        let own = open.entry(owner.to_owned()).or_default();
        if *own >= PER_TENANT {
            return Err(ServiceError::RateLimited { retry_after: WAIT });
        }
        *own += 1;
        Ok(Slot { owner: owner.to_owned(), slots: self.clone() })
    }
}

/// One open feed; closes when dropped.
#[derive(Debug)]
pub(super) struct Slot {
    owner: String,
    slots: Slots,
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut open = self.slots.0.lock();
        if let Some(own) = open.get_mut(&self.owner) {
            *own -= 1;
            if *own == 0 {
                open.remove(&self.owner);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_has_its_limit_and_the_server_its_own() {
        let slots = Slots::default();
        let mut held: Vec<Slot> = (0..PER_TENANT).map(|_| slots.take("priya").unwrap()).collect();
        assert!(matches!(slots.take("priya"), Err(ServiceError::RateLimited { .. })));
        held.pop();
        held.push(slots.take("priya").unwrap());
        for n in held.len()..IN_ALL {
            held.push(slots.take(&n.to_string()).unwrap());
        }
        assert!(matches!(slots.take("ravi"), Err(ServiceError::Busy { .. })));
        drop(held);
        assert!(slots.0.lock().is_empty());
    }
}
