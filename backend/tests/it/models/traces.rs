//! Traces reach Langfuse, and a dead Langfuse delays nothing.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use prost::Message as _;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::script::{Dialect, Model, Move};
use super::world::{CAUSE, Hosts, Scene, true_answer};

async fn receiver(answer: ResponseTemplate) -> MockServer {
    let langfuse = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/api/public/otel/v1/traces"))
        .and(header("authorization", "Basic cGstdGVzdDpzay10ZXN0"))
        .respond_with(answer)
        .mount(&langfuse)
        .await;
    langfuse
}

fn keys(langfuse: &MockServer) -> [(&'static str, String); 3] {
    [
        ("LANGFUSE_HOST", langfuse.uri()),
        ("LANGFUSE_PUBLIC_KEY", "pk-test".to_owned()),
        ("LANGFUSE_SECRET_KEY", "sk-test".to_owned()),
    ]
}

async fn scene(langfuse: &MockServer, model: &Model) -> Scene {
    let keys = keys(langfuse);
    let settings: Vec<(&str, &str)> = keys.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let hosts = Hosts { labels: vec![("env", "API_KEY=hunter2hunter2".to_owned())], ..Hosts::default() };
    Scene::new(hosts, &[model], &settings).await
}

#[tokio::test]
async fn a_call_is_traced_as_it_is_stored() {
    let langfuse = receiver(ResponseTemplate::new(200)).await;
    let model = Model::new(Dialect::OpenAi, &[Move::Says(true_answer().to_string())]).await;
    let scene = scene(&langfuse, &model).await;
    let left = scene.run().await;
    let user = scene.priya.user_id();
    scene.app.stopped().await;
    let (requests, scores): (Vec<_>, Vec<_>) =
        langfuse.received_requests().await.unwrap().into_iter().partition(|r| r.url.path().ends_with("/v1/traces"));
    assert_eq!(scores.len(), usize::from(cfg!(feature = "langfuse-scores")), "one score, where scores are sent");
    assert_eq!(requests.len(), 1, "what waits is sent when the server stops");
    let export = ExportTraceServiceRequest::decode(requests[0].body.as_slice()).unwrap();
    let spans = &export.resource_spans[0].scope_spans[0].spans;
    assert_eq!(spans.len(), 1);
    let attributes: BTreeMap<&str, &str> = spans[0]
        .attributes
        .iter()
        .map(|attribute| match attribute.value.as_ref().and_then(|value| value.value.as_ref()) {
            Some(Value::StringValue(text)) => (attribute.key.as_str(), text.as_str()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(attributes["langfuse.user.id"], user);
    assert_eq!(attributes["langfuse.session.id"], left.batch["id"].as_str().unwrap());
    assert_eq!(attributes["langfuse.observation.model.name"], "scripted");
    assert_eq!(attributes["langfuse.observation.input"], left.call("openai")["prompt"].as_str().unwrap());
    assert!(attributes["langfuse.observation.output"].contains(CAUSE));
    assert_eq!(attributes["langfuse.observation.usage_details"], r#"{"input":700,"output":90}"#);
    assert!(!attributes.values().any(|value| value.contains("hunter2")), "{attributes:?}");
}

#[tokio::test]
async fn a_dead_langfuse_delays_no_batch() {
    let langfuse = receiver(ResponseTemplate::new(200).set_delay(Duration::from_secs(60))).await;
    let model = Model::new(Dialect::OpenAi, &[Move::Says("no".to_owned())]).await;
    let scene = scene(&langfuse, &model).await;
    let begun = Instant::now();
    for _ in 0..3 {
        scene.batch().await;
    }
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    let stopping = Instant::now();
    scene.app.stopped().await;
    assert!(stopping.elapsed() < Duration::from_secs(9), "no longer than the drain: {:?}", stopping.elapsed());
}
