//! Who on this server waits for a tenant's next write. Other servers' writes are found by looking; this only saves time.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::RwLock;
use tokio::sync::watch;

/// One bell a tenant, for as long as somebody listens to it. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(in crate::store) struct Changes(Arc<RwLock<HashMap<String, watch::Sender<()>>>>);

impl Changes {
    /// After each write to a tenant's documents; costs a look into a table that is mostly empty.
    pub(in crate::store) fn ring(&self, owner: &str) {
        if let Some(bell) = self.0.read().get(owner) {
            bell.send_replace(());
        }
    }

    pub(in crate::store) fn listen(&self, owner: &str) -> Bell {
        let rung = self.0.write().entry(owner.to_owned()).or_insert_with(|| watch::Sender::new(())).subscribe();
        Bell { rung, owner: owner.to_owned(), changes: self.clone() }
    }
}

/// Rings at each write to the tenant's documents that this server makes.
#[derive(Debug)]
pub struct Bell {
    rung: watch::Receiver<()>,
    owner: String,
    changes: Changes,
}

impl Bell {
    /// Returns at the next write, or at once after one that nobody waited for.
    pub async fn rung(&mut self) {
        if self.rung.changed().await.is_err() {
            // Its sender lives in the table as long as this does.
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for Bell {
    fn drop(&mut self) {
        let mut bells = self.changes.0.write();
        if bells.get(&self.owner).is_some_and(|bell| bell.receiver_count() <= 1) {
            bells.remove(&self.owner);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[tokio::test]
    async fn a_write_rings_for_its_tenant_only_and_is_not_missed() {
        let changes = Changes::default();
        let (mut priya, mut ravi) = (changes.listen("priya"), changes.listen("ravi"));
        changes.ring("priya");
        changes.ring("nobody");
        assert!(priya.rung().now_or_never().is_some());
        assert!(priya.rung().now_or_never().is_none(), "one write rings once");
        assert!(ravi.rung().now_or_never().is_none());
    }

    #[tokio::test]
    async fn the_table_forgets_who_left() {
        let changes = Changes::default();
        let (first, mut second) = (changes.listen("priya"), changes.listen("priya"));
        drop(first);
        changes.ring("priya");
        assert!(second.rung().now_or_never().is_some());
        drop(second);
        assert!(changes.0.read().is_empty());
    }
}
