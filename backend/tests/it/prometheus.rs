//! What is shipped for Prometheus, and the source, against the real one.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;
use uuid::Uuid;
use watchkeeper_clients::metrics::{GatherRequest, MetricsSource};
use watchkeeper_clients::prometheus::{PrometheusSettings, PrometheusSource};
use watchkeeper_domain::id::{Id, TargetId, UserId};
use watchkeeper_domain::metric::{MetricSet, ScrapeHealth, ScrapeState, SeriesKind};
use watchkeeper_domain::target::search::terms;
use watchkeeper_domain::target::{Address, ExporterKind, Target, file_sd};
use watchkeeper_domain::time::{MINUTE, SECOND, UtcMillis, Window};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers};

use crate::support::parts::{NodeExporter, Prometheus, eventually, promtool, shipped_config};

fn owner(n: u128) -> UserId {
    UserId::from_uuid(Uuid::from_u128(n))
}

fn target(typed: &str, name: &str) -> Target {
    let address = Address::parse(typed).unwrap();
    let tags = BTreeMap::from([("env".to_owned(), "test".to_owned())]);
    Target {
        id: TargetId::from_uuid(Uuid::from_u128(1)),
        terms: terms(name, &address.authority(), &tags),
        address: address.authority(),
        scheme: address.scheme(),
        metrics_path: address.path().to_owned(),
        name: name.to_owned(),
        tags,
        kind: ExporterKind::Node,
        enabled: true,
        created_at: UtcMillis(0),
        updated_at: UtcMillis(0),
    }
}

fn publish(prometheus: &Prometheus, owner: &UserId, targets: &[Target]) {
    let document = file_sd(targets.iter().map(|target| (owner, target)));
    fs::write(prometheus.targets_dir.join(format!("{owner}.json")), document).unwrap();
}

fn source(prometheus: &Prometheus) -> PrometheusSource {
    PrometheusSource::new(&PrometheusSettings::new(prometheus.url.parse().unwrap())).unwrap()
}

async fn gather(source: &PrometheusSource, owner: &UserId) -> MetricSet {
    let now = UtcMillis::from(jiff::Timestamp::now());
    let window = Window { start: now - MINUTE, end: now };
    let user_id = owner.as_str().to_owned();
    let request = GatherRequest { user_id, window, baseline_ms: MINUTE, step_ms: SECOND, max_series: 20_000 };
    source.gather(&request).await.unwrap()
}

async fn health(source: &PrometheusSource, owner: &UserId) -> Vec<ScrapeHealth> {
    source.health(owner.as_str(), UtcMillis::default()).await.unwrap()
}

/// Waits until the first target of `owner` is seen in this state.
async fn scraped(source: &PrometheusSource, owner: &UserId, state: ScrapeState) -> ScrapeHealth {
    eventually("the state of the scrape", || async {
        let seen = health(source, owner).await;
        seen.iter().find(|health| health.state == state).cloned().ok_or_else(|| format!("{seen:?}"))
    })
    .await
}

#[test]
fn promtool_accepts_the_shipped_configuration() {
    let config = shipped_config();
    let Some(checked) = promtool(&["check", "config", config.to_str().unwrap()]) else { return };
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
}

#[test]
fn promtool_discovers_owned_targets_only() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("targets")).unwrap();
    let config = dir.path().join("prometheus.yml");
    fs::copy(shipped_config(), &config).unwrap();
    let owned = file_sd([(&owner(1), &target("https://db:9187/pg", "db"))]);
    fs::write(dir.path().join("targets/a.json"), owned).unwrap();
    fs::write(dir.path().join("targets/b.json"), r#"[{"targets":["stray:1"],"labels":{"name":"stray"}}]"#).unwrap();
    let args = ["check", "service-discovery", config.to_str().unwrap(), "dynamic-targets", "--timeout", "2s"];
    let Some(checked) = promtool(&args) else { return };
    let found: Vec<Value> = serde_json::from_slice(&checked.stdout).unwrap();
    let labels: Vec<&Value> = found.iter().map(|one| &one["labels"]).filter(|l| l.get("instance").is_some()).collect();
    let [db] = labels.as_slice() else { panic!("{labels:?}") };
    assert_eq!((&db["instance"], &db["user_id"]), (&"db:9187".into(), &owner(1).as_str().into()));
    assert_eq!(
        (&db["__scheme__"], &db["__metrics_path__"], &db["env"]),
        (&"https".into(), &"/pg".into(), &"test".into())
    );
}

#[tokio::test]
async fn a_node_exporter_is_gathered_under_its_owner() {
    let Some(prometheus) = Prometheus::start().await else { return };
    let Some(exporter) = NodeExporter::start().await else { return };
    let source = source(&prometheus);
    assert!(source.ready().await.unwrap().starts_with("Prometheus "));
    publish(&prometheus, &owner(1), &[target(&exporter.address, "web")]);
    let up = scraped(&source, &owner(1), ScrapeState::Up).await;
    assert_eq!((up.instance.as_str(), up.name.as_str(), up.error), (exporter.address.as_str(), "web", None));

    let cpu = eventually("a rate of CPU seconds", || async {
        let set = gather(&source, &owner(1)).await;
        let cpu = set
            .series
            .iter()
            .find(|s| s.id.metric == "node_cpu_seconds_total" && s.values.iter().any(|v| v.is_finite()));
        cpu.cloned().ok_or_else(|| format!("{} series", set.series.len()))
    })
    .await;
    assert_eq!((cpu.kind, cpu.id.instance()), (SeriesKind::CounterRate, exporter.address.as_str()));
    assert_eq!(cpu.id.labels.get("env").map(String::as_str), Some("test"));
    assert!(
        cpu.values.iter().all(|v| !v.is_finite() || (-0.001..=1.5).contains(v)),
        "seconds per second of one CPU mode"
    );
    assert!(gather(&source, &owner(2)).await.series.is_empty());

    let port = exporter.port();
    drop(exporter);
    let down = scraped(&source, &owner(1), ScrapeState::Down).await;
    assert!(down.error.is_some_and(|error| error.contains("refused")));
    let Some(_back) = NodeExporter::start_at(port).await else { return };
    scraped(&source, &owner(1), ScrapeState::Up).await;
}

#[tokio::test]
async fn a_target_that_names_another_owner_reaches_nobody_else() {
    let Some(prometheus) = Prometheus::start().await else { return };
    let (hostile, victim) = (owner(0xbad), owner(0x900d));
    let exporter = MockServer::start().await;
    let exposition = format!(
        "planted{{user_id=\"{victim}\"}} 1\nplanted{{user_id=\"{victim}\",exported_user_id=\"{victim}\"}} 2\n\
         up{{user_id=\"{victim}\"}} 0\nhonest 3\n"
    );
    Mock::given(matchers::any())
        .respond_with(ResponseTemplate::new(200).set_body_string(exposition))
        .mount(&exporter)
        .await;
    publish(&prometheus, &hostile, &[target(&exporter.uri(), "trap")]);
    let source = source(&prometheus);
    let seen = eventually("the hostile target's series", || async {
        let set = gather(&source, &hostile).await;
        if set.series.iter().any(|s| s.id.metric == "honest") { Ok(set) } else { Err(format!("{:?}", set.targets)) }
    })
    .await;
    assert!(
        seen.series.iter().all(|s| s.id.labels.keys().all(|label| !label.contains("user_id"))),
        "{:?}",
        seen.series
    );
    let ups: Vec<_> = seen.series.iter().filter(|s| s.id.metric == "up").collect();
    assert_eq!(ups.len(), 1, "the target's own `up` does not stand beside Prometheus'");

    let reached = gather(&source, &victim).await;
    assert!(reached.series.is_empty() && reached.targets.is_empty(), "{reached:?}");
    assert!(health(&source, &victim).await.is_empty());
}
