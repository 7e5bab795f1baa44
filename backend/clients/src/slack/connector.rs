//! slack-morphism's HTTP port on the guarded client. Webhooks only post; the other verbs answer that they are not there.

use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use http::{StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use slack_morphism::errors::{
    SlackClientApiError, SlackClientError, SlackClientHttpError, SlackClientHttpProtocolError,
    SlackClientProtocolError, SlackClientSystemError, SlackRateLimitError,
};
use slack_morphism::multipart_form::FileMultipartData;
use slack_morphism::prelude::{SlackClientId, SlackClientSecret};
use slack_morphism::{ClientResult, SlackClientApiCallContext, SlackClientHttpConnector, SlackEnvelopeMessage};
use url::Url;

use crate::egress::{EgressError, GuardedClient, Request, Response};

/// Slack's answers are a word or a line.
const ANSWER_BYTES: usize = 16 * 1024;

#[derive(Debug, Clone)]
pub(super) struct GuardedConnector(GuardedClient);

impl GuardedConnector {
    pub(super) fn new(client: GuardedClient) -> Self {
        Self(client.with_body_limit(ANSWER_BYTES))
    }

    async fn post<RS: DeserializeOwned>(&self, request: Result<Request, EgressError>) -> ClientResult<RS> {
        let answer = self.0.send(request.map_err(egress)?).await.map_err(egress)?;
        read(&answer)
    }
}

fn egress(error: EgressError) -> SlackClientError {
    SlackClientError::HttpProtocolError(SlackClientHttpProtocolError::new().with_cause(Box::new(error)))
}

/// A webhook says `ok` in plain text; the API says it in JSON.
fn read<RS: DeserializeOwned>(answer: &Response) -> ClientResult<RS> {
    let body = String::from_utf8_lossy(&answer.body).into_owned();
    let content_type = answer.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    match answer.status {
        StatusCode::TOO_MANY_REQUESTS => {
            let seconds = answer.headers.get(header::RETRY_AFTER).and_then(|v| v.to_str().ok()?.trim().parse().ok());
            let limit = SlackRateLimitError::new().opt_retry_after(seconds.map(Duration::from_secs));
            Err(SlackClientError::RateLimitError(limit.with_http_response_body(body)))
        }
        status if !status.is_success() => {
            Err(SlackClientError::HttpError(SlackClientHttpError::new(status).with_http_response_body(body)))
        }
        _ if content_type.starts_with("application/json") => {
            let envelope: SlackEnvelopeMessage = decode(&body)?;
            match envelope.error {
                Some(code) => Err(SlackClientError::ApiError(SlackClientApiError::new(code))),
                None => decode(&body),
            }
        }
        _ => decode("{}"),
    }
}

fn decode<T: DeserializeOwned>(json: &str) -> ClientResult<T> {
    serde_json::from_str(json).map_err(|error| SlackClientError::ProtocolError(SlackClientProtocolError::new(error)))
}

fn absent<'a, RS: Send + 'a>() -> BoxFuture<'a, ClientResult<RS>> {
    let error = SlackClientSystemError::new().with_message("only webhooks are posted".to_owned());
    std::future::ready(Err(SlackClientError::SystemError(error))).boxed()
}

impl SlackClientHttpConnector for GuardedConnector {
    fn http_post_uri<'a, RQ, RS>(
        &'a self,
        full_uri: Url,
        request_body: &'a RQ,
        _context: SlackClientApiCallContext<'a>,
    ) -> BoxFuture<'a, ClientResult<RS>>
    where
        RQ: Serialize + Send + Sync,
        RS: for<'de> serde::Deserialize<'de> + Send + 'a,
    {
        self.post(Request::post(full_uri).json(request_body)).boxed()
    }

    fn http_get_uri<'a, RS>(
        &'a self,
        _full_uri: Url,
        _context: SlackClientApiCallContext<'a>,
    ) -> BoxFuture<'a, ClientResult<RS>>
    where
        RS: for<'de> serde::Deserialize<'de> + Send + 'a,
    {
        absent()
    }

    fn http_get_with_client_secret<'a, RS>(
        &'a self,
        _full_uri: Url,
        _client_id: &'a SlackClientId,
        _client_secret: &'a SlackClientSecret,
    ) -> BoxFuture<'a, ClientResult<RS>>
    where
        RS: for<'de> serde::Deserialize<'de> + Send + 'a,
    {
        absent()
    }

    fn http_post_uri_multipart_form<'a, 'p, RS, PT, TS>(
        &'a self,
        _full_uri: Url,
        _file: Option<FileMultipartData<'p>>,
        _params: &'p PT,
        _context: SlackClientApiCallContext<'a>,
    ) -> BoxFuture<'a, ClientResult<RS>>
    where
        RS: for<'de> serde::Deserialize<'de> + Send + 'a,
        PT: IntoIterator<Item = (&'p str, Option<TS>)> + Clone,
        TS: AsRef<str> + 'p + Send,
    {
        absent()
    }

    fn http_post_uri_binary<'a, 'p, RS>(
        &'a self,
        _full_uri: Url,
        _content_type: String,
        _data: &'a [u8],
        _context: SlackClientApiCallContext<'a>,
    ) -> BoxFuture<'a, ClientResult<RS>>
    where
        RS: for<'de> serde::Deserialize<'de> + Send + 'a,
    {
        absent()
    }
}
