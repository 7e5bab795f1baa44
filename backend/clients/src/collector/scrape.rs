//! One scrape: ask, read under the caps, keep.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, StatusCode};
use url::Url;
use watchkeeper_domain::time::UtcMillis;

use super::parse::Format;
use super::store::Store;
use super::target::{Scraped, Target};
use crate::egress::{EgressError, GuardedClient, Request, Response};

/// As Prometheus asks: OpenMetrics rather than text.
const ACCEPTED: HeaderValue = HeaderValue::from_static(
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
);
/// Exporters that measure slowly may want to know how long they have.
const TIMEOUT_HEADER: HeaderName = HeaderName::from_static("x-prometheus-scrape-timeout-seconds");

/// Scrapes once; `scheduled` is when it should have begun. Whatever happens is in the target's health.
pub(super) async fn scrape(
    target: &Arc<Target>,
    store: &Arc<Store>,
    http: &GuardedClient,
    scheduled: UtcMillis,
    slack_ms: i64,
) {
    let started = Instant::now();
    // Instants on a grid compress to nothing; a little lateness is not worth more.
    let now = UtcMillis::from(jiff::Timestamp::now());
    let at = if (0..=slack_ms).contains(&now.since(scheduled)) { scheduled } else { now };
    let answer = ask(target, http).await;
    let (target, store) = (Arc::clone(target), Arc::clone(store));
    let kept = tokio::task::spawn_blocking(move || {
        let outcome = answer.and_then(|(body, format)| target.take(&store, at.0, &body, format));
        let scraped = Scraped { at: at.0, duration_seconds: started.elapsed().as_secs_f64(), outcome };
        target.report(&store, &scraped);
    });
    if let Err(error) = kept.await {
        tracing::error!(error = %error, "a scrape could not be kept");
    }
}

async fn ask(target: &Target, http: &GuardedClient) -> Result<(bytes::Bytes, Format), String> {
    let url: Url = target.spec.url.parse().map_err(|error| format!("{error}"))?;
    let timeout = http.timeout();
    let request =
        Request::get(url).header(ACCEPT, ACCEPTED).header(TIMEOUT_HEADER, HeaderValue::from(timeout.as_secs()));
    let answer = http.send(request).await.map_err(|error| words(&error, timeout))?;
    if answer.status != StatusCode::OK {
        return Err(format!("server returned HTTP status {}", answer.status));
    }
    let format = content_type(&answer);
    Ok((answer.body, format))
}

fn content_type(answer: &Response) -> Format {
    Format::of(answer.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default())
}

/// In Prometheus' words where there are some: who reads them looks for these.
fn words(error: &EgressError, timeout: Duration) -> String {
    match error {
        EgressError::Timeout(_) => format!("context deadline exceeded: no answer within {} s", timeout.as_secs_f64()),
        EgressError::TooLarge { limit } => format!("body size limit exceeded: the answer is larger than {limit} bytes"),
        EgressError::Connect(_) | EgressError::Refused(_) | EgressError::Protocol(_) => error.to_string(),
    }
}
