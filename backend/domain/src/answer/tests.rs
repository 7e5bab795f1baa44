//! The reader against the habits of models.

use super::*;
use crate::fact::FactId;
use crate::verdict::Severity;
use proptest::prelude::*;

const GOOD: &str = r#"{"incident":{"title":"Memory almost gone on web-1","severity":"high","summary":"s","root_cause":"c",
    "fix_plan":{"immediate":["a"],"prevention":["b"]},"evidence":["M1","M2"]},
    "anomalies":[{"metric":"m","instance":"i:1","observed":"0.8 GB","expected":"2 GB","symptom":"low","evidence":["M1"]}],
    "hypotheses":[{"cause":"x","supporting":["M1"],"against":[]}]}"#;

#[test]
fn the_schema_is_strict_and_accepts_the_form() {
    let schema = schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let good: serde_json::Value = serde_json::from_str(GOOD).unwrap();
    assert!(validator.is_valid(&good), "{schema:#}");
    assert!(validator.is_valid(&serde_json::json!({"incident": null, "anomalies": [], "hypotheses": []})));
    for missing in ["incident", "anomalies", "hypotheses"] {
        let mut bad = good.clone();
        bad.as_object_mut().unwrap().remove(missing);
        assert!(!validator.is_valid(&bad), "{missing} is required");
    }
    let mut bad = good;
    bad["incident"]["mood"] = serde_json::json!("calm");
    assert!(!validator.is_valid(&bad), "nothing else is allowed");
    assert!(!schema.to_string().contains("$ref"));
}

#[test]
fn fences_prose_and_reasoning_are_passed_over() {
    let plain = parse(GOOD).unwrap();
    for text in [
        format!("```json\n{GOOD}\n```"),
        format!("Here is my analysis:\n\n{GOOD}\nHope it helps {{}}"),
        format!("<think>maybe {{ no }}</think>\n{GOOD}"),
        format!("\u{feff}{GOOD}"),
    ] {
        assert_eq!(parse(&text).unwrap(), plain);
    }
}

#[test]
fn habits_are_read() {
    let answer = parse(
        r#"{"incident":{"title":" A\n title ","severity":"Severe","root_cause":"c","fix_plan":"1. restart it\n2) look","evidence":"[m1], E2"},
            "anomalies":[{"metric":"m","observed":0.8}]}"#,
    )
    .unwrap();
    let incident = answer.incident.unwrap();
    assert_eq!(incident.title, "A title");
    assert_eq!(incident.severity, Severity::High);
    assert_eq!(incident.fix_plan.immediate, ["restart it", "look"]);
    assert_eq!(incident.evidence, [FactId("M1".to_owned()), FactId("E2".to_owned())]);
    assert_eq!(answer.anomalies[0].observed, "0.8");
}

#[test]
fn the_documented_form_without_its_outer_object_is_read() {
    let answer = parse(r#"{"title":"t","severity":"low","summary":"s","root_cause":"c"}"#).unwrap();
    assert_eq!(answer.incident.unwrap().title, "t");
}

#[test]
fn errors_name_the_field() {
    for (text, says) in [
        ("", "empty"),
        ("no json here", "no `{`"),
        (r#"{"incident": {"#, "not a JSON object"),
        (r#"{"anomalies": []}"#, "`incident` must be an object or null, but it is missing"),
        (r#"{"incident": 3}"#, "`incident` must be an object, but it is a number"),
        (r#"{"incident": {"title": "t", "severity": "spicy", "root_cause": "c"}}"#, "low, medium, high, critical"),
        (
            r#"{"incident": {"title": "", "severity": "low", "root_cause": "c"}}"#,
            "`incident.title` must be a non-empty",
        ),
        (r#"{"incident": null, "anomalies": [{"metric": []}]}"#, "`anomalies[0].metric` must be a text"),
    ] {
        let error = parse(text).unwrap_err().to_string();
        assert!(error.contains(says), "{text}: {error}");
    }
}

#[test]
fn deep_nesting_and_size_end_as_errors() {
    let deep = format!("{{\"incident\": {}", "[".repeat(5_000));
    assert!(matches!(parse(&deep), Err(InvalidAnswer::NotJson { .. })));
    assert!(matches!(parse(&"x".repeat(MAX_BYTES + 1)), Err(InvalidAnswer::TooLarge { .. })));
}

#[test]
fn everything_is_capped_and_cut_between_words() {
    let long = "word ".repeat(5_000);
    let many: Vec<_> = (0..500).map(|n| serde_json::json!({"metric": format!("m{n}")})).collect();
    let text = serde_json::json!({
        "incident": {"title": long, "severity": "low", "root_cause": "password=hunter2", "evidence": "M1"}, "anomalies": many,
    });
    let answer = parse(&text.to_string()).unwrap();
    let incident = answer.incident.unwrap();
    assert!(incident.title.chars().count() <= 160 && incident.title.ends_with("word…"));
    assert_eq!(incident.root_cause, "password=[redacted]");
    assert_eq!(answer.anomalies.len(), 50);
}

proptest! {
    #[test]
    fn no_text_panics(text in r#"[\{\}\[\]":,a-z0-9\\ ]{0,80}"#) {
        let _answer = parse(&text);
    }
}
