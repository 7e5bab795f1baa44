//! A simulated Prometheus: the few API calls the server makes, answered for whatever targets it published.
//!
//! It reads the published directory as the real one does, so nothing has to be told twice. Values are steady with a little
//! noise; an instance that was taken down has `up 0` from then on and no other samples. For crash tests, where a batch a second
//! is wanted, and for the benchmark's thousand tenants; what Prometheus itself does is tested against the real one.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use actix_web::{App, HttpServer, web};
use serde::Deserialize;
use tokio::task::JoinSet;

/// Down instances and since when (seconds since the epoch).
type Outages = Arc<Mutex<BTreeMap<String, i64>>>;

#[derive(Clone)]
struct World {
    targets_dir: PathBuf,
    series_per_target: usize,
    outages: Outages,
}

/// Serves until dropped.
pub(crate) struct Simulated {
    pub(crate) url: String,
    outages: Outages,
    _serving: JoinSet<std::io::Result<()>>,
}

impl Simulated {
    pub(crate) fn start(targets_dir: &Path, series_per_target: usize) -> Self {
        let outages = Outages::default();
        let world = World { targets_dir: targets_dir.to_owned(), series_per_target, outages: outages.clone() };
        let server = HttpServer::new(move || {
            App::new()
                .app_data(web::Data::new(world.clone()))
                .app_data(web::FormConfig::default().limit(1 << 20))
                .route("/api/v1/query_range", web::post().to(range_form))
                .route("/api/v1/query_range", web::get().to(range_query))
                .route("/api/v1/targets", web::get().to(targets))
                .route("/api/v1/targets/metadata", web::get().to(|| async { EMPTY }))
                .route("/api/v1/status/buildinfo", web::get().to(|| async { BUILD }))
        });
        let server = server.workers(1).disable_signals().bind(("127.0.0.1", 0)).unwrap();
        let url = format!("http://{}", server.addrs()[0]);
        let mut serving = JoinSet::new();
        serving.spawn(server.run());
        Self { url, outages, _serving: serving }
    }

    /// From now on scrapes of this instance fail.
    pub(crate) fn take_down(&self, instance: &str) {
        let now = jiff::Timestamp::now().as_second();
        self.outages.lock().unwrap().entry(instance.to_owned()).or_insert(now);
    }

    pub(crate) fn bring_up(&self, instance: &str) {
        self.outages.lock().unwrap().remove(instance);
    }
}

const EMPTY: &str = r#"{"status":"success","data":[]}"#;
const BUILD: &str = r#"{"status":"success","data":{"version":"2.0.0-simulated"}}"#;

#[derive(Deserialize)]
struct Range {
    query: String,
    start: f64,
    end: f64,
    step: f64,
}

async fn range_form(world: web::Data<World>, range: web::Form<Range>) -> String {
    matrix(&world, &range)
}

async fn range_query(world: web::Data<World>, range: web::Query<Range>) -> String {
    matrix(&world, &range)
}

fn matrix(world: &World, range: &Range) -> String {
    let owner = range.query.split_once("user_id=\"").and_then(|(_, rest)| rest.split_once('"')).unwrap().0;
    let outages = world.outages.lock().unwrap().clone();
    let only_up = range.query.starts_with("up");
    let mut rows = Vec::new();
    for (instance, name, _) in published(&world.targets_dir, Some(owner)) {
        let down_since = outages.get(&instance).copied();
        let labels = format!(r#""instance":"{instance}","job":"dynamic-targets","name":"{name}","user_id":"{owner}""#);
        if only_up {
            let values = samples(range, |at| Some(if down_since.is_some_and(|since| at >= since) { 0.0 } else { 1.0 }));
            rows.push(format!(r#"{{"metric":{{"__name__":"up",{labels}}},"values":[{values}]}}"#));
            continue;
        }
        for n in 0..world.series_per_target {
            let level = 100.0 + n as f64;
            let values = samples(range, |at| {
                let noise = ((at.wrapping_mul(2_654_435_761) >> 7) % 100) as f64 / 100.0;
                down_since.is_none_or(|since| at < since).then_some(level + noise)
            });
            let metric = format!(r#""__name__":"app_queue_depth","shard":"{n}",{labels}"#);
            rows.push(format!(r#"{{"metric":{{{metric}}},"values":[{values}]}}"#));
        }
    }
    format!(r#"{{"status":"success","data":{{"resultType":"matrix","result":[{}]}}}}"#, rows.join(","))
}

fn samples(range: &Range, value: impl Fn(i64) -> Option<f64>) -> String {
    let mut text = String::new();
    let mut at = range.start;
    while at <= range.end {
        if let Some(value) = value(at as i64) {
            let comma = if text.is_empty() { "" } else { "," };
            write!(text, r#"{comma}[{at},"{value}"]"#).unwrap();
        }
        at += range.step;
    }
    text
}

async fn targets(world: web::Data<World>) -> String {
    let outages = world.outages.lock().unwrap().clone();
    let now = jiff::Timestamp::now();
    let rows = published(&world.targets_dir, None).into_iter().map(|(instance, name, owner)| {
        let (health, error) = match outages.contains_key(&instance) {
            true => ("down", format!("Get \\\"http://{instance}/metrics\\\": dial tcp {instance}: connect: connection refused")),
            false => ("up", String::new()),
        };
        let labels = format!(r#""instance":"{instance}","job":"dynamic-targets","name":"{name}","user_id":"{owner}""#);
        format!(
            r#"{{"discoveredLabels":{{"__address__":"{instance}"}},"labels":{{{labels}}},"scrapeUrl":"http://{instance}/metrics","globalUrl":"http://{instance}/metrics","lastError":"{error}","lastScrape":"{now}","lastScrapeDuration":0.01,"health":"{health}"}}"#
        )
    });
    let rows = rows.collect::<Vec<_>>().join(",");
    format!(r#"{{"status":"success","data":{{"activeTargets":[{rows}],"droppedTargets":[]}}}}"#)
}

/// `(instance, name, owner)` of everything published.
fn published(dir: &Path, owner: Option<&str>) -> Vec<(String, String, String)> {
    #[derive(Deserialize)]
    struct Group {
        targets: Vec<String>,
        labels: BTreeMap<String, String>,
    }
    let files = std::fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path());
    let files = files.filter(|path| path.extension().is_some_and(|e| e == "json"));
    let files = files.filter(|path| owner.is_none_or(|o| path.to_string_lossy().contains(o)));
    let groups = files
        .filter_map(|path| std::fs::read(path).ok())
        .flat_map(|bytes| serde_json::from_slice::<Vec<Group>>(&bytes).unwrap_or_default());
    let mut rows = Vec::new();
    for group in groups {
        let label = |name: &str| group.labels.get(name).cloned().unwrap_or_default();
        rows.extend(group.targets.iter().map(|target| (target.clone(), label("name"), label("user_id"))));
    }
    rows
}
