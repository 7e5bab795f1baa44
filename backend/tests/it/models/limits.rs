//! What keeps models from costing too much: the day's budget and the circuit breaker.

use reqwest::Method;
use serde_json::json;

use super::script::{Dialect, Model, Move};
use super::world::{Scene, true_answer};

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
