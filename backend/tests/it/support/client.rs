//! Somebody who speaks to the server, with or without a credential.

use reqwest::header::{COOKIE, SET_COOKIE};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value as Json, json};

use super::{PASSWORD, Stream};

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Json {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {} {}", self.status, self.text))
    }

    /// The problem's code; panics when it is not a problem body that agrees with the status.
    pub(crate) fn code(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        let problem = self.json();
        assert_eq!(problem["status"], self.status, "{problem}");
        assert_eq!(problem["request_id"], self.header("x-request-id"), "{problem}");
        problem["code"].as_str().unwrap().to_owned()
    }

    /// Empty when absent.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    base: String,
    pub(crate) token: Option<String>,
    pub(crate) refresh: Option<String>,
    me: Json,
    /// Every request is about the demo.
    demo: bool,
}

impl Client {
    pub(crate) fn new(http: reqwest::Client, base: String) -> Self {
        Self { http, base, token: None, refresh: None, me: Json::Null, demo: false }
    }

    /// The same caller with another bearer token.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The same person, looking at their demo.
    pub(crate) fn looking_at_demo(&self) -> Self {
        Self { demo: true, ..self.clone() }
    }

    pub(crate) fn user_id(&self) -> String {
        self.me["id"].as_str().expect("signed in").to_owned()
    }

    pub(crate) async fn register(&mut self, name: &str) {
        let body = json!({ "username": name, "email": format!("{name}@example.com"), "password": PASSWORD });
        let answer = self.post("/api/v1/auth/register", body).await.expect(201);
        self.take(&answer);
    }

    pub(crate) async fn log_in(&mut self, body: Json) -> Answer {
        let answer = self.post("/api/v1/auth/login", body).await;
        if answer.status == 200 {
            self.take(&answer);
        }
        answer
    }

    /// Trades the refresh token held.
    pub(crate) async fn refreshed(&mut self) -> Answer {
        let answer = self.post("/api/v1/auth/refresh", Json::Null).await;
        if answer.status == 200 {
            self.take(&answer);
        }
        answer
    }

    fn take(&mut self, answer: &Answer) {
        let body = answer.json();
        self.token = body["access_token"].as_str().map(str::to_owned);
        self.me = body["user"].clone();
        self.refresh = refresh_cookie(answer);
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if self.demo {
            request = request.header("x-watchkeeper-view", "demo");
        }
        if let Some(refresh) = &self.refresh {
            request = request.header(COOKIE, format!("watchkeeper_refresh={refresh}"));
        }
        request
    }

    pub(crate) async fn send(&self, request: RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let endless = headers.get("content-type").is_some_and(|kind| kind == "text/event-stream");
        let text = if endless { Stream::new(response).beginning().await } else { response.text().await.unwrap() };
        Answer { status, headers, text }
    }

    /// The events that follow `after`, or that come from now on.
    pub(crate) async fn follow(&self, after: Option<&str>) -> Stream {
        let request = self.request(Method::GET, "/api/v1/events");
        let request = after.iter().fold(request, |request, id| request.header("last-event-id", *id));
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        Stream::new(response)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// `None` when the server is gone.
    pub(crate) async fn try_get(&self, path: &str) -> Option<Answer> {
        let response = self.request(Method::GET, path).send().await.ok()?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Some(Answer { status, headers, text: response.text().await.ok()? })
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Json) -> Answer {
        self.with_body(Method::POST, path, body).await
    }

    pub(crate) async fn put(&self, path: &str, body: Json) -> Answer {
        self.with_body(Method::PUT, path, body).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Json) -> Answer {
        self.with_body(Method::PATCH, path, body).await
    }

    /// No body at all for `null`.
    pub(crate) async fn with_body(&self, method: Method, path: &str, body: Json) -> Answer {
        let request = self.request(method, path);
        self.send(if body.is_null() { request } else { request.json(&body) }).await
    }
}

fn refresh_cookie(answer: &Answer) -> Option<String> {
    let cookies = answer.headers.get_all(SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap());
    let value = cookies.filter_map(|cookie| cookie.strip_prefix("watchkeeper_refresh=")).next()?;
    value.split(';').next().filter(|value| !value.is_empty()).map(str::to_owned)
}
