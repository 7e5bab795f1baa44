//! What a prompt costs against sending every metric as text.

use watchkeeper_domain::prompt;

use super::script::{Dialect, Model, Move};
use super::world::{Hosts, Scene, true_answer};

#[tokio::test]
async fn a_prompt_costs_a_twentieth_of_the_metrics_as_text() {
    let hosts = Hosts { count: 5, plain: 120, ..Hosts::default() };
    let model = Model::new(Dialect::OpenAi, &[Move::Uncounted(true_answer().to_string())]).await;
    let left = Scene::new(hosts, &[&model], &[]).await.run().await;
    let receipt = &left.batch["receipt"];
    assert_eq!((&receipt["series"], &receipt["targets"]), (&(5 * 123).into(), &5.into()));
    let packed = receipt["prompt_tokens"].as_u64().unwrap();
    let call = left.call("openai");
    assert_eq!(call["prompt_tokens"], packed, "the receipt says what the calls took");
    let sent = u64::from(prompt::estimate(call["prompt"].as_str().unwrap()));
    assert!(packed > 0 && packed.abs_diff(sent) <= 16, "what a provider does not count is estimated: {packed}, {sent}");
    let full = receipt["full_text_tokens"].as_u64().unwrap();
    assert!(20 * packed <= full, "{packed} of {full}");
}
