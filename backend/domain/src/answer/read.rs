//! From a JSON value to an [`Answer`], field by field, so that an error can name the field.

use serde_json::Value;

use super::InvalidAnswer;
use crate::fact::FactId;
use crate::redact;
use crate::verdict::{Answer, AnswerAnomaly, AnswerIncident, FixPlan, Hypothesis, Severity};

/// Caps, in characters and in items.
const TITLE: usize = 160;
const PROSE: usize = 1_500;
const LINE: usize = 400;
const NAME: usize = 200;
const ACTIONS: usize = 8;
const ANOMALIES: usize = 50;
const HYPOTHESES: usize = 8;
const IDS: usize = 64;
const ID: usize = 12;

type Read<T> = Result<T, InvalidAnswer>;

pub(super) fn answer(root: &Value) -> Read<Answer> {
    let incident = match root.get("incident") {
        Some(Value::Null) => None,
        Some(value) => Some(incident(value, "incident")?),
        // The documented form without its outer object.
        None if root.get("root_cause").is_some() => Some(incident(root, "incident")?),
        None => return Err(wrong("incident", "an object or null", None)),
    };
    Ok(Answer {
        incident,
        anomalies: items(root, "anomalies", ANOMALIES, anomaly)?,
        hypotheses: items(root, "hypotheses", HYPOTHESES, hypothesis)?,
    })
}

fn incident(value: &Value, path: &str) -> Read<AnswerIncident> {
    object(value, path)?;
    Ok(AnswerIncident {
        title: required(value, path, "title", TITLE)?,
        severity: severity(value.get("severity"), &format!("{path}.severity"))?,
        summary: optional(value, path, "summary", PROSE)?,
        root_cause: required(value, path, "root_cause", PROSE)?,
        fix_plan: fix_plan(value.get("fix_plan"), &format!("{path}.fix_plan"))?,
        evidence: ids(value.get("evidence"), &format!("{path}.evidence"))?,
    })
}

fn anomaly(value: &Value, path: &str) -> Read<AnswerAnomaly> {
    object(value, path)?;
    Ok(AnswerAnomaly {
        metric: required(value, path, "metric", NAME)?,
        instance: optional(value, path, "instance", NAME)?,
        observed: optional(value, path, "observed", NAME)?,
        expected: optional(value, path, "expected", NAME)?,
        symptom: optional(value, path, "symptom", LINE)?,
        evidence: ids(value.get("evidence"), &format!("{path}.evidence"))?,
    })
}

fn hypothesis(value: &Value, path: &str) -> Read<Hypothesis> {
    object(value, path)?;
    Ok(Hypothesis {
        cause: required(value, path, "cause", LINE)?,
        supporting: ids(value.get("supporting"), &format!("{path}.supporting"))?,
        against: ids(value.get("against"), &format!("{path}.against"))?,
    })
}

/// An object with both lists; also one list, or one text, which then is what to do now.
fn fix_plan(value: Option<&Value>, path: &str) -> Read<FixPlan> {
    match value {
        None | Some(Value::Null) => Ok(FixPlan::default()),
        Some(Value::Object(plan)) => Ok(FixPlan {
            immediate: actions(plan.get("immediate"), &format!("{path}.immediate"))?,
            prevention: actions(plan.get("prevention"), &format!("{path}.prevention"))?,
        }),
        Some(other) => Ok(FixPlan { immediate: actions(Some(other), path)?, prevention: Vec::new() }),
    }
}

/// A list of texts, or one text whose lines are the list.
fn actions(value: Option<&Value>, path: &str) -> Read<Vec<String>> {
    let lines: Vec<String> = match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(text)) => text.lines().map(|line| clean(unlisted(line), LINE)).collect(),
        Some(Value::Array(list)) => {
            list.iter().take(ACTIONS).map(|item| text(item, path, LINE)).collect::<Read<_>>()?
        }
        other => return Err(wrong(path, "a list of texts", other)),
    };
    Ok(lines.into_iter().filter(|line| !line.is_empty()).take(ACTIONS).collect())
}

/// A line without its `1.` or `-`.
fn unlisted(line: &str) -> &str {
    let line = line.trim();
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    match rest.strip_prefix(['.', ')']).filter(|_| rest.len() < line.len()) {
        Some(rest) => rest,
        None => line.trim_start_matches(['-', '*', '•']),
    }
}

fn severity(value: Option<&Value>, path: &str) -> Read<Severity> {
    let word = value.and_then(Value::as_str).unwrap_or_default().trim().to_lowercase();
    match word.as_str() {
        "low" | "info" | "informational" | "minor" | "notice" | "trivial" | "p4" | "p5" | "sev4" => Ok(Severity::Low),
        "medium" | "moderate" | "warning" | "warn" | "med" | "p3" | "sev3" => Ok(Severity::Medium),
        "high" | "major" | "severe" | "error" | "serious" | "p2" | "sev2" => Ok(Severity::High),
        "critical" | "crit" | "fatal" | "emergency" | "blocker" | "urgent" | "p1" | "sev1" => Ok(Severity::Critical),
        _ => Err(wrong(path, "one of low, medium, high, critical", value)),
    }
}

/// A list of ids, or one text with ids in it. `[M1]` and `m1` are M1.
fn ids(value: Option<&Value>, path: &str) -> Read<Vec<FactId>> {
    let mut words: Vec<String> = Vec::new();
    match value {
        None | Some(Value::Null) => {}
        Some(Value::String(text)) => words.extend(split_ids(text)),
        Some(Value::Array(list)) => {
            for item in list.iter().take(IDS) {
                words.extend(split_ids(&text(item, path, NAME)?));
            }
        }
        other => return Err(wrong(path, "a list of fact ids such as [\"M1\", \"E2\"]", other)),
    }
    let mut ids: Vec<FactId> = Vec::new();
    for word in words {
        let id = FactId(word);
        if ids.len() < IDS && !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}

fn split_ids(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word.chars().take(ID).collect::<String>().to_uppercase())
        .collect()
}

fn items<T>(root: &Value, key: &str, cap: usize, item: fn(&Value, &str) -> Read<T>) -> Read<Vec<T>> {
    match root.get(key) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(list)) => {
            list.iter().take(cap).enumerate().map(|(n, value)| item(value, &format!("{key}[{n}]"))).collect()
        }
        other => Err(wrong(key, "a list", other)),
    }
}

fn object(value: &Value, path: &str) -> Read<()> {
    if value.is_object() { Ok(()) } else { Err(wrong(path, "an object", Some(value))) }
}

fn required(value: &Value, path: &str, key: &str, cap: usize) -> Read<String> {
    let text = optional(value, path, key, cap)?;
    if text.is_empty() {
        return Err(wrong(&format!("{path}.{key}"), "a non-empty text", value.get(key)));
    }
    Ok(text)
}

fn optional(value: &Value, path: &str, key: &str, cap: usize) -> Read<String> {
    match value.get(key) {
        None | Some(Value::Null) => Ok(String::new()),
        Some(found) => text(found, &format!("{path}.{key}"), cap),
    }
}

fn text(value: &Value, path: &str, cap: usize) -> Read<String> {
    match value {
        Value::String(text) => Ok(clean(text, cap)),
        Value::Number(number) => Ok(number.to_string()),
        other => Err(wrong(path, "a text", Some(other))),
    }
}

/// Without secrets and control characters, blanks collapsed, cut between words.
fn clean(text: &str, cap: usize) -> String {
    let text = redact::secrets(text);
    let mut out = String::new();
    let mut chars = 0;
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        let length = word.chars().count();
        if chars + length + 1 > cap {
            if out.is_empty() {
                out.extend(word.chars().take(cap));
            } else {
                out.push('…');
            }
            break;
        }
        if !out.is_empty() {
            out.push(' ');
            chars += 1;
        }
        out.push_str(word);
        chars += length;
    }
    out
}

fn wrong(path: &str, expected: &'static str, found: Option<&Value>) -> InvalidAnswer {
    let found = match found {
        None => "missing".to_owned(),
        Some(Value::Null) => "null".to_owned(),
        Some(Value::Bool(_)) => "true or false".to_owned(),
        Some(Value::Number(_)) => "a number".to_owned(),
        Some(Value::String(text)) => format!("\"{}\"", clean(text, 60)),
        Some(Value::Array(_)) => "a list".to_owned(),
        Some(Value::Object(_)) => "an object".to_owned(),
    };
    InvalidAnswer::WrongForm { path: path.to_owned(), expected, found }
}
