//! Models that fail: the built-in analyst's words stand, and everyone can read why.

use std::time::{Duration, Instant};

use serde_json::json;

use super::script::{Dialect, Model, Move};
use super::world::{Left, Scene, name, true_answer};

const BOTH: [Dialect; 2] = [Dialect::OpenAi, Dialect::Ollama];

/// One batch before a model that makes these moves; and how long it took.
async fn told(dialect: Dialect, moves: &[Move], timeout: &str) -> (Model, Left, Duration) {
    let model = Model::new(dialect, moves).await;
    let scene = Scene::before(&model, &[("LLM_TIMEOUT_SECONDS", timeout)]).await;
    let begun = Instant::now();
    let left = scene.run().await;
    (model, left, begun.elapsed())
}

/// The failed call and the fallback are both stored.
#[track_caller]
fn fell_back(left: &Left, dialect: Dialect, outcome: &str, because: &str) {
    let call = left.call(name(dialect));
    assert_eq!((&call["outcome"], &call["verdict"], &call["dropped"]), (&json!(outcome), &json!(null), &json!([])));
    let fallback = left.call("builtin");
    assert_eq!((&fallback["outcome"], left.count_calls()), (&json!("answered"), 2));
    let note = fallback["outcome_detail"].as_str().unwrap();
    assert!(note.contains(because), "{note}");
    assert_eq!(left.rca["llm_call_id"], fallback["id"]);
    left.is_by_code(because);
}

#[tokio::test]
async fn an_answer_that_stays_invalid() {
    for dialect in BOTH {
        let wrong = Move::Says(json!({"incident": {"title": "x", "severity": "purple"}}).to_string());
        let (model, left, _) = told(dialect, &[Move::Says("no".to_owned()), wrong], "10").await;
        fell_back(&left, dialect, "invalid_answer", "invalid answer");
        let call = left.call(name(dialect));
        assert_eq!((&call["attempts"], model.bodies().await.len()), (&json!(2), 2));
        assert_eq!(
            call["outcome_detail"],
            "`incident.severity` must be one of low, medium, high, critical, but it is \"purple\""
        );
        assert!(call["answer"].as_str().unwrap().contains("purple"));
        assert_eq!(left.batch["receipt"]["prompt_tokens"], 1400, "what was spent in vain was spent");
    }
}

#[tokio::test]
async fn a_server_that_breaks() {
    for dialect in BOTH {
        let (model, left, took) = told(dialect, &[Move::Refuses(500)], "3").await;
        fell_back(&left, dialect, "provider_error", "status 500");
        let attempts = left.call(name(dialect))["attempts"].as_u64().unwrap();
        assert!((2..=4).contains(&attempts) && model.bodies().await.len() as u64 == attempts, "{attempts}");
        assert!(took < Duration::from_secs(5), "{took:?}");
    }
}

#[tokio::test]
async fn a_server_that_breaks_once() {
    let moves = [Move::Refuses(503), Move::Says(true_answer().to_string())];
    let (_, left, _) = told(Dialect::OpenAi, &moves, "10").await;
    left.is_by_the_model(Dialect::OpenAi);
    assert_eq!(left.call("openai")["attempts"], 2);
}

#[tokio::test]
async fn a_rate_limit_is_waited_for_as_long_as_it_says() {
    for dialect in BOTH {
        let moves = [Move::Waits(429, "1"), Move::Says(true_answer().to_string())];
        let (_, left, _) = told(dialect, &moves, "10").await;
        left.is_by_the_model(dialect);
        let call = left.call(name(dialect));
        assert_eq!((&call["outcome"], &call["attempts"]), (&json!("answered"), &json!(2)));
        assert!(call["latency_ms"].as_u64().unwrap() >= 1000, "{call}");
    }
}

#[tokio::test]
async fn a_rate_limit_beyond_the_deadline_is_not_waited_for() {
    for dialect in BOTH {
        let (model, left, took) = told(dialect, &[Move::Waits(429, "600")], "10").await;
        fell_back(&left, dialect, "rate_limited", "limits the rate");
        assert_eq!((&left.call(name(dialect))["attempts"], model.bodies().await.len()), (&json!(1), 1));
        assert!(took < Duration::from_secs(5), "{took:?}");
    }
}

#[tokio::test]
async fn a_model_slower_than_the_deadline() {
    for dialect in BOTH {
        let late = Move::Late(Duration::from_secs(20), true_answer().to_string());
        let (_, left, took) = told(dialect, &[late], "1").await;
        fell_back(&left, dialect, "timed_out", "no answer within the deadline");
        let latency = left.call(name(dialect))["latency_ms"].as_u64().unwrap();
        assert!((900..4000).contains(&latency) && took < Duration::from_secs(6), "{latency} {took:?}");
    }
}

#[tokio::test]
async fn an_answer_cut_off_at_the_token_limit() {
    for dialect in BOTH {
        let half: String = true_answer().to_string().chars().take(120).collect();
        let (model, left, _) = told(dialect, &[Move::Breaks(half.clone())], "10").await;
        fell_back(&left, dialect, "truncated", "cut off at the token limit");
        assert_eq!((&left.call(name(dialect))["answer"], model.bodies().await.len()), (&json!(half), 1));
        assert_eq!(left.batch["receipt"]["prompt_tokens"], 700);
    }
}

#[tokio::test]
async fn a_server_that_speaks_something_else() {
    for dialect in BOTH {
        let (_, left, _) = told(dialect, &[Move::Babbles], "10").await;
        fell_back(&left, dialect, "provider_error", "cannot be read");
    }
}
