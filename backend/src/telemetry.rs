//! What the server counts about itself, and how it logs. A leaf: it knows no other module.
//!
//! To count something new: a field here, a line in `new`, and a method that says what happened.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use tracing_subscriber::EnvFilter;

/// Upper bounds of the latency buckets, seconds.
const LATENCIES: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Served {
    method: String,
    /// The route's template, never the path: paths hold ids.
    route: String,
    status: u16,
}

macro_rules! label {
    ($($name:ident { $field:ident })*) => {$(
        #[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
        struct $name { $field: &'static str }
    )*};
}
label! {
    ByOutcome { outcome }
    ByProvider { provider }
    ByKind { kind }
    ByState { state }
}

/// Cheap to clone; all clones count into one registry.
#[derive(Debug, Clone)]
pub struct Telemetry {
    registry: Arc<Registry>,
    requests: Family<Served, Histogram, fn() -> Histogram>,
    batches: Family<ByOutcome, Counter>,
    series: Counter,
    facts: Counter,
    batch_lateness: Gauge<f64, AtomicU64>,
    model_calls: Family<ByOutcome, Counter>,
    model_calls_by_provider: Family<ByProvider, Counter>,
    tokens: Family<ByKind, Counter>,
    incidents: Family<ByKind, Counter>,
    deliveries: Family<ByState, Counter>,
    password_hashes: Counter,
}

impl Default for Telemetry {
    fn default() -> Self {
        Self::new()
    }
}

impl Telemetry {
    #[must_use]
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("watchkeeper");
        let mut telemetry = Self {
            registry: Arc::default(),
            requests: Family::new_with_constructor(|| Histogram::new(LATENCIES)),
            batches: Family::default(),
            series: Counter::default(),
            facts: Counter::default(),
            batch_lateness: Gauge::default(),
            model_calls: Family::default(),
            model_calls_by_provider: Family::default(),
            tokens: Family::default(),
            incidents: Family::default(),
            deliveries: Family::default(),
            password_hashes: Counter::default(),
        };
        let t = &telemetry;
        registry.register_with_unit("http_request_duration", "Requests served", Unit::Seconds, t.requests.clone());
        registry.register("batches", "Batches run, by outcome", t.batches.clone());
        registry.register("series_examined", "Series examined by batches", t.series.clone());
        registry.register("facts", "Facts found by batches", t.facts.clone());
        let lateness = t.batch_lateness.clone();
        registry.register_with_unit("batch_lateness", "How late the last batch started", Unit::Seconds, lateness);
        registry.register("model_calls", "Model calls, by outcome", t.model_calls.clone());
        let by_provider = t.model_calls_by_provider.clone();
        registry.register("model_calls_by_provider", "Model calls, by provider", by_provider);
        registry.register("model_tokens", "Tokens sent (prompt) and received (completion)", t.tokens.clone());
        registry.register("incident_changes", "Incidents opened, updated, resolved", t.incidents.clone());
        registry.register("deliveries", "Messages, by how they ended", t.deliveries.clone());
        registry.register("password_hashes", "Passwords hashed or verified", t.password_hashes.clone());
        telemetry.registry = Arc::new(registry);
        telemetry
    }

    pub fn request(&self, method: &Method, route: Option<String>, status: StatusCode, took: Duration) {
        let served = Served {
            method: method.to_string(),
            route: route.unwrap_or_else(|| "other".to_owned()),
            status: status.as_u16(),
        };
        self.requests.get_or_create(&served).observe(took.as_secs_f64());
    }

    /// `outcome`: `quiet`, `analysed` or `failed`.
    pub fn batch(&self, outcome: &'static str, series: u32, facts: u32, late: Duration) {
        self.batches.get_or_create(&ByOutcome { outcome }).inc();
        self.series.inc_by(u64::from(series));
        self.facts.inc_by(u64::from(facts));
        self.batch_lateness.set(late.as_secs_f64());
    }

    pub fn model_call(
        &self,
        provider: &'static str,
        outcome: &'static str,
        prompt_tokens: u32,
        completion_tokens: u32,
    ) {
        self.model_calls.get_or_create(&ByOutcome { outcome }).inc();
        self.model_calls_by_provider.get_or_create(&ByProvider { provider }).inc();
        self.tokens.get_or_create(&ByKind { kind: "prompt" }).inc_by(u64::from(prompt_tokens));
        self.tokens.get_or_create(&ByKind { kind: "completion" }).inc_by(u64::from(completion_tokens));
    }

    /// `kind`: `opened`, `updated`, `acknowledged`, `resolved` or `reopened`.
    pub fn incident(&self, kind: &'static str) {
        self.incidents.get_or_create(&ByKind { kind }).inc();
    }

    /// `state`: `sent`, `failed`, `retried`, `suppressed` or `dead`.
    pub fn delivery(&self, state: &'static str) {
        self.deliveries.get_or_create(&ByState { state }).inc();
    }

    /// One argon2id, whatever came of it.
    pub fn password_hashed(&self) {
        self.password_hashes.inc();
    }

    /// Everything counted, in the OpenMetrics text format.
    #[must_use]
    pub fn exposition(&self) -> String {
        let mut text = String::new();
        match encode(&mut text, &self.registry) {
            Ok(()) => text,
            Err(error) => {
                tracing::error!(error = %error, "metrics could not be written");
                String::new()
            }
        }
    }
}

/// What libraries say on every start is left out, unless the directives ask for it.
const OTHERS: &str = "actix_server=warn";

/// Starts logging to standard error; a second call changes nothing.
///
/// # Errors
/// When `directives` are not `tracing` directives.
pub fn start_logging(directives: &str, json: bool) -> Result<(), String> {
    let filter = EnvFilter::try_new(format!("{OTHERS},{directives}")).map_err(|error| error.to_string())?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let builder = builder.with_ansi(std::io::stderr().is_terminal());
    let started = if json { builder.json().flatten_event(true).try_init() } else { builder.try_init() };
    if started.is_err() {
        tracing::debug!("logging was started before");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_is_exposed() {
        let telemetry = Telemetry::new();
        telemetry.request(
            &Method::GET,
            Some("/api/v1/targets/{id}".to_owned()),
            StatusCode::OK,
            Duration::from_millis(3),
        );
        telemetry.batch("quiet", 214, 0, Duration::from_millis(20));
        telemetry.model_call("ollama", "answered", 812, 90);
        let text = telemetry.exposition();
        for line in [
            r#"watchkeeper_http_request_duration_seconds_count{method="GET",route="/api/v1/targets/{id}",status="200"} 1"#,
            r#"watchkeeper_batches_total{outcome="quiet"} 1"#,
            "watchkeeper_series_examined_total 214",
            r#"watchkeeper_model_tokens_total{kind="prompt"} 812"#,
            "# EOF",
        ] {
            assert!(text.contains(line), "{line} is missing in\n{text}");
        }
    }
}
