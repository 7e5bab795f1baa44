//! Names, zone, password and sessions.

use serde_json::{Value as Json, json};

use crate::support::{Client, PASSWORD, TestApp};

const ANOTHER: &str = "another-horse-battery-staple-10";

async fn signed_in(app: &TestApp, password: &str) -> Client {
    let mut client = app.anonymous();
    client.log_in(json!({ "username": "priya", "password": password })).await.expect(200);
    client
}

#[track_caller]
fn refused(answer: crate::support::Answer, field: &str) {
    let problem = answer.expect(422).json();
    assert_eq!(problem["errors"][0]["field"], field, "{problem}");
}

#[tokio::test]
async fn names_change_with_the_password_and_the_zone_without() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    app.signed_up("ravi").await;
    let change = async |body: Json| priya.patch("/api/v1/auth/me", body).await;
    assert_eq!(change(json!({ "time_zone": "Asia/Kolkata" })).await.expect(200).json()["time_zone"], "Asia/Kolkata");
    refused(change(json!({ "time_zone": "Middle/Earth" })).await, "time_zone");
    refused(change(json!({ "email": "new@example.com" })).await, "current_password");
    refused(change(json!({ "email": "new@example.com", "current_password": "wrong" })).await, "current_password");
    refused(change(json!({ "email": "nonsense", "current_password": PASSWORD })).await, "email");
    let taken = change(json!({ "username": "RAVI", "current_password": PASSWORD })).await.expect(409);
    assert_eq!(taken.code(), "conflict");
    let new = json!({ "username": "Priya.R", "email": "new@example.com", "current_password": PASSWORD });
    let me = change(new).await.expect(200).json();
    assert_eq!(
        (&me["username"], &me["email"], &me["time_zone"]),
        (&json!("Priya.R"), &json!("new@example.com"), &json!("Asia/Kolkata"))
    );
    app.anonymous().log_in(json!({ "email": "new@example.com", "password": PASSWORD })).await.expect(200);
    app.anonymous().log_in(json!({ "email": "priya@example.com", "password": PASSWORD })).await.expect(401);
}

#[tokio::test]
async fn a_new_password_ends_every_other_session() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    let mut other = signed_in(&app, PASSWORD).await;
    let change = async |current: &str, new: &str| {
        priya.put("/api/v1/auth/password", json!({ "current_password": current, "new_password": new })).await
    };
    refused(change("wrong", ANOTHER).await, "current_password");
    refused(change(PASSWORD, "password1").await, "new_password");
    other.get("/api/v1/auth/me").await.expect(200);
    change(PASSWORD, ANOTHER).await.expect(204);
    priya.get("/api/v1/auth/me").await.expect(200);
    other.get("/api/v1/auth/me").await.expect(401);
    other.refreshed().await.expect(401);
    app.anonymous().log_in(json!({ "username": "priya", "password": PASSWORD })).await.expect(401);
    signed_in(&app, ANOTHER).await;
}

#[tokio::test]
async fn guessing_the_current_password_is_slowed() {
    let app = TestApp::with(&[("LOGIN_RATE_PER_MINUTE", "9")]).await;
    let priya = app.signed_up("priya").await;
    let guess = json!({ "current_password": "guess", "new_password": ANOTHER });
    let mut status = 422;
    for _ in 0..5 {
        status = priya.put("/api/v1/auth/password", guess.clone()).await.status;
    }
    assert_eq!(status, 429);
}

#[tokio::test]
async fn sessions_say_their_device_and_end_together() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    let body = json!({ "username": "priya", "password": PASSWORD });
    let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
    let request = app.anonymous().request(reqwest::Method::POST, "/api/v1/auth/login").header("user-agent", agent);
    let firefox = app.anonymous().send(request.json(&body)).await.expect(200).json();
    let firefox = app.anonymous().with_token(firefox["access_token"].as_str().unwrap());
    signed_in(&app, PASSWORD).await;
    let listed = priya.get("/api/v1/auth/sessions").await.expect(200).json();
    let devices: Vec<&str> =
        listed["items"].as_array().unwrap().iter().map(|session| session["device"].as_str().unwrap()).collect();
    assert_eq!(devices.len(), 3);
    assert!(devices.contains(&"Firefox on Linux"), "{devices:?}");
    priya.delete("/api/v1/auth/sessions").await.expect(204);
    firefox.get("/api/v1/auth/me").await.expect(401);
    let left = priya.get("/api/v1/auth/sessions").await.expect(200).json();
    assert_eq!((left["items"].as_array().unwrap().len(), &left["items"][0]["current"]), (1, &json!(true)));
}
