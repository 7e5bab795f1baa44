//! A real server that looks at scripted hosts; one of them ran out of memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value as Json, json};
use watchkeeper::app::Outside;
use watchkeeper::clock::Clock;
use watchkeeper_clients::metrics::{GatherError, GatherRequest, MetricsSource};
use watchkeeper_domain::metric::{Grid, MetricSet, ScrapeHealth, ScrapeState, Series, SeriesId};
use watchkeeper_domain::series::describe;
use watchkeeper_domain::time::{MINUTE, UtcMillis};

use super::script::{Dialect, Model};
use crate::support::{Client, TestApp};

/// Points at the end that are out of the ordinary.
const BROKEN: usize = 12;

/// Healthy hosts, and what of the first is not.
#[derive(Debug, Clone)]
pub(super) struct Hosts {
    pub(super) count: usize,
    /// Display name of the first host.
    pub(super) name: String,
    /// The first host's memory is nearly gone.
    pub(super) starved: bool,
    /// Labels on the first host's memory series.
    pub(super) labels: Vec<(&'static str, String)>,
    /// Why the last host cannot be scraped.
    pub(super) down: Option<String>,
    /// Further plain series per host.
    pub(super) plain: usize,
}

impl Default for Hosts {
    fn default() -> Self {
        Self { count: 1, name: "web".to_owned(), starved: true, labels: Vec::new(), down: None, plain: 0 }
    }
}

fn wobble(len: usize, value: f64, amplitude: f64) -> Vec<f64> {
    let steps = [0.0, 0.6, -0.4, 0.2, -0.6, 1.0, -1.0, 0.4, -0.2, 0.8, -0.8];
    (0..len).map(|i| value + amplitude * steps[(i * 7) % 11]).collect()
}

impl Hosts {
    fn instance(n: usize) -> String {
        format!("10.0.0.{}:9100", n + 1)
    }

    fn series(&self, n: usize, len: usize) -> Vec<Series> {
        let series = |metric: &str, labels: &[(&str, String)], values: Vec<f64>| {
            let (kind, unit) = describe(metric, None);
            let instance = [("instance".to_owned(), Self::instance(n))].into_iter();
            let labels: BTreeMap<String, String> =
                instance.chain(labels.iter().map(|(k, v)| ((*k).to_owned(), v.clone()))).collect();
            Series { id: SeriesId { metric: metric.to_owned(), labels }, kind, unit, values }
        };
        let starved = self.starved && n == 0;
        let mut available = wobble(len, 5e9, 5e7);
        if starved {
            available[len - BROKEN..].fill(0.4e9);
        }
        let labels = if n == 0 { self.labels.as_slice() } else { &[] };
        let mut all = vec![
            series("node_memory_MemTotal_bytes", labels, vec![8e9; len]),
            series("node_memory_MemAvailable_bytes", labels, available),
            series("node_load1", &[], wobble(len, 0.3, 0.2)),
        ];
        for at in 0..self.plain {
            let labels = [("cpu", (at / 8).to_string()), ("mode", format!("mode{}", at % 8))];
            all.push(series("node_cpu_seconds_total", &labels, wobble(len, 0.1234, 0.01)));
        }
        all
    }

    fn health(&self, n: usize, at: UtcMillis) -> ScrapeHealth {
        let down = self.down.clone().filter(|_| n + 1 == self.count);
        ScrapeHealth {
            instance: Self::instance(n),
            name: if n == 0 { self.name.clone() } else { format!("host{n}") },
            state: if down.is_some() { ScrapeState::Down } else { ScrapeState::Up },
            last_scrape: Some(at),
            duration_seconds: Some(0.01),
            error: down,
        }
    }
}

#[async_trait]
impl MetricsSource for Hosts {
    async fn gather(&self, request: &GatherRequest) -> Result<MetricSet, GatherError> {
        let start = request.window.start - request.baseline_ms;
        let len = usize::try_from(request.window.end.since(start) / request.step_ms).unwrap() + 1;
        Ok(MetricSet {
            grid: Grid { start, step_ms: request.step_ms, len },
            window: request.window,
            series: (0..self.count).flat_map(|n| self.series(n, len)).collect(),
            targets: (0..self.count).map(|n| self.health(n, request.window.end)).collect(),
            truncated: None,
        })
    }

    async fn health(&self, _user_id: &str, _now: UtcMillis) -> Result<Vec<ScrapeHealth>, GatherError> {
        Ok(Vec::new())
    }

    async fn ready(&self) -> Result<String, GatherError> {
        Ok("scripted".to_owned())
    }
}

/// Somebody's server with a model behind it.
pub(super) struct Scene {
    pub(super) app: TestApp,
    pub(super) priya: Client,
    clock: Clock,
}

/// What one batch left behind, as the API shows it.
#[derive(Debug)]
pub(super) struct Left {
    pub(super) batch: Json,
    pub(super) incident: Json,
    pub(super) rca: Json,
    pub(super) anomalies: Vec<Json>,
    calls: Vec<Json>,
}

impl Scene {
    pub(super) async fn new(hosts: Hosts, models: &[&Model], settings: &[(&str, &str)]) -> Self {
        let mut told: Vec<(&str, String)> = models.iter().rev().flat_map(|model| model.settings()).collect();
        told.extend(settings.iter().map(|(key, value)| (*key, (*value).to_owned())));
        let told: Vec<(&str, &str)> = told.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let clock = Clock::manual(Clock::default().now());
        let outside = Outside { metrics: Some(Arc::new(hosts)), clock: clock.clone(), ..Outside::default() };
        let app = TestApp::within(outside, &told).await;
        let priya = app.signed_up("priya").await;
        Self { app, priya, clock }
    }

    /// One starved host before one model.
    pub(super) async fn before(model: &Model, settings: &[(&str, &str)]) -> Self {
        Self::new(Hosts::default(), &[model], settings).await
    }

    /// One batch, a minute after the one before.
    pub(super) async fn batch(&self) -> Json {
        self.clock.set(self.clock.now() + MINUTE);
        self.priya.post("/api/v1/batches/run", Json::Null).await.expect(200).json()
    }

    /// Runs a batch that finds one failure.
    pub(super) async fn run(&self) -> Left {
        let batch = self.batch().await;
        assert_eq!(batch["outcome"], "analysed", "{batch}");
        let listed = self.list("/api/v1/incidents").await;
        assert_eq!(listed.len(), 1, "{listed:?}");
        let incident = format!("/api/v1/incidents/{}", listed[0]["id"].as_str().unwrap());
        let batch_id = batch["id"].as_str().unwrap();
        let rca = self.list("/api/v1/rca").await.into_iter().find(|rca| rca["batch_id"] == batch_id).unwrap();
        let calls = self.list(&format!("/api/v1/llm/calls?batch_id={batch_id}")).await;
        let incident = self.priya.get(&incident).await.expect(200).json();
        let anomalies = self.list("/api/v1/anomalies").await;
        Left { batch, incident, rca, anomalies, calls }
    }

    pub(super) async fn list(&self, path: &str) -> Vec<Json> {
        self.priya.get(path).await.expect(200).json()["items"].as_array().unwrap().clone()
    }
}

impl Left {
    /// The only call to this provider.
    pub(super) fn call(&self, provider: &str) -> &Json {
        let mut calls = self.calls.iter().filter(|call| call["provider"] == provider);
        let call = calls.next().unwrap_or_else(|| panic!("no call to {provider}: {:?}", self.calls));
        assert!(calls.next().is_none(), "{:?}", self.calls);
        call
    }

    pub(super) fn count_calls(&self) -> usize {
        self.calls.len()
    }

    /// The model's own words stand, everywhere the same.
    #[track_caller]
    pub(super) fn is_by_the_model(&self, dialect: Dialect) {
        let provider = name(dialect);
        assert_eq!((&self.rca["provider"], &self.incident["provider"]), (&json!(provider), &json!(provider)));
        assert_eq!((&self.rca["title"], &self.rca["root_cause"]), (&json!(TITLE), &json!(CAUSE)));
        assert_eq!((&self.incident["title"], &self.incident["root_cause"]), (&json!(TITLE), &json!(CAUSE)));
        assert_eq!(self.rca["llm_call_id"], self.call(provider)["id"]);
        self.holds();
    }

    /// The built-in analyst's words stand, and the reason says why the model's do not.
    #[track_caller]
    pub(super) fn is_by_code(&self, because: &str) {
        assert_eq!((&self.rca["provider"], &self.incident["provider"]), (&json!("builtin"), &json!("builtin")));
        assert_ne!(self.incident["title"], TITLE);
        assert!(!self.incident["root_cause"].as_str().unwrap().is_empty());
        let reason = self.incident["verdict_reason"].as_str().unwrap();
        assert!(reason.contains(because), "{reason}");
        self.holds();
    }

    /// What holds whoever spoke: stored once, linked, with actions and evidence.
    fn holds(&self) {
        assert_eq!(self.incident["rca_id"], self.rca["id"]);
        assert_eq!(self.rca["incident_id"], self.incident["id"]);
        assert_eq!(self.rca["verdict_reason"], self.incident["verdict_reason"]);
        assert!(!self.rca["fix_plan"]["immediate"].as_array().unwrap().is_empty());
        assert_eq!(self.rca["evidence"], json!(["M1"]));
        assert_eq!(self.incident["evidence"][0]["id"], "M1");
        assert_eq!(self.batch["receipt"]["model_called"], true);
        let ids: Vec<&Json> = self.batch["llm_call_ids"].as_array().unwrap().iter().collect();
        assert_eq!(ids.len(), self.calls.len());
        assert!(self.calls.iter().all(|call| ids.contains(&&call["id"])));
    }
}

pub(super) fn name(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::OpenAi => "openai",
        Dialect::Ollama => "ollama",
    }
}

pub(super) const TITLE: &str = "web: memory is nearly gone";
pub(super) const CAUSE: &str = "Something on web took the memory: 400 MB of 8 GB are left.";

/// An answer about the starved host in which everything is true.
pub(super) fn true_answer() -> Json {
    json!({
        "incident": {
            "title": TITLE, "severity": "critical",
            "summary": "Available memory on web fell to 400 MB.",
            "root_cause": CAUSE,
            "fix_plan": {
                "immediate": ["See who holds it: `ps aux --sort=-rss | head`."],
                "prevention": ["Give the service a memory limit."],
            },
            "evidence": ["M1"],
        },
        "anomalies": [{
            "metric": "node_memory_MemAvailable_bytes", "instance": "10.0.0.1:9100", "observed": "400 MB",
            "expected": "", "symptom": "Memory is nearly gone", "evidence": ["M1"],
        }],
        "hypotheses": [{"cause": "A memory leak on web.", "supporting": ["M1"], "against": []}],
    })
}
