//! Every refusal is a problem body; every response is hardened; a stop is graceful.

use reqwest::Method;
use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn refusals_are_problems() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    assert_eq!(priya.get("/api/v1/nothing").await.expect(404).code(), "not_found");
    assert_eq!(priya.get("/nothing").await.expect(404).code(), "not_found");
    assert_eq!(priya.delete("/api/v1/api-keys/not-an-id").await.expect(404).code(), "not_found");
    let wrong_method = priya.delete("/api/v1/auth/me").await.expect(405);
    assert_eq!(wrong_method.code(), "method_not_allowed");
    assert_eq!(wrong_method.header("allow"), "GET, PATCH");
    let login = |body: &'static str, kind: &'static str| {
        let request = priya.request(Method::POST, "/api/v1/auth/login").header("content-type", kind).body(body);
        priya.send(request)
    };
    assert_eq!(login("{", "application/json").await.expect(400).code(), "malformed_body");
    assert_eq!(login("{}", "application/json").await.expect(400).code(), "malformed_body");
    assert_eq!(login("a=b", "text/plain").await.expect(415).code(), "unsupported_media_type");
    let misspelt = json!({ "address": "192.168.7.7:9100", "nmae": "web" });
    let refused = priya.post("/api/v1/targets", misspelt).await.expect(400);
    assert!(refused.json()["detail"].as_str().unwrap().contains("unknown field `nmae`"), "{}", refused.text);
    let huge = json!({ "password": "x".repeat(2_000_000) });
    assert_eq!(priya.post("/api/v1/auth/login", huge).await.expect(413).code(), "payload_too_large");
}

#[tokio::test]
async fn permission_is_judged_before_the_body() {
    let app = TestApp::start().await;
    let nobody = app.anonymous().with_token("garbage");
    let request = nobody.request(Method::POST, "/api/v1/api-keys").header("content-type", "application/json").body("{");
    assert_eq!(nobody.send(request).await.expect(401).header("www-authenticate"), "Bearer");
}

#[tokio::test]
async fn every_response_is_hardened_and_traceable() {
    let app = TestApp::start().await;
    let client = app.anonymous();
    for path in ["/health", "/api/v1/nothing", "/"] {
        let answer = client.get(path).await;
        assert!(answer.header("content-security-policy").contains("script-src 'self' 'wasm-unsafe-eval'"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("x-frame-options"), "DENY");
        assert_eq!(answer.header("x-request-id").len(), 32);
    }
    let given = client.request(Method::GET, "/health").header("x-request-id", "trace-7");
    assert_eq!(client.send(given).await.header("x-request-id"), "trace-7");
    let hostile = client.request(Method::GET, "/health").header("x-request-id", "a b\tc");
    assert_eq!(client.send(hostile).await.header("x-request-id").len(), 32);
}

#[tokio::test]
async fn a_tenant_who_asks_too_often_is_slowed_alone() {
    let app = TestApp::with(&[("RATE_LIMIT_PER_MINUTE", "20")]).await;
    let (priya, sam) = (app.signed_up("priya").await, app.signed_up("sam").await);
    let mut last = priya.get("/api/v1/auth/me").await;
    for _ in 0..20 {
        last = priya.get("/api/v1/auth/me").await;
    }
    assert_eq!(last.expect(429).code(), "rate_limited");
    sam.get("/api/v1/auth/me").await.expect(200);
}

#[tokio::test]
async fn the_document_and_its_page_are_served() {
    let app = TestApp::start().await;
    let client = app.anonymous();
    let document = client.get("/api/v1/openapi.json").await.expect(200).json();
    assert_eq!(document["openapi"], "3.1.0");
    let me = &document["paths"]["/api/v1/auth/me"]["get"];
    assert_eq!(me["security"], json!([{ "bearer": [] }]));
    assert_eq!(me["responses"]["401"]["$ref"], "#/components/responses/unauthenticated");
    let mut ids: Vec<&str> = Vec::new();
    for item in document["paths"].as_object().unwrap().values() {
        ids.extend(item.as_object().unwrap().values().filter_map(|operation| operation["operationId"].as_str()));
    }
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "operation ids are unique");
    assert_eq!(client.get("/docs").await.expect(308).header("location"), "/docs/");
    let page = client.get("/docs/").await.expect(200);
    assert!(page.text.contains("swagger-ui"));
    assert!(!page.text.contains("https://"), "nothing is loaded from elsewhere");
}

#[tokio::test]
async fn the_examples_of_the_document_are_accepted() {
    let app = TestApp::start().await;
    let client = app.signed_up("priya").await;
    let document = client.get("/api/v1/openapi.json").await.expect(200).json();
    let mut tried = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let Some(body) = operation.get("requestBody") else { continue };
            let example = &body["content"]["application/json"]["example"];
            assert!(example.is_object(), "{method} {path} has no example");
            if path == "/api/v1/account" {
                // Leaving takes one's own name, and would end the walk.
                continue;
            }
            let path = path.replace("{id}", "inc_00000000000000000000000000000000");
            let method = method.to_ascii_uppercase().parse().unwrap();
            let answer = client.with_body(method, &path, example.clone()).await;
            assert_ne!(answer.status, 400, "{path}: {}", answer.text);
            assert_ne!(answer.status, 422, "{path}: {}", answer.text);
            tried += 1;
        }
    }
    assert!(tried > 10, "{tried}");
}

#[tokio::test]
async fn every_answer_of_the_document_has_an_example_of_its_schema() {
    let app = TestApp::start().await;
    let document = app.anonymous().get("/api/v1/openapi.json").await.expect(200).json();
    let mut checked = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            for (status, response) in operation["responses"].as_object().unwrap() {
                let content = &response["content"]["application/json"];
                if content.is_null() {
                    continue;
                }
                let at = format!("{method} {path} {status}");
                let mut schema = content["schema"].clone();
                schema["components"] = document["components"].clone();
                let validator = jsonschema::validator_for(&schema).unwrap();
                let wrong = validator.iter_errors(&content["example"]).next();
                assert!(wrong.is_none(), "{at}: {}: {}", wrong.unwrap(), content["example"]);
                checked += 1;
            }
        }
    }
    assert!(checked > 50, "{checked}");
}

#[tokio::test]
async fn health_speaks_for_the_parts() {
    let app = TestApp::start().await;
    assert_eq!(app.anonymous().get("/health").await.expect(200).json()["status"], "ok");
    let ready = app.anonymous().get("/health/ready").await.expect(200).json();
    let store = ready["checks"].as_array().unwrap().iter().find(|check| check["name"] == "store").unwrap();
    assert_eq!(store["state"], "ok");
}

#[tokio::test]
async fn a_metrics_token_keeps_metrics_to_the_operator() {
    let app = TestApp::with(&[("METRICS_TOKEN", "0123456789abcdef")]).await;
    app.anonymous().get("/metrics").await.expect(401);
    app.anonymous().with_token("wrong").get("/metrics").await.expect(401);
    let metrics = app.anonymous().with_token("0123456789abcdef").get("/metrics").await.expect(200);
    assert!(metrics.text.ends_with("# EOF\n"));
}

#[tokio::test]
async fn a_stop_lets_requests_finish() {
    let app = TestApp::start().await;
    let client = app.anonymous();
    let body = json!({ "username": "priya", "email": "priya@example.com", "password": crate::support::PASSWORD });
    let in_flight = client.post("/api/v1/auth/register", body);
    let stop = app.stop.clone();
    let stopping = async {
        // The request is in the server once its password is being hashed.
        while app.metric("watchkeeper_password_hashes_total").await < 1.0 {}
        stop.cancel();
    };
    let (answer, ()) = tokio::join!(in_flight, stopping);
    answer.expect(201);
    app.stopped().await;
}

#[test]
fn the_page_about_errors_is_true() {
    assert_eq!(include_str!("../../../docs/errors.md"), watchkeeper::http::errors_page(), "run `watchkeeper errors`");
}

#[tokio::test]
async fn a_problem_leads_to_its_explanation() {
    let app = TestApp::start().await;
    let client = app.anonymous();
    let problem = client.get("/api/v1/targets").await.expect(401).json();
    let (page, anchor) = problem["type"].as_str().unwrap().split_once('#').unwrap();
    let page = client.get(page).await.expect(200);
    assert!(page.header("content-type").starts_with("text/html"));
    assert_eq!(anchor, "unauthenticated");
    for code in watchkeeper_common::problem::ErrorCode::ALL {
        assert!(page.text.contains(&format!("id=\"{}\"", code.as_str())), "{}", code.as_str());
    }
}
