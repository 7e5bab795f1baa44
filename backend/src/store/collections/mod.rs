//! Which nouns are kept, under which names and indexes. One `impl Document` a noun.

use serde::{Deserialize, Serialize};
use watchkeeper_docstore::{Collection, Index, Tenancy};
use watchkeeper_domain::alert::{Delivery, EmailConfig, SlackConfig};
use watchkeeper_domain::anomaly::{Anomaly, Rca};
use watchkeeper_domain::batch::Batch;
use watchkeeper_domain::demo::{Letter, Run};
use watchkeeper_domain::id::Id;
use watchkeeper_domain::incident::Incident;
use watchkeeper_domain::llm::{LlmCall, LlmUsage};
use watchkeeper_domain::settings::TenantSettings;
use watchkeeper_domain::target::Target;
use watchkeeper_domain::tenant::{Account, ApiKey, Session};
use watchkeeper_domain::time::UtcMillis;

use super::document::Document;

/// When a tenant's next batch is due; claimed by lease. One document per tenant, id `schedule`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    pub id: String,
    /// `false` while the tenant has no enabled target.
    pub active: bool,
    pub next_run_at: UtcMillis,
    pub lease_until: UtcMillis,
    /// Which server holds the lease.
    pub lease_owner: String,
    /// Claims since the last finished batch.
    pub attempt: u32,
    /// Batches in a row that could not gather.
    pub failures: u32,
    pub last_batch_at: Option<UtcMillis>,
    pub last_error: Option<String>,
}

const fn tenant(name: &'static str, indexes: &'static [Index]) -> Collection {
    Collection { name, tenancy: Tenancy::Tenant, indexes }
}

macro_rules! documents {
    ($($noun:ty { $collection:expr $(, expires: $expires:expr)? } $id:expr;)*) => {
        $(impl Document for $noun {
            const COLLECTION: Collection = $collection;
            fn id(&self) -> &str {
                let id: fn(&Self) -> &str = $id;
                id(self)
            }
            $(fn expires_at(&self) -> Option<i64> {
                let expires: fn(&Self) -> UtcMillis = $expires;
                Some(expires(self).0)
            })?
        })*
        /// Every collection of the product, for preparation, sweeps and account deletion.
        pub const ALL: &[Collection] = &[$(<$noun as Document>::COLLECTION),*];
    };
}

documents! {
    Account {
        Collection {
            name: "users",
            tenancy: Tenancy::System,
            indexes: &[Index::on("username", &["username_key"]).unique(), Index::on("email", &["email_key"]).unique(), Index::on("leaving", &["leaving_at"])],
        }
    } |d| d.id.as_str();
    Session {
        tenant("sessions", &[
            Index::on("refresh", &["refresh_hash"]).unique().global(),
            Index::elements("spent", "spent_hashes").global(),
            Index::on("recent", &["last_used_at"]),
        ]),
        expires: |d| d.expires_at
    } |d| d.id.as_str();
    ApiKey {
        tenant("api_keys", &[Index::on("secret", &["secret_hash"]).unique().global(), Index::on("created", &["created_at"])])
    } |d| d.id.as_str();
    TenantSettings { tenant("settings", &[]) } |d| d.id.as_str();
    Target {
        tenant("targets", &[
            Index::on("address", &["scheme", "address", "metrics_path"]).unique(),
            Index::on("created", &["created_at"]),
            Index::on("updated", &["updated_at"]),
            Index::elements("terms", "terms"),
        ])
    } |d| d.id.as_str();
    Schedule { tenant("schedules", &[Index::on("due", &["active", "next_run_at"]).global()]) } |d| d.id.as_str();
    Batch {
        tenant("metrics_batches", &[Index::on("started", &["started_at"]), Index::on("finished", &["finished_at"])]),
        expires: |d| d.expires_at
    } |d| d.id.as_str();
    Incident {
        tenant("incidents", &[
            Index::on("open", &["open_key"]).unique(),
            Index::on("opened", &["opened_at"]),
            Index::on("updated", &["updated_at"]),
            Index::on("state", &["state", "opened_at"]),
            Index::on("family", &["family", "opened_at"]),
            Index::elements("instances", "instances"),
            Index::elements("terms", "terms"),
            Index::on("pending", &["has_pending", "updated_at"]).global(),
        ])
    } |d| d.id.as_str();
    Anomaly {
        tenant("anomalies", &[Index::on("at", &["at"]), Index::on("incident", &["incident_id", "at"])]),
        expires: |d| d.expires_at
    } |d| d.id.as_str();
    Rca {
        tenant("rca", &[Index::on("at", &["at"]), Index::on("incident", &["incident_id", "at"])]),
        expires: |d| d.expires_at
    } |d| d.id.as_str();
    LlmUsage { tenant("llm_usage", &[]), expires: |d| d.expires_at } |d| d.id.as_str();
    LlmCall {
        tenant("llm_calls", &[Index::on("at", &["at"])]),
        expires: |d| d.expires_at
    } |d| d.id.as_str();
    EmailConfig { tenant("email_config", &[]) } |d| d.id.as_str();
    SlackConfig { tenant("slack_config", &[]) } |d| d.id.as_str();
    Delivery {
        tenant("deliveries", &[
            Index::on("created", &["created_at"]),
            Index::on("updated", &["updated_at"]),
            Index::on("incident", &["incident_id", "created_at"]),
            Index::on("due", &["phase", "next_attempt_at"]).global(),
        ]),
        expires: |d| d.expires_at
    } |d| d.id.as_str();
    Run {
        tenant("demos", &[
            Index::on("updated", &["updated_at"]),
            Index::on("lease", &["state", "lease_until"]).global(),
            Index::on("removal", &["remove_at"]).global(),
        ])
    } |d| d.id.as_str();
    Letter {
        tenant("demo_outbox", &[Index::on("at", &["at"])]),
        expires: |d| d.expires_at
    } |d| d.id.as_str();
}
