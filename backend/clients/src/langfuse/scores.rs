//! Scores on traces, and the check of the keys, through Langfuse's generated client.
//!
//! Compiled with the feature `langfuse-scores` only: the client brings OpenSSL and an HTTP stack of its own. It has no deadline,
//! so every call gets one here. It speaks to the operator's own address, never to one a tenant can set.

use std::time::Duration;

use langfuse_rs::apis::configuration::Configuration;
use langfuse_rs::apis::{Error, projects_api, score_api};
use langfuse_rs::models::{CreateScoreRequest, CreateScoreValue};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// Deadline of one call; shorter than readiness waits.
const WITHIN: Duration = Duration::from_secs(2);
/// What the score is called in Langfuse.
const NAME: &str = "confidence";

/// Why Langfuse did not take a score or a key.
#[derive(Debug, thiserror::Error)]
pub enum ScoreError {
    #[error("Langfuse answered with status {0}")]
    Status(u16),
    #[error("Langfuse did not answer within {} s", WITHIN.as_secs())]
    TimedOut,
    #[error("Langfuse could not be asked: {0}")]
    Failed(String),
}

pub(super) struct Scores {
    configuration: Configuration,
}

impl std::fmt::Debug for Scores {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scores").field("base_path", &self.configuration.base_path).finish_non_exhaustive()
    }
}

impl Scores {
    pub(super) fn new(host: &Url, public_key: &str, secret: &SecretString) -> Self {
        let configuration = Configuration {
            base_path: host.as_str().trim_end_matches('/').to_owned(),
            basic_auth: Some((public_key.to_owned(), Some(secret.expose_secret().to_owned()))),
            ..Configuration::default()
        };
        Self { configuration }
    }

    /// The projects that the keys open.
    pub(super) async fn projects(&self) -> Result<Vec<String>, ScoreError> {
        let projects = within(projects_api::projects_get(&self.configuration)).await?;
        Ok(projects.data.into_iter().map(|project| project.name).collect())
    }

    /// Puts the verified confidence, 0–100, on a trace. A repeat replaces the score.
    pub(super) async fn rate(&self, trace_id: &str, confidence: u8) -> Result<(), ScoreError> {
        let value = CreateScoreValue::Number(f64::from(confidence));
        let request = CreateScoreRequest {
            id: Some(Some(format!("{trace_id}-{NAME}"))),
            ..CreateScoreRequest::new(trace_id.to_owned(), NAME.to_owned(), value)
        };
        within(score_api::score_create(&self.configuration, request)).await.map(drop)
    }
}

async fn within<T, E>(call: impl Future<Output = Result<T, Error<E>>>) -> Result<T, ScoreError> {
    match tokio::time::timeout(WITHIN, call).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(Error::ResponseError(refused))) => Err(ScoreError::Status(refused.status.as_u16())),
        Ok(Err(Error::Reqwest(error))) => Err(ScoreError::Failed(error.to_string())),
        Ok(Err(Error::Serde(error))) => Err(ScoreError::Failed(error.to_string())),
        Ok(Err(Error::Io(error))) => Err(ScoreError::Failed(error.to_string())),
        Err(_elapsed) => Err(ScoreError::TimedOut),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use wiremock::matchers::{body_json, header, method, path};
    use wiremock::{Mock, MockServer, ResponseTemplate};

    use super::*;

    fn scores(host: &str) -> Scores {
        Scores::new(&Url::parse(host).unwrap(), "pk", &SecretString::from("sk"))
    }

    #[tokio::test]
    async fn a_confidence_becomes_a_score_of_its_trace() {
        let server = MockServer::start().await;
        let expected = json!({"id": "ff-confidence", "traceId": "ff", "name": "confidence", "value": 90.0});
        Mock::given(method("POST"))
            .and(path("/api/public/scores"))
            .and(header("authorization", "Basic cGs6c2s="))
            .and(body_json(expected))
            .respond_with(ResponseTemplate::new(200).set_body_json(json!({"id": "ff-confidence"})))
            .mount(&server)
            .await;
        scores(&server.uri()).rate("ff", 90).await.unwrap();
    }

    #[tokio::test]
    async fn keys_open_projects_or_are_refused() {
        let server = MockServer::start().await;
        let projects = json!({"data": [{"id": "p1", "name": "watch"}]});
        Mock::given(path("/api/public/projects"))
            .respond_with(ResponseTemplate::new(200).set_body_json(projects))
            .up_to_n_times(1)
            .mount(&server)
            .await;
        Mock::given(path("/api/public/projects")).respond_with(ResponseTemplate::new(401)).mount(&server).await;
        let scores = scores(&server.uri());
        assert_eq!(scores.projects().await.unwrap(), ["watch"]);
        assert!(matches!(scores.projects().await, Err(ScoreError::Status(401))));
        assert!(!format!("{scores:?}").contains("sk"), "keys are not shown");
    }
}
