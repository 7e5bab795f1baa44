//! The first tenant's things: one of every noun, each carrying the marker where a person could read it.

use serde_json::{Value as Json, json};
use uuid::Uuid;
use watchkeeper::auth::TenantScope;
use watchkeeper::store::Document;
use watchkeeper_domain::alert::Delivery;
use watchkeeper_domain::anomaly::{Anomaly, Rca};
use watchkeeper_domain::batch::Batch;
use watchkeeper_domain::incident::Incident;
use watchkeeper_domain::llm::LlmCall;

use crate::support::{Client, TestApp};

/// Stands in every document of the first tenant; must never be in an answer to anyone else.
pub(super) const MARKER: &str = "marker-7f3a9c";
/// The documents' time, and one far enough ahead to be kept.
const AT: i64 = 1_800_000_000_000;
const KEPT: i64 = 4_000_000_000_000;

/// Which id stands for `{id}`, by the beginning of the path.
pub(super) struct Fixtures(Vec<(&'static str, String)>);

impl Fixtures {
    pub(super) async fn of(app: &TestApp, owner: &Client) -> Self {
        Self::kept_in(app, owner, &app.scope(owner)).await
    }

    /// What batches leave stands in the owner's demo instead.
    pub(super) async fn of_demo(app: &TestApp, owner: &Client) -> Self {
        Self::kept_in(app, owner, &app.scope(owner).demo()).await
    }

    async fn kept_in(app: &TestApp, owner: &Client, scope: &TenantScope) -> Self {
        let key = json!({ "name": MARKER, "scopes": ["read"] });
        let key = owner.post("/api/v1/api-keys", key).await.expect(201).json();
        let sessions = owner.get("/api/v1/auth/sessions").await.expect(200).json();
        let text = |value: &Json| value.as_str().unwrap().to_owned();
        // Paused: what a scrape finds would change between two looks at it without anybody's doing.
        let target = json!({ "address": "192.168.7.7:9100", "name": MARKER, "enabled": false });
        let target = owner.post("/api/v1/targets", target).await.expect(201).json();
        let (batch, incident) = (id("bat"), id("inc"));
        Self(vec![
            ("/api/v1/api-keys/", text(&key["key"]["id"])),
            ("/api/v1/auth/sessions/", text(&sessions["items"][0]["id"])),
            ("/api/v1/targets/", text(&target["id"])),
            ("/api/v1/batches/", keep::<Batch>(app, scope, batch_document(&batch)).await),
            ("/api/v1/incidents/", keep::<Incident>(app, scope, incident_document(&incident)).await),
            ("/api/v1/anomalies/", keep::<Anomaly>(app, scope, anomaly_document(&batch, &incident)).await),
            ("/api/v1/llm/calls/", keep::<LlmCall>(app, scope, call_document(&batch)).await),
            ("/api/v1/deliveries/", keep::<Delivery>(app, scope, delivery_document(&incident)).await),
            ("/api/v1/rca/", keep::<Rca>(app, scope, rca_document(&batch, &incident)).await),
        ])
    }

    /// The path with the owner's ids in it.
    pub(super) fn fill(&self, template: &str) -> String {
        let template = &template.replace("{seq}", "1");
        let Some(start) = template.find('{') else { return template.to_owned() };
        let fixture = self.0.iter().find(|(prefix, _)| template.starts_with(prefix));
        let (_, id) = fixture.unwrap_or_else(|| panic!("no fixture for {template}"));
        let end = template.find('}').unwrap();
        format!("{}{id}{}", &template[..start], &template[end + 1..])
    }

    /// What the owner sees of everything another tenant might have changed.
    pub(super) async fn snapshot(&self, owner: &Client) -> Vec<String> {
        let mut seen = Vec::new();
        for path in ["/api/v1/auth/me", "/api/v1/auth/sessions", "/api/v1/api-keys", "/api/v1/settings/analysis"] {
            seen.push(owner.get(path).await.expect(200).text);
        }
        seen.push(owner.get("/api/v1/deliveries").await.expect(200).text);
        let listed_only = ["auth", "keys", "deliveries"];
        for (prefix, id) in self.0.iter().filter(|(prefix, _)| !listed_only.iter().any(|part| prefix.contains(part))) {
            seen.push(owner.get(&format!("{prefix}{id}")).await.expect(200).text);
        }
        seen
    }
}

fn id(prefix: &str) -> String {
    format!("{prefix}_{}", Uuid::now_v7().simple())
}

async fn keep<D: Document>(app: &TestApp, scope: &TenantScope, document: Json) -> String {
    let document: D = serde_json::from_value(document).unwrap();
    app.store.tenant(scope).insert(&document).await.unwrap();
    document.id().to_owned()
}

fn batch_document(id: &str) -> Json {
    json!({
        "id": id, "trigger": "manual", "window": { "start": AT - 60_000, "end": AT },
        "started_at": AT, "finished_at": AT, "outcome": { "type": "failed", "reason": MARKER },
        "receipt": { "series": 0, "outside": 0, "targets": 0, "targets_down": 0, "text": MARKER,
            "model_called": false, "prompt_tokens": 0, "full_text_tokens": 0 },
        "facts": [], "targets": [], "incident_ids": [], "llm_call_ids": [], "truncated": null,
        "complete": true, "expires_at": KEPT,
    })
}

fn incident_document(id: &str) -> Json {
    json!({
        "id": id, "fingerprint": MARKER, "open_key": MARKER, "state": "open", "severity": "high",
        "title": MARKER, "summary": MARKER, "root_cause": MARKER,
        "fix_plan": { "immediate": [MARKER], "prevention": [] }, "verdict": "likely", "confidence": 70,
        "verdict_reason": "", "hypotheses": [], "evidence": [], "anomaly_count": 1, "instances": [MARKER],
        "window": { "start": AT - 60_000, "end": AT }, "author_provider": "builtin", "author_model": "builtin",
        "rca_id": null, "opened_at": AT, "updated_at": AT, "resolved_at": null, "quiet_batches": 0,
        "last_batch_id": null, "timeline": [], "pending_notices": [], "has_pending": false,
    })
}

fn anomaly_document(batch: &str, incident: &str) -> Json {
    json!({
        "id": id("anm"), "batch_id": batch, "incident_id": incident, "at": AT, "metric": MARKER, "instance": MARKER,
        "observed": "1", "expected": "0", "symptom": MARKER, "severity": "high", "fact_ids": ["M1"], "fact": null,
        "expires_at": KEPT,
    })
}

fn call_document(batch: &str) -> Json {
    json!({
        "id": id("llm"), "batch_id": batch, "at": AT, "provider": "ollama", "model": MARKER, "prompt": MARKER,
        "answer": MARKER, "prompt_tokens": 1, "completion_tokens": 1, "cost_usd": null, "latency_ms": 1,
        "attempts": 1, "outcome": { "type": "answered" }, "verdict": null, "dropped": [], "expires_at": KEPT,
    })
}

fn delivery_document(incident: &str) -> Json {
    json!({
        "id": id("dlv"), "incident_id": incident, "incident_title": MARKER, "severity": "high", "seq": 1,
        "notice": "opened", "channel": "email", "receiver": MARKER, "state": { "type": "failed", "error": MARKER },
        "phase": "done", "lane": "email:none", "message": {
            "notice": "opened", "state": "open", "severity": "high", "title": MARKER, "at": "", "window": "",
            "what": null, "summary": "", "verdict": "likely", "confidence": 1, "cause": "", "actions": [],
            "proof": null, "anomaly_count": 1, "link": "",
        },
        "started": 1, "attempts": [], "created_at": AT, "next_attempt_at": AT, "lease_until": 0, "expires_at": KEPT,
    })
}

fn rca_document(batch: &str, incident: &str) -> Json {
    json!({
        "id": id("rca"), "batch_id": batch, "incident_id": incident, "at": AT, "title": MARKER, "summary": MARKER,
        "root_cause": MARKER, "fix_plan": { "immediate": [], "prevention": [] }, "severity": "high",
        "verdict": "likely", "confidence": 70, "verdict_reason": "", "hypotheses": [], "evidence": [], "dropped": [],
        "author": { "provider": "builtin", "model": "builtin" }, "llm_call_id": null, "expires_at": KEPT,
    })
}
