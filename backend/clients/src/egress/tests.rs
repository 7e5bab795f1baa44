//! The guarded client against a scripted server.

use std::time::Duration;

use http::StatusCode;
use url::Url;
use wiremock::matchers::{body_string, header, method};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;

const STRICT: Policy = Policy { allow_private: false };

fn client(policy: Policy) -> GuardedClient {
    Guard::new(policy).client(Duration::from_secs(5)).unwrap()
}

async fn get(policy: Policy, url: &str) -> Result<Response, EgressError> {
    client(policy).send(Request::get(Url::parse(url).unwrap())).await
}

#[tokio::test]
async fn literals_are_checked_in_every_spelling() {
    for url in [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f.0.0.1/",
        "http://0177.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://10.0.0.8:9100/metrics",
        "http://localhost/",
        "http://LOCALHOST./",
    ] {
        assert!(matches!(get(STRICT, url).await, Err(EgressError::Refused(_))), "{url}");
    }
    for url in
        ["http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "http://0.0.0.0/", "http://[fe80::1]/"]
    {
        assert!(matches!(get(Policy::operator(), url).await, Err(EgressError::Refused(_))), "{url}");
    }
}

#[tokio::test]
async fn a_name_is_checked_by_what_it_resolves_to() {
    // Resolved by the system's resolver; the strict policy's own check of the name `localhost` is not what refuses here.
    let found = resolver::lookup(Policy::operator(), "localhost", 80).await.unwrap();
    assert!(found.iter().all(|a| a.ip().is_loopback() && a.port() == 80));
    let host = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    if let Ok(own) = resolver::lookup(Policy::operator(), host.trim(), 80).await
        && own.iter().all(|a| STRICT.check(a.ip()).is_err())
    {
        let refused = get(STRICT, &format!("http://{}/", host.trim())).await;
        assert!(matches!(refused, Err(EgressError::Refused(Refusal::Private { .. }))), "{refused:?}");
    }
}

#[tokio::test]
async fn only_http_leaves() {
    for url in ["file:///etc/passwd", "ftp://8.8.8.8/", "gopher://8.8.8.8/"] {
        assert!(matches!(get(STRICT, url).await, Err(EgressError::Protocol(_))), "{url}");
    }
}

#[tokio::test]
async fn an_answer_comes_back_whole_and_a_redirect_is_not_followed() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(body_string("{\"n\":1}"))
        .and(header("authorization", "Bearer s3cret"))
        .respond_with(
            ResponseTemplate::new(302).insert_header("location", "http://169.254.169.254/").set_body_string("moved"),
        )
        .expect(1)
        .mount(&server)
        .await;
    let request = Request::post(Url::parse(&server.uri()).unwrap()).json(&serde_json::json!({"n": 1})).unwrap();
    let request = request.bearer(&"s3cret".into()).unwrap();
    assert!(!format!("{request:?}").contains("s3cret"));
    let answer = client(Policy::operator()).send(request).await.unwrap();
    assert_eq!((answer.status, &answer.body[..]), (StatusCode::FOUND, &b"moved"[..]));
}

#[tokio::test]
async fn a_large_body_is_cut_off() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(200).set_body_bytes(vec![b'x'; 4096]))
        .mount(&server)
        .await;
    let url = Url::parse(&server.uri()).unwrap();
    let small = client(Policy::operator()).with_body_limit(4095);
    assert_eq!(small.send(Request::get(url.clone())).await.unwrap_err(), EgressError::TooLarge { limit: 4095 });
    let enough = client(Policy::operator()).with_body_limit(4096);
    assert_eq!(enough.send(Request::get(url)).await.unwrap().body.len(), 4096);
}

#[tokio::test]
async fn a_slow_answer_is_a_timeout_and_a_closed_port_a_connect_error() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(200).set_delay(Duration::from_secs(30)))
        .mount(&server)
        .await;
    let hasty = Guard::new(Policy::operator()).client(Duration::from_millis(100)).unwrap();
    let slow = hasty.send(Request::get(Url::parse(&server.uri()).unwrap())).await.unwrap_err();
    assert_eq!(slow, EgressError::Timeout(Duration::from_millis(100)));
    assert!(slow.is_retryable());

    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let refused = get(Policy::operator(), &format!("http://{closed}/")).await.unwrap_err();
    assert!(matches!(refused, EgressError::Connect(_)), "{refused:?}");
    assert!(refused.is_retryable());
}

#[tokio::test]
async fn a_mail_host_is_vetted_without_a_url() {
    assert!(matches!(Guard::new(STRICT).vet_host("10.1.2.3", 25).await, Err(EgressError::Refused(_))));
    assert!(matches!(Guard::new(STRICT).vet_host("::1", 25).await, Err(EgressError::Refused(_))));
    assert!(matches!(Guard::new(STRICT).vet_host("not a host", 25).await, Err(EgressError::Protocol(_))));
    let literal = Guard::new(STRICT).vet_host("8.8.8.8", 587).await.unwrap();
    assert_eq!(literal, vec!["8.8.8.8:587".parse().unwrap()]);
    let local = Guard::new(Policy::operator()).vet_host("localhost", 2525).await.unwrap();
    assert!(local.iter().all(|a| a.ip().is_loopback() && a.port() == 2525));
}
