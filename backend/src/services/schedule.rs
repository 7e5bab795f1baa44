//! When a tenant's batches run: its `Schedule` is active exactly while it has an enabled target.

use serde::Serialize;
use watchkeeper_domain::target::Target;
use watchkeeper_domain::time::UtcMillis;

use crate::auth::TenantScope;
use crate::store::{Error, Filter, Schedule, Store};

/// A recount that still disagrees after this many turns is left to the next change.
const TURNS: u32 = 8;

#[derive(Serialize)]
struct Active {
    active: bool,
}

#[derive(Serialize)]
struct Started {
    active: bool,
    next_run_at: UtcMillis,
}

/// Makes the schedule agree with the targets. Counting comes after writing, and once more after that: of several changes at
/// once the last one to write also sees what the others did.
///
/// # Errors
/// When the store does not answer.
pub async fn ensure(store: &Store, scope: &TenantScope, now: UtcMillis) -> Result<(), Error> {
    for _turn in 0..TURNS {
        let wanted = has_enabled_target(store, scope).await?;
        set(store, scope, wanted, now).await?;
        if has_enabled_target(store, scope).await? == wanted {
            break;
        }
    }
    Ok(())
}

/// Before an enabled target is written: should the server die in between, a schedule without a target is harmless, a target
/// without a schedule is not.
///
/// # Errors
/// When the store does not answer.
pub async fn activate(store: &Store, scope: &TenantScope, now: UtcMillis) -> Result<(), Error> {
    set(store, scope, true, now).await
}

async fn has_enabled_target(store: &Store, scope: &TenantScope) -> Result<bool, Error> {
    Ok(store.tenant(scope).count::<Target>(&Filter::eq("enabled", true)).await? > 0)
}

/// Writes single fields, so that a lease or a due time that a batch holds stays as it is.
async fn set(store: &Store, scope: &TenantScope, active: bool, now: UtcMillis) -> Result<(), Error> {
    let tenant = store.tenant(scope);
    if !active {
        tenant.update::<Schedule>(&Filter::eq("active", true), &Active { active }).await?;
        return Ok(());
    }
    let started = Started { active, next_run_at: now };
    let changed = tenant.update::<Schedule>(&Filter::eq("active", false), &started).await?;
    if changed > 0 || tenant.get::<Schedule>(SCHEDULE).await?.is_some() {
        return Ok(());
    }
    match tenant.insert(&first(now)).await {
        // Another request was first.
        Ok(()) | Err(Error::Duplicate { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Id of a tenant's only schedule.
const SCHEDULE: &str = "schedule";

fn first(now: UtcMillis) -> Schedule {
    Schedule {
        id: SCHEDULE.to_owned(),
        active: true,
        next_run_at: now,
        lease_until: UtcMillis::default(),
        lease_owner: String::new(),
        attempt: 0,
        failures: 0,
        last_batch_at: None,
        last_error: None,
    }
}
