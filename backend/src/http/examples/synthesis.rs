//! An example made from a schema: what a response looks like, with values a person would expect under such a name.
//!
//! Every response of the document gets one, also those of operations yet to come. Where a name is not telling enough, add it to
//! [`TEXTS`] or [`NUMBERS`].

use serde_json::{Map, Value as Json, json};

/// Schemas nest no deeper than this; a cycle would.
const MAX_DEPTH: usize = 12;
const UUID: &str = "019366d1f0c27d3e8a3f5b1c2d4e6f70";

/// What a text property of this name holds.
const TEXTS: [(&str, &str); 38] = [
    ("access_token", "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9…"),
    ("actor", "priya"),
    ("address", "192.168.1.4:9100"),
    ("cause", "db-2 has no memory left."),
    ("claim", "root_cause"),
    ("detail", "the failure lasts for 6 min"),
    ("email", "oncall@example.com"),
    ("end", "2026-11-21T09:51:00Z"),
    ("error", "connect: connection refused"),
    ("expected", "3.9 GB to 4.3 GB"),
    ("host", "smtp.example.com"),
    ("immediate", "Restart api-1."),
    ("incident_title", "api-1: memory runs out"),
    ("instance", "192.168.1.4:9100"),
    ("instances", "192.168.1.4:9100"),
    ("metric", "node_memory_MemAvailable_bytes"),
    ("metrics_path", "/metrics"),
    ("model", "gpt-4o-mini"),
    ("name", "api-1"),
    ("observed", "0.8 GB"),
    ("order", "1"),
    ("prevention", "Alert on memory below 20 % of the total."),
    ("reason", "below the receiver's minimum severity"),
    ("receiver", "oncall@example.com"),
    ("root_cause", "A process on api-1 leaks memory: available memory fell steadily for 22 min."),
    ("scheme", "http"),
    ("start", "2026-11-21T09:50:00Z"),
    ("summary", "Available memory on api-1 fell from 4.1 GB to 0.8 GB in 22 min."),
    ("symptom", "fell steadily"),
    ("target_name", "api-1"),
    ("text", "MemAvailable on api-1 fell to 0.8 GB, expected 3.9 GB to 4.3 GB, for 22 min"),
    ("time_zone", "Asia/Kolkata"),
    ("title", "api-1: memory runs out"),
    ("token_type", "Bearer"),
    ("user_agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0"),
    ("username", "priya"),
    ("verdict_reason", "Four of five facts agree; nothing speaks against it."),
    ("version", env!("CARGO_PKG_VERSION")),
];

/// What a number of this name holds.
const NUMBERS: [(&str, f64); 14] = [
    ("attempts", 1.0),
    ("avoided_24h", 1436.0),
    ("confidence", 85.0),
    ("daily_token_budget", 200_000.0),
    ("expires_in", 900.0),
    ("full_text_tokens", 48_210.0),
    ("high", 4.3e9),
    ("latency_ms", 1840.0),
    ("low", 3.9e9),
    ("port", 587.0),
    ("prompt_tokens", 912.0),
    ("scrape_duration_seconds", 0.021),
    ("series", 641.0),
    ("value", 8e8),
];

/// Ids by what they name.
const PREFIXES: [(&str, &str); 12] = [
    ("incident", "inc"),
    ("batch", "bat"),
    ("target", "tgt"),
    ("anomaly", "anm"),
    ("rca", "rca"),
    ("delivery", "dlv"),
    ("session", "ses"),
    ("apikey", "key"),
    ("key", "key"),
    ("llm_call", "llm"),
    ("llmcall", "llm"),
    ("me", "usr"),
];

/// Builds examples from the document's schemas.
pub(in crate::http) struct Synthesis<'a> {
    schemas: &'a Map<String, Json>,
}

impl<'a> Synthesis<'a> {
    pub(in crate::http) fn new(schemas: &'a Map<String, Json>) -> Self {
        Self { schemas }
    }

    /// An example of this schema; `None` where it refers to nothing known or says nothing.
    pub(in crate::http) fn of(&self, schema: &Json) -> Option<Json> {
        self.build(schema, Place { noun: "", property: "", depth: 0 })
    }

    fn build(&self, schema: &Json, at: Place<'_>) -> Option<Json> {
        if at.depth > MAX_DEPTH {
            return None;
        }
        let below = Place { depth: at.depth + 1, ..at };
        if let Some(name) = schema.get("$ref").and_then(Json::as_str).and_then(|path| path.rsplit('/').next()) {
            let noun = name.trim_end_matches("View").trim_end_matches("Detail");
            let named = Place { noun, ..below };
            return super::of(name).or_else(|| self.build(self.schemas.get(name)?, named));
        }
        if let Some(word) = schema.get("const").or_else(|| schema.pointer("/enum/0")) {
            return Some(word.clone());
        }
        if let Some(parts) = schema.get("allOf").and_then(Json::as_array) {
            let parts = parts.iter().filter_map(|part| self.build(part, below));
            let merged = parts.filter_map(|part| part.as_object().cloned()).flatten().collect();
            return Some(Json::Object(merged));
        }
        if let Some(choices) = schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Json::as_array) {
            return choices.iter().filter(|choice| kind(choice) != Some("null")).find_map(|c| self.build(c, below));
        }
        match kind(schema)? {
            "object" => Some(self.object(schema, below)),
            "array" => Some(schema.get("items").and_then(|items| self.build(items, below)).into_iter().collect()),
            "string" => Some(json!(text(schema, at))),
            "integer" => Some(json!(number(at).unwrap_or(1.0) as i64)),
            "number" => Some(json!(number(at).unwrap_or(0.5))),
            "boolean" => Some(json!(true)),
            _ => None,
        }
    }

    fn object(&self, schema: &Json, at: Place<'_>) -> Json {
        let properties = schema.get("properties").and_then(Json::as_object);
        let mut object: Map<String, Json> = properties
            .into_iter()
            .flatten()
            .filter_map(|(name, schema)| Some((name.clone(), self.build(schema, Place { property: name, ..at })?)))
            .collect();
        if let Some(values) = schema.get("additionalProperties").filter(|values| values.is_object()) {
            let value = self.build(values, Place { property: "env", ..at });
            object.extend(value.map(|value| ("env".to_owned(), value)));
        }
        Json::Object(object)
    }
}

/// Where in a document a value stands: the schema and the property it belongs to.
#[derive(Clone, Copy)]
struct Place<'a> {
    noun: &'a str,
    property: &'a str,
    depth: usize,
}

/// The type that is not null.
fn kind(schema: &Json) -> Option<&str> {
    match schema.get("type")? {
        Json::String(kind) => Some(kind),
        Json::Array(kinds) => kinds.iter().filter_map(Json::as_str).find(|kind| *kind != "null"),
        _ => None,
    }
}

fn text(schema: &Json, at: Place<'_>) -> String {
    if schema.get("format").and_then(Json::as_str) == Some("date-time") {
        return "2026-11-21T09:50:00Z".to_owned();
    }
    let property = at.property.trim_end_matches('s');
    if property == "id" || property.ends_with("_id") && property != "request_id" && property != "fact_id" {
        let noun = property.strip_suffix("_id").unwrap_or(at.noun).to_ascii_lowercase();
        let prefix = PREFIXES.iter().find(|(name, _)| *name == noun).map_or("", |(_, prefix)| prefix);
        return if prefix.is_empty() { "M1".to_owned() } else { format!("{prefix}_{UUID}") };
    }
    match at.property {
        "request_id" => UUID.to_owned(),
        "fact_ids" | "supporting" | "against" => "M1".to_owned(),
        "env" => "production".to_owned(),
        named => TEXTS.iter().find(|(name, _)| *name == named).map_or("text", |(_, text)| text).to_owned(),
    }
}

fn number(at: Place<'_>) -> Option<f64> {
    NUMBERS.iter().find(|(name, _)| *name == at.property).map(|(_, number)| *number)
}
