//! What keeps models from costing too much: the day's budget and the circuit breaker.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;
use watchkeeper::clock::Clock;
use watchkeeper::config::Settings;
use watchkeeper::services::analyst::{Analyst, Case, Chain, Limits};
use watchkeeper_clients::metrics::{GatherRequest, MetricsSource as _};
use watchkeeper_domain::detect;
use watchkeeper_domain::id::{BatchId, Id as _};
use watchkeeper_domain::settings::TenantSettings;
use watchkeeper_domain::time::{MINUTE, SECOND, Window};

use super::script::{Dialect, Model, Move};
use super::world::{Hosts, Scene, true_answer};

#[tokio::test]
async fn a_spent_budget_asks_nobody() {
    let model = Model::new(Dialect::OpenAi, &[Move::Says(true_answer().to_string())]).await;
    let scene = Scene::before(&model, &[]).await;
    let mut settings = scene.priya.get("/api/v1/settings/analysis").await.expect(200).json();
    settings["daily_token_budget"] = json!(1000);
    scene.priya.with_body(Method::PUT, "/api/v1/settings/analysis", settings).await.expect(200);
    let left = scene.run().await;
    left.is_by_code("the day's token budget is spent");
    let call = left.call("openai");
    assert_eq!((&call["outcome"], &call["attempts"]), (&json!("budget_spent"), &json!(0)));
    assert_eq!((model.bodies().await.len(), &left.batch["receipt"]["prompt_tokens"]), (0, &json!(0)));
}

#[tokio::test]
async fn what_is_spent_counts_against_the_day() {
    let model = Model::new(Dialect::OpenAi, &[Move::Says("no".to_owned())]).await;
    let scene = Scene::before(&model, &[]).await;
    let mut settings = scene.priya.get("/api/v1/settings/analysis").await.expect(200).json();
    settings["daily_token_budget"] = json!(8000);
    scene.priya.with_body(Method::PUT, "/api/v1/settings/analysis", settings).await.expect(200);
    scene.run().await;
    let stats = scene.priya.get("/api/v1/stats").await.expect(200).json();
    assert_eq!(stats["model"]["tokens_today"], 2 * 790, "the reservation was put right: {stats}");
}

#[tokio::test]
async fn a_provider_that_keeps_failing_is_left_alone() {
    let model = Model::new(Dialect::OpenAi, &[Move::Waits(503, "600")]).await;
    let scene = Scene::before(&model, &[]).await;
    for _ in 0..5 {
        scene.batch().await;
    }
    assert_eq!(model.bodies().await.len(), 5);
    let left = scene.run().await;
    left.is_by_code("left alone after repeated failures");
    let call = left.call("openai");
    assert_eq!((&call["outcome"], &call["attempts"]), (&json!("circuit_open"), &json!(0)));
    assert_eq!(model.bodies().await.len(), 5, "nobody was asked");
    let providers = scene.list("/api/v1/llm/providers").await;
    let openai = providers.iter().find(|provider| provider["name"] == "openai").unwrap();
    assert_eq!((&openai["ready"], &openai["order"]), (&json!(false), &json!(1)));
}

#[tokio::test]
async fn no_model_is_asked_when_the_batch_has_no_time_left() {
    let model = Model::new(Dialect::OpenAi, &[Move::Says(true_answer().to_string())]).await;
    let scene = Scene::before(&model, &[]).await;
    let scope = scene.app.scope(&scene.priya);
    let clock = Clock::default();
    let window = Window { start: clock.now() - MINUTE, end: clock.now() };
    let request = GatherRequest {
        user_id: scope.key().to_owned(),
        window,
        baseline_ms: 30 * MINUTE,
        step_ms: 15 * SECOND,
        max_series: 100,
    };
    let set = Hosts::default().gather(&request).await.unwrap();
    let facts = detect::examine(&set).facts;
    let settings = Settings::from_pairs(model.settings().into_iter().map(|(key, value)| (key.to_owned(), value)));
    let chain = Chain::open(&settings.unwrap().llm, None).unwrap();
    let day = Duration::from_secs(86_400);
    let limits = Limits { prompt_tokens: 6000, timeout: Duration::from_secs(10), retention: day };
    let analyst = Analyst::new(scene.app.store.clone(), clock.clone(), chain, None, limits);
    let case = Case {
        batch_id: &BatchId::derive(&["late"]),
        facts: &facts,
        targets: &set.targets,
        settings: &TenantSettings::default(),
        fingerprint: "memory:web",
        instances: &[],
        now: clock.now(),
        until: Instant::now(),
    };
    let judgement = analyst.judge(&scope, case).await;
    let reason = judgement.verified.reason;
    assert!(reason.ends_with("No model's words: the batch's time for models is used up."), "{reason}");
    assert_eq!((judgement.verified.author.provider.as_str(), judgement.call_ids.len()), ("builtin", 1));
    assert!(judgement.verified.answer.incident.is_some());
    assert_eq!(model.bodies().await.len(), 0);
    let kept = scene.list("/api/v1/llm/calls").await;
    assert_eq!(kept[0]["outcome_detail"], "fallback: the batch's time for models is used up");
}
