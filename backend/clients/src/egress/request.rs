//! A request and its answer, free of the HTTP client's own types.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::EgressError;

#[derive(Clone)]
pub struct Request {
    pub method: Method,
    pub url: Url,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Request {
    #[must_use]
    pub fn new(method: Method, url: Url) -> Self {
        Self { method, url, headers: HeaderMap::new(), body: Bytes::new() }
    }

    #[must_use]
    pub fn get(url: Url) -> Self {
        Self::new(Method::GET, url)
    }

    #[must_use]
    pub fn post(url: Url) -> Self {
        Self::new(Method::POST, url)
    }

    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Adds `Authorization: Bearer …`, marked so that it is never printed.
    ///
    /// # Errors
    /// [`EgressError::Protocol`] when the token holds what no header can (a line break from a pasted key).
    pub fn bearer(self, token: &SecretString) -> Result<Self, EgressError> {
        let mut value = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()))
            .map_err(|_secret| EgressError::Protocol("the key holds characters that no HTTP header can".to_owned()))?;
        value.set_sensitive(true);
        Ok(self.header(header::AUTHORIZATION, value))
    }

    #[must_use]
    pub fn body(mut self, content_type: HeaderValue, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self.header(header::CONTENT_TYPE, content_type)
    }

    /// # Errors
    /// [`EgressError::Protocol`] when `value` has no JSON form.
    pub fn json(self, value: &impl Serialize) -> Result<Self, EgressError> {
        let body = serde_json::to_vec(value).map_err(|error| EgressError::Protocol(error.to_string()))?;
        Ok(self.body(HeaderValue::from_static("application/json"), body))
    }
}

/// Only the method and the host: paths, headers and bodies carry secrets (a Slack webhook's path is one).
impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("host", &self.url.host_str())
            .finish_non_exhaustive()
    }
}

/// An answer with whatever status; reading the status is the caller's work.
#[derive(Debug, Clone)]
pub struct Response {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Response {
    /// # Errors
    /// When the body is not JSON of this form.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }
}
