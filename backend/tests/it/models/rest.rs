//! A model that answers to no avail is not asked the same every minute; one that cannot be reached is.

use serde_json::json;

use super::script::{Dialect, Model, Move};
use super::world::{Scene, true_answer};

async fn asked_in(minutes: usize, moves: &[Move]) -> usize {
    let model = Model::new(Dialect::OpenAi, moves).await;
    let scene = Scene::before(&model, &[]).await;
    for _ in 0..minutes {
        assert_eq!(scene.batch().await["outcome"], "analysed");
    }
    model.bodies().await.len()
}

#[tokio::test]
async fn a_cause_that_does_not_hold_is_asked_for_again_after_ten_minutes() {
    let mut answer = true_answer();
    answer["incident"]["root_cause"] = json!("Only 3 MB of memory are left on web.");
    let never_true = [Move::Says(answer.to_string())];
    assert_eq!(asked_in(10, &never_true).await, 1);
    assert_eq!(asked_in(11, &never_true).await, 2);
}

#[tokio::test]
async fn an_answer_of_no_form_rests_too() {
    // The question and its repair.
    assert_eq!(asked_in(5, &[Move::Says("no".to_owned())]).await, 2);
}

#[tokio::test]
async fn a_provider_that_fails_is_asked_again_in_the_next_batch() {
    let moves = [Move::Refuses(400), Move::Says(true_answer().to_string())];
    assert_eq!(asked_in(2, &moves).await, 2);
}
