//! The schema models are asked to answer by, in the strict dialect: every property required, nothing else allowed.

use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};

use crate::verdict::Severity;

/// The documented form, and what ours adds: `evidence` and `hypotheses`.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used; reading is tolerant and lives in `read`")]
struct Form {
    /// null when nothing is wrong.
    incident: Option<Incident>,
    /// One per abnormal series, most telling first.
    anomalies: Vec<Anomaly>,
    /// Competing explanations, most likely first.
    hypotheses: Vec<Hypothesis>,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct Incident {
    /// At most 100 characters: what is wrong and where.
    title: String,
    #[schemars(with = "SeverityWord")]
    severity: Severity,
    /// Two or three sentences.
    summary: String,
    /// One or two sentences. Numbers only as given in the cited facts.
    root_cause: String,
    fix_plan: FixPlan,
    /// Ids of the facts behind title, summary and cause, such as M1 or E2.
    evidence: Vec<String>,
}

#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "only its schema is used")]
enum SeverityWord {
    Low,
    Medium,
    High,
    Critical,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct FixPlan {
    /// What to do now, first thing first.
    immediate: Vec<String>,
    /// What keeps it from coming back.
    prevention: Vec<String>,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct Anomaly {
    metric: String,
    instance: String,
    /// Number with unit, as in the fact.
    observed: String,
    /// Number or range with unit, as in the fact.
    expected: String,
    symptom: String,
    /// Ids of the facts behind it.
    evidence: Vec<String>,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct Hypothesis {
    cause: String,
    /// Fact ids: the one showing the cause first, then its effects.
    supporting: Vec<String>,
    /// Fact ids that speak against it.
    against: Vec<String>,
}

/// JSON schema of the answer.
#[must_use]
pub fn schema() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|s| {
        s.inline_subschemas = true;
        s.meta_schema = None;
    });
    let mut schema = settings.into_generator().into_root_schema_for::<Form>();
    RecursiveTransform(strict).transform(&mut schema);
    schema.remove("title");
    schema.to_value()
}

fn strict(schema: &mut Schema) {
    let Some(Value::Object(properties)) = schema.get("properties") else { return };
    let required: Vec<Value> = properties.keys().map(|key| json!(key)).collect();
    schema.insert("required".to_owned(), Value::Array(required));
    schema.insert("additionalProperties".to_owned(), Value::Bool(false));
}
