//! Sessions and keys: rotation, reuse, revocation at once, scopes.

use std::time::{Duration, Instant};

use serde_json::json;
use watchkeeper_domain::tenant::Session;

use crate::support::{Client, PASSWORD, TestApp};

async fn second_browser(app: &TestApp) -> Client {
    let mut client = app.anonymous();
    client.log_in(json!({ "username": "priya", "password": PASSWORD })).await.expect(200);
    client
}

#[tokio::test]
async fn the_refresh_cookie_is_out_of_reach() {
    let app = TestApp::with(&[("FRONTEND_URL", "https://watch.example.com")]).await;
    let body = json!({ "username": "priya", "email": "priya@example.com", "password": PASSWORD });
    let answer = app.anonymous().post("/api/v1/auth/register", body).await.expect(201);
    let cookie = answer.header("set-cookie");
    for part in ["; HttpOnly", "; SameSite=Strict", "; Secure", "; Path=/api/v1/auth", "; Max-Age=2592000"] {
        assert!(cookie.contains(part), "{part} is missing in {cookie}");
    }
    assert!(!answer.text.contains(cookie.split(['=', ';']).nth(1).unwrap()), "the body holds no refresh token");
}

#[tokio::test]
async fn a_refresh_token_works_once_and_its_reuse_ends_the_session() {
    let app = TestApp::start().await;
    let mut priya = app.signed_up("priya").await;
    let stolen = priya.clone();
    priya.refreshed().await.expect(200);
    assert_ne!(priya.refresh, stolen.refresh);
    priya.get("/api/v1/auth/me").await.expect(200);
    stolen.clone().refreshed().await.expect(401);
    priya.get("/api/v1/auth/me").await.expect(401);
    priya.refreshed().await.expect(401);
}

#[tokio::test]
async fn of_two_refreshes_at_once_one_wins() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    let (mut a, mut b) = (priya.clone(), priya.clone());
    let (first, second) = tokio::join!(a.refreshed(), b.refreshed());
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
}

#[tokio::test]
async fn ending_a_session_ends_its_access_tokens_at_once() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    let mut other = second_browser(&app).await;
    other.get("/api/v1/auth/me").await.expect(200);
    let listed = priya.get("/api/v1/auth/sessions").await.expect(200).json();
    let sessions = listed["items"].as_array().unwrap();
    assert_eq!(sessions.len(), 2);
    let theirs =
        sessions.iter().find(|session| session["current"] == false).unwrap()["id"].as_str().unwrap().to_owned();
    priya.delete(&format!("/api/v1/auth/sessions/{theirs}")).await.expect(204);
    assert_eq!(other.get("/api/v1/auth/me").await.expect(401).code(), "unauthenticated");
    other.refreshed().await.expect(401);
    priya.delete(&format!("/api/v1/auth/sessions/{theirs}")).await.expect(404);
    priya.get("/api/v1/auth/me").await.expect(200);
}

#[tokio::test]
async fn signing_out_ends_the_session_and_clears_the_cookie() {
    let app = TestApp::start().await;
    let mut priya = app.signed_up("priya").await;
    let answer = priya.post("/api/v1/auth/logout", json!(null)).await.expect(204);
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    priya.get("/api/v1/auth/me").await.expect(401);
    priya.refreshed().await.expect(401);
    // By cookie alone, as a page does whose access token has expired.
    let mut other = second_browser(&app).await;
    let token = other.token.take();
    other.post("/api/v1/auth/logout", json!(null)).await.expect(204);
    other.token = token;
    other.get("/api/v1/auth/me").await.expect(401);
}

#[tokio::test]
async fn keys_are_shown_once_and_do_what_their_scopes_say() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    let created = priya.post("/api/v1/api-keys", json!({ "name": "ci", "scopes": ["write"] })).await.expect(201).json();
    let secret = created["secret"].as_str().unwrap();
    assert!(secret.starts_with("wk_") && secret.len() == 46, "{secret}");
    let listed = priya.get("/api/v1/api-keys").await.expect(200);
    assert!(!listed.text.contains(secret));
    let key = app.anonymous().with_token(secret);
    assert_eq!(key.get("/api/v1/auth/me").await.expect(403).code(), "insufficient_scope");
    let created = priya.post("/api/v1/api-keys", json!({ "name": "ro", "scopes": ["read"] })).await.expect(201).json();
    let reader = app.anonymous().with_token(created["secret"].as_str().unwrap());
    assert_eq!(reader.get("/api/v1/auth/me").await.expect(200).json()["username"], "priya");
    for path in ["/api/v1/api-keys", "/api/v1/auth/sessions"] {
        assert_eq!(reader.get(path).await.expect(403).code(), "insufficient_scope", "{path}");
    }
    let used = priya.get("/api/v1/api-keys").await.json();
    assert!(used["items"][0]["last_used_at"].is_string(), "{used}");
    priya.delete(&format!("/api/v1/api-keys/{}", created["key"]["id"].as_str().unwrap())).await.expect(204);
    reader.get("/api/v1/auth/me").await.expect(401);
}

#[tokio::test]
async fn a_key_needs_a_name_and_a_scope() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    for body in [json!({ "name": " ", "scopes": ["read"] }), json!({ "name": "x", "scopes": [] })] {
        assert_eq!(priya.post("/api/v1/api-keys", body).await.expect(422).code(), "validation_failed");
    }
    let unknown = json!({ "name": "x", "scopes": ["root"] });
    assert_eq!(priya.post("/api/v1/api-keys", unknown).await.expect(400).code(), "malformed_body");
}

/// As when another server on the same store ended it: what is remembered here about a session is a second old at most.
#[tokio::test]
async fn a_session_ended_elsewhere_ends_here_within_seconds() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    let listed = priya.get("/api/v1/auth/sessions").await.expect(200).json();
    let id = listed["items"][0]["id"].as_str().unwrap().to_owned();
    assert!(app.store.tenant(&app.scope(&priya)).delete::<Session>(&id).await.unwrap());
    let deadline = Instant::now() + Duration::from_secs(3);
    while priya.get("/api/v1/auth/me").await.status != 401 {
        assert!(Instant::now() < deadline, "still let in");
    }
}
