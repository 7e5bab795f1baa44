//! Registering, signing in, and what keeps guessing expensive.

use serde_json::json;

use crate::support::{PASSWORD, TestApp};

#[tokio::test]
async fn registering_signs_in_and_both_names_sign_in_again() {
    let app = TestApp::start().await;
    let priya = app.signed_up("Priya").await;
    let me = priya.get("/api/v1/auth/me").await.expect(200).json();
    assert_eq!(me["username"], "Priya");
    assert_eq!(me["time_zone"], "UTC");
    for body in [
        json!({ "email": "priya@EXAMPLE.com", "password": PASSWORD }),
        json!({ "username": "priya", "password": PASSWORD }),
        json!({ "username": "priya@example.com", "password": PASSWORD }),
    ] {
        let answer = app.anonymous().log_in(body).await.expect(200);
        let signed_in = answer.json();
        assert_eq!((&signed_in["token_type"], &signed_in["expires_in"]), (&json!("Bearer"), &json!(900)));
        assert_eq!(signed_in["user"]["id"], me["id"]);
    }
}

#[tokio::test]
async fn taken_names_and_bad_fields_are_refused_precisely() {
    let app = TestApp::start().await;
    app.signed_up("priya").await;
    let register = |name: &str, email: &str, password: &str| {
        let body = json!({ "username": name, "email": email, "password": password });
        let client = app.anonymous();
        async move { client.post("/api/v1/auth/register", body).await }
    };
    let taken = register("PRIYA", "other@example.com", PASSWORD).await.expect(409);
    assert_eq!(taken.code(), "conflict");
    assert!(taken.text.contains("user name"), "{}", taken.text);
    let taken = register("other", "Priya@Example.com", PASSWORD).await.expect(409);
    assert!(taken.text.contains("mail address"), "{}", taken.text);
    let refused = register("p", "nowhere", PASSWORD).await.expect(422).json();
    assert_eq!((&refused["errors"][0]["field"], &refused["errors"][1]["field"]), (&json!("username"), &json!("email")));
    let weak = register("sam", "sam@example.com", "sam12345").await.expect(422).json();
    assert_eq!(weak["errors"][0]["field"], "password");
    let long = register("sam", "sam@example.com", &"x".repeat(4000)).await.expect(422).json();
    assert_eq!(long["errors"][0]["field"], "password");
}

/// By counting, not by the clock: both cost exactly one argon2id, and nothing in the answers differs.
#[tokio::test]
async fn an_unknown_account_costs_what_a_wrong_password_does() {
    let app = TestApp::start().await;
    app.signed_up("priya").await;
    let mut answers = Vec::new();
    for name in ["priya", "nobody"] {
        let before = app.metric("watchkeeper_password_hashes_total").await;
        let body = json!({ "username": name, "password": "wrong-wrong-wrong" });
        let answer = app.anonymous().log_in(body).await.expect(401);
        assert_eq!(app.metric("watchkeeper_password_hashes_total").await - before, 1.0, "{name}");
        assert_eq!(answer.code(), "invalid_credentials");
        let mut problem = answer.json();
        problem["request_id"].take();
        answers.push(problem);
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn guessing_is_slowed_per_account_and_per_address() {
    let app = TestApp::with(&[("LOGIN_RATE_PER_MINUTE", "12")]).await;
    app.signed_up("priya").await;
    let attempt = |name: &'static str| {
        let client = app.anonymous();
        async move {
            let body = json!({ "username": name, "password": "wrong-wrong-wrong" });
            client.post("/api/v1/auth/login", body).await
        }
    };
    for _ in 0..4 {
        attempt("priya").await.expect(401);
    }
    let slowed = attempt("priya").await.expect(429);
    assert_eq!(slowed.code(), "rate_limited");
    let wait: u64 = slowed.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    // Another account from the same address still may, until the address has had its share.
    let mut statuses = Vec::new();
    for name in ["a", "b", "c", "d", "e", "f", "g", "h"] {
        statuses.push(attempt(name).await.status);
    }
    assert_eq!(statuses[0], 401);
    assert_eq!(statuses.last(), Some(&429));
}

#[tokio::test]
async fn the_time_zone_is_a_real_one() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    let changed = priya.patch("/api/v1/auth/me", json!({ "time_zone": "Asia/Kolkata" })).await.expect(200).json();
    assert_eq!(changed["time_zone"], "Asia/Kolkata");
    let refused = priya.patch("/api/v1/auth/me", json!({ "time_zone": "Mars/Base" })).await.expect(422);
    assert_eq!(refused.code(), "validation_failed");
    assert_eq!(priya.get("/api/v1/auth/me").await.json()["time_zone"], "Asia/Kolkata");
}

#[tokio::test]
async fn the_operator_can_close_registration() {
    let app = TestApp::with(&[("REGISTRATION_ENABLED", "false")]).await;
    let body = json!({ "username": "priya", "email": "priya@example.com", "password": PASSWORD });
    assert_eq!(app.anonymous().post("/api/v1/auth/register", body).await.expect(409).code(), "invalid_state");
}

#[tokio::test]
async fn the_paths_of_earlier_systems_answer_too() {
    let app = TestApp::start().await;
    let body = json!({ "username": "priya", "email": "priya@example.com", "password": PASSWORD });
    app.anonymous().post("/api/auth/register", body).await.expect(201);
    let body = json!({ "email": "priya@example.com", "password": PASSWORD });
    let signed_in = app.anonymous().post("/api/auth/login", body).await.expect(200).json();
    let client = app.anonymous().with_token(signed_in["access_token"].as_str().unwrap());
    assert_eq!(client.get("/api/auth/me").await.expect(200).json()["username"], "priya");
}
