//! Requests to Prometheus' HTTP API and what their failures mean.

use http::StatusCode;
use prometheus_http_query::{Client, Error, Selector};
use serde::Deserialize;
use url::Url;
use watchkeeper_domain::metric::Grid;
use watchkeeper_domain::time::SECOND;

use super::scope::OWNER;
use crate::egress::{Body, EgressError, GuardedClient, Request};
use crate::metrics::GatherError;

/// More targets' metadata is not looked at: exporters of one kind have the same.
const METADATA_TARGETS: i32 = 40;
/// Longest error text taken from an answer, in characters.
const MAX_CAUSE: usize = 400;

/// Cheap to clone.
#[derive(Clone)]
pub(super) struct Api {
    http: GuardedClient,
    queries: Client,
    base: Url,
    body_limit: usize,
}

impl Api {
    pub(super) fn new(http: GuardedClient, base: &Url, body_limit: usize) -> Result<Self, GatherError> {
        let queries = Client::from(http.http().clone(), base.as_str())
            .map_err(|error| GatherError::Unreachable { url: shown(base), cause: error.to_string() })?;
        Ok(Self { http: http.with_body_limit(body_limit), queries, base: base.clone(), body_limit })
    }

    /// A range query over the grid. A body larger than the cap comes cut off, and says so.
    pub(super) async fn range(&self, query: &str, grid: &Grid) -> Result<Body, GatherError> {
        let last = grid.at(grid.len.saturating_sub(1));
        #[expect(clippy::cast_precision_loss, reason = "a step is far below 2^52 ms")]
        let step = grid.step_ms as f64 / SECOND as f64;
        self.vet()?;
        let asked = self.queries.query_range(query, grid.start.0 / SECOND, last.0 / SECOND, step);
        self.receive(asked.get_raw().await).await
    }

    /// `/api/v1/targets/metadata` of one owner's targets.
    pub(super) async fn metadata(&self, owner: &str) -> Result<Body, GatherError> {
        self.vet()?;
        let selector = Selector::new().eq(OWNER, owner);
        let asked = self.queries.target_metadata().match_target(&selector).limit(METADATA_TARGETS);
        self.receive(asked.get_raw().await).await
    }

    /// `/api/v1/targets`: the active targets of all owners.
    pub(super) async fn targets(&self) -> Result<Body, GatherError> {
        self.get("api/v1/targets?state=active").await
    }

    pub(super) async fn build_info(&self) -> Result<Body, GatherError> {
        self.get("api/v1/status/buildinfo").await
    }

    async fn get(&self, path: &str) -> Result<Body, GatherError> {
        let base = format!("{}/{path}", self.base.as_str().trim_end_matches('/'));
        let url = Url::parse(&base).map_err(|error| self.bad_answer(error.to_string()))?;
        let answer = self.http.send(Request::get(url)).await.map_err(|error| self.egress(error))?;
        let body = Body { bytes: answer.body, complete: true };
        self.successful(answer.status, body)
    }

    /// The builders send through the guarded client's connections, but only `send` checks a URL whose host is an address.
    fn vet(&self) -> Result<(), GatherError> {
        self.http.vet(&self.base).map_err(|error| self.egress(error))
    }

    async fn receive(&self, sent: Result<reqwest::Response, Error>) -> Result<Body, GatherError> {
        let answer = sent.map_err(|error| self.query_error(&error))?;
        let status = answer.status();
        let body = self.http.read(answer, self.body_limit).await.map_err(|error| self.egress(error))?;
        self.successful(status, body)
    }

    fn successful(&self, status: StatusCode, body: Body) -> Result<Body, GatherError> {
        if status.is_success() {
            return Ok(body);
        }
        match serde_json::from_slice::<ApiError>(&body.bytes) {
            Ok(refusal) => Err(GatherError::Refused { cause: refusal.words() }),
            Err(_not_the_api) => Err(self.bad_answer(format!("HTTP {status} without its error form"))),
        }
    }

    fn query_error(&self, error: &Error) -> GatherError {
        use std::error::Error as _;
        match error.source().and_then(|source| source.downcast_ref::<reqwest::Error>()) {
            Some(source) => self.egress(EgressError::from_reqwest(source, self.http.timeout())),
            None => self.bad_answer(error.to_string()),
        }
    }

    fn egress(&self, error: EgressError) -> GatherError {
        let url = shown(&self.base);
        match error {
            EgressError::Timeout(after) => GatherError::TimedOut { url, seconds: after.as_secs() },
            EgressError::Connect(cause) => GatherError::Unreachable { url, cause },
            EgressError::Refused(refusal) => GatherError::Unreachable { url, cause: refusal.to_string() },
            EgressError::TooLarge { .. } | EgressError::Protocol(_) => {
                GatherError::BadAnswer { url, cause: error.to_string() }
            }
        }
    }

    pub(super) fn bad_answer(&self, cause: impl Into<String>) -> GatherError {
        GatherError::BadAnswer { url: shown(&self.base), cause: cause.into() }
    }
}

impl std::fmt::Debug for Api {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Api").field("url", &shown(&self.base)).finish_non_exhaustive()
    }
}

/// Prometheus' own error form.
#[derive(Deserialize)]
struct ApiError {
    #[serde(rename = "errorType", default)]
    kind: String,
    error: String,
}

impl ApiError {
    fn words(&self) -> String {
        format!("{}: {}", self.kind, self.error).chars().take(MAX_CAUSE).collect()
    }
}

/// The URL without the password it may hold.
fn shown(url: &Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path().trim_end_matches('/'))
}
