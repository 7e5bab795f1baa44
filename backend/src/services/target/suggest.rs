//! Targets that can be added with one click: for now the server itself.

use watchkeeper_domain::target::{ExporterKind, Scheme, Target};

use super::TargetService;
use crate::auth::TenantScope;
use crate::services::ServiceError;
use crate::store::Filter;

/// What adding it takes, and why one would.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    pub address: String,
    pub name: &'static str,
    pub kind: ExporterKind,
    pub why: &'static str,
}

impl TargetService {
    /// What the tenant does not have yet.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn suggestions(&self, scope: &TenantScope) -> Result<Vec<Suggestion>, ServiceError> {
        let Some(address) = self.own_metrics.clone() else { return Ok(Vec::new()) };
        let same = Filter::eq("address", address.as_str()).and(Filter::eq("scheme", Scheme::Http.as_str()));
        if self.store.tenant(scope).count::<Target>(&same).await? > 0 {
            return Ok(Vec::new());
        }
        Ok(vec![Suggestion {
            address,
            name: "watchkeeper",
            kind: ExporterKind::Custom,
            why: "This server measures itself: requests, batches, messages. It is here already, so there is something to look at at once.",
        }])
    }
}
