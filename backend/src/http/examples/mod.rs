//! Examples for the OpenAPI document. Those of request bodies stand here by schema name, because "try it out" starts with them; a
//! test sends every one. Those of responses are made from their schemas.
//!
//! To add one: a line in [`of`].

mod synthesis;

pub(super) use synthesis::Synthesis;

use serde_json::{Value as Json, json};

/// An example of this schema; `None` where the schema speaks for itself.
pub(super) fn of(schema: &str) -> Option<Json> {
    let example = match schema {
        "Register" => {
            json!({ "username": "priya", "email": "priya@example.com", "password": "correct-horse-battery-staple" })
        }
        "Login" => json!({ "email": "priya@example.com", "password": "correct-horse-battery-staple" }),
        "UpdateMe" => json!({ "time_zone": "Asia/Kolkata" }),
        "ChangePassword" => json!({
            "current_password": "correct-horse-battery-staple-9", "new_password": "an-even-longer-battery-staple-10",
        }),
        "DeleteAccount" => {
            json!({ "username": "nobody-in-this-example", "password": "correct-horse-battery-staple-9" })
        }
        "RetentionSettings" => {
            json!({ "batches_days": 14, "anomalies_days": null, "root_causes_days": null, "incidents_days": 365 })
        }
        "CreateApiKey" => json!({ "name": "ci", "scopes": ["read"] }),
        "CreateTarget" => json!({
            "address": "192.168.1.4:9100", "name": "api-1", "kind": "node", "tags": { "env": "production" },
        }),
        "CreateTargets" => json!({
            "targets": [
                { "address": "192.168.1.5:9100", "name": "api-2", "kind": "node", "tags": { "env": "production" } },
                { "address": "192.168.1.6:9187", "name": "db-1", "kind": "postgres" },
            ],
            "check_only": false,
        }),
        "UpdateTarget" => json!({ "name": "api-1", "enabled": false }),
        "StartDemo" => json!({ "scenario": "memory-leak" }),
        "ResolveIncident" => json!({ "why": "the disk was replaced" }),
        "CommentIncident" => json!({ "text": "Restarted api-1; memory is back." }),
        "AssignIncident" => json!({ "assignee": "priya" }),
        "AcknowledgeIncidents" => json!({ "ids": ["inc_019366d1f0c27d3e8a3f5b1c2d4e6f70"] }),
        "EmailSettings" => json!({
            "enabled": true, "recipients": ["oncall@example.com"], "min_severity": "medium",
            "notify_on": { "open": true, "update": false, "resolve": true }, "server": null,
        }),
        "SlackSettings" => json!({
            "enabled": true, "webhook_url": "https://hooks.slack.com/services/T000/B000/your-secret",
            "min_severity": "high", "notify_on": { "open": true, "update": true, "resolve": true },
        }),
        "AnalysisSettings" => json!({
            "analysis_mode": "gated", "batch_interval_seconds": 60, "resolve_after_batches": 2, "provider": null,
            "daily_token_budget": 200_000,
        }),
        "Me" => json!({
            "id": "usr_019366d1f0c27d3e8a3f5b1c2d4e6f70", "username": "priya", "email": "priya@example.com",
            "time_zone": "Asia/Kolkata", "created_at": "2026-11-21T09:50:00Z",
        }),
        "TestResult" => json!({ "ok": false, "detail": "535 5.7.8 authentication failed" }),
        "Health" => json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }),
        _ => return None,
    };
    Some(example)
}
