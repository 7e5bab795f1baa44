//! One row per operation. A new operation needs a row, and a new path parameter a fixture.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Anyone may ask; it knows no tenant.
    Public,
    /// Needs a credential of the tenant.
    Tenant,
    /// Needs the operator's token.
    Operator,
}

#[derive(Debug)]
pub(super) struct Row {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) access: Access,
    /// A body the operation accepts; `null` for none.
    pub(super) body: &'static str,
    /// Whether the owner's answer holds the marker planted in their data.
    pub(super) shows_marker: bool,
}

const fn row(method: &'static str, path: &'static str, access: Access) -> Row {
    Row { method, path, access, body: "null", shows_marker: false }
}
const fn get(path: &'static str) -> Row {
    row("GET", path, Access::Tenant)
}
const fn post(path: &'static str, body: &'static str) -> Row {
    Row { body, ..row("POST", path, Access::Tenant) }
}
const fn put(path: &'static str, body: &'static str) -> Row {
    Row { body, ..row("PUT", path, Access::Tenant) }
}
const fn patch(path: &'static str, body: &'static str) -> Row {
    Row { body, ..row("PATCH", path, Access::Tenant) }
}
const fn delete(path: &'static str) -> Row {
    row("DELETE", path, Access::Tenant)
}
/// A read in which the owner finds their marker.
const fn showing(path: &'static str) -> Row {
    Row { shows_marker: true, ..get(path) }
}

const EMAIL: &str = r#"{"enabled":false,"recipients":[],"min_severity":"low",
    "notify_on":{"open":true,"update":true,"resolve":true}}"#;
const SLACK: &str = r#"{"enabled":false,"min_severity":"low","notify_on":{"open":true,"update":true,"resolve":true}}"#;

pub(super) const ROWS: &[Row] = &[
    row("GET", "/health", Access::Public),
    row("GET", "/health/ready", Access::Public),
    row("GET", "/metrics", Access::Operator),
    // Accounts
    row("POST", "/api/v1/auth/register", Access::Public),
    row("POST", "/api/v1/auth/login", Access::Public),
    row("POST", "/api/v1/auth/refresh", Access::Public),
    row("POST", "/api/v1/auth/logout", Access::Public),
    get("/api/v1/auth/me"),
    patch("/api/v1/auth/me", r#"{"time_zone":"Europe/Vienna"}"#),
    put("/api/v1/auth/password", r#"{"current_password":"not it","new_password":"x"}"#),
    Row { body: r#"{"username":"owner","password":"not it"}"#, ..delete("/api/v1/account") },
    showing("/api/v1/account/export"),
    get("/api/v1/auth/sessions"),
    delete("/api/v1/auth/sessions"),
    delete("/api/v1/auth/sessions/{id}"),
    showing("/api/v1/api-keys"),
    post("/api/v1/api-keys", r#"{"name":"mine","scopes":["read"]}"#),
    delete("/api/v1/api-keys/{id}"),
    // Targets
    showing("/api/v1/targets"),
    showing("/api/v1/targets/{id}"),
    post("/api/v1/targets", r#"{"address":"192.168.7.8:9100"}"#),
    post("/api/v1/targets/bulk", r#"{"targets":[{"address":"192.168.7.8:9100"}]}"#),
    showing("/api/v1/targets/{id}/discovery"),
    patch("/api/v1/targets/{id}", r#"{"name":"renamed"}"#),
    delete("/api/v1/targets/{id}"),
    get("/api/v1/targets/{id}/scrapes"),
    get("/api/v1/targets/suggestions"),
    row("GET", "/api/v1/sd/targets", Access::Operator),
    // Metrics
    get("/api/v1/metrics/source"),
    get("/api/v1/metrics/instances"),
    get("/api/v1/metrics/names"),
    get("/api/v1/metrics/range"),
    // Analysis
    showing("/api/v1/batches"),
    showing("/api/v1/batches/{id}"),
    post("/api/v1/batches/run", "null"),
    showing("/api/v1/anomalies"),
    showing("/api/v1/anomalies/{id}"),
    showing("/api/v1/rca"),
    showing("/api/v1/rca/{id}"),
    get("/api/v1/stats"),
    get("/api/v1/settings/analysis"),
    put(
        "/api/v1/settings/analysis",
        r#"{"analysis_mode":"every_batch","resolve_after_batches":3,"daily_token_budget":1000}"#,
    ),
    get("/api/v1/settings/retention"),
    put("/api/v1/settings/retention", r#"{"batches_days":7}"#),
    get("/api/v1/llm/providers"),
    showing("/api/v1/llm/calls"),
    showing("/api/v1/llm/calls/{id}"),
    // Incidents
    showing("/api/v1/incidents"),
    showing("/api/v1/incidents/{id}"),
    post("/api/v1/incidents/{id}/acknowledge", "null"),
    post("/api/v1/incidents/{id}/resolve", r#"{"why":"fixed"}"#),
    post("/api/v1/incidents/{id}/reopen", "null"),
    get("/api/v1/events"),
    post("/api/v1/incidents/acknowledge", r#"{"ids":["inc_019366d1f0c27d3e8a3f5b1c2d4e6f70"]}"#),
    post("/api/v1/incidents/{id}/comments", r#"{"text":"seen"}"#),
    delete("/api/v1/incidents/{id}/comments/{seq}"),
    put("/api/v1/incidents/{id}/assignee", r#"{"assignee":null}"#),
    get("/api/v1/incidents/{id}/similar"),
    showing("/api/v1/incidents/{id}/post-mortem"),
    // Alerts
    get("/api/v1/alerts/email"),
    put("/api/v1/alerts/email", EMAIL),
    post("/api/v1/alerts/email/test", "null"),
    get("/api/v1/alerts/slack"),
    put("/api/v1/alerts/slack", SLACK),
    post("/api/v1/alerts/slack/test", "null"),
    post("/api/v1/alerts/email/preview", "null"),
    post("/api/v1/alerts/slack/preview", "null"),
    get("/api/v1/deliveries"),
    post("/api/v1/deliveries/{id}/retry", "null"),
    get("/api/v1/incidents/{id}/deliveries"),
    // The demo
    get("/api/v1/demo"),
    post("/api/v1/demo", r#"{"scenario":"memory-leak"}"#),
    delete("/api/v1/demo"),
    get("/api/v1/demo/outbox"),
    // Paths of earlier systems
    row("POST", "/api/auth/register", Access::Public),
    row("POST", "/api/auth/login", Access::Public),
    get("/api/auth/me"),
    get("/stats"),
    showing("/batches"),
    showing("/anomalies"),
    showing("/rca"),
    showing("/incidents"),
    showing("/agent/targets"),
    post("/agent/targets", r#"{"address":"192.168.7.9:9100"}"#),
    get("/agent/email-config"),
    put("/agent/email-config", EMAIL),
    post("/agent/test-email", "null"),
    get("/agent/slack-config"),
    put("/agent/slack-config", SLACK),
    post("/agent/test-slack", "null"),
];
