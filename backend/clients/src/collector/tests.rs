//! The collector against a scripted exporter; beside a real Prometheus it stands in the server's integration tests.

use watchkeeper_domain::id::TargetId;
use watchkeeper_domain::metric::{ScrapeHealth, ScrapeState};
use watchkeeper_domain::target::{Address, ExporterKind};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::egress::Policy;
use crate::metrics::MetricsSource;

fn owner() -> UserId {
    UserId::parse("usr_0000000000000000000000000000000a").unwrap()
}

fn target(typed: &str) -> Stored {
    let address = Address::parse(typed).unwrap();
    Stored {
        id: TargetId::parse("tgt_00000000000000000000000000000001").unwrap(),
        address: address.authority(),
        scheme: address.scheme(),
        metrics_path: address.path().to_owned(),
        name: "web".to_owned(),
        tags: BTreeMap::new(),
        terms: Vec::new(),
        kind: ExporterKind::Custom,
        enabled: true,
        created_at: UtcMillis(0),
        updated_at: UtcMillis(0),
    }
}

fn open(dir: &tempfile::TempDir, allow_private: bool) -> Collector {
    let settings = CollectorSettings::new(dir.path().join("collector"));
    Collector::open(&settings, Guard::new(Policy { allow_private }), now()).unwrap()
}

fn now() -> UtcMillis {
    jiff::Timestamp::now().into()
}

async fn exporter(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

/// The only target's health once it was scraped.
async fn scraped(collector: &Collector) -> ScrapeHealth {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let health = collector.health(owner().as_str(), now()).await.unwrap().remove(0);
        if health.state != ScrapeState::Pending {
            return health;
        }
        assert!(Instant::now() < until, "{health:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_target_that_is_added_is_scraped_at_once_and_its_path_is_honoured() {
    let server = exporter(ResponseTemplate::new(200).set_body_string("m 1\n")).await;
    let dir = tempfile::tempdir().unwrap();
    let collector = open(&dir, true);
    collector.set_targets([]);
    collector.set_targets([(&owner(), &target(&format!("{}/probe", server.uri())))]);
    let next = collector.step(now());
    assert!(next.since(now()) <= 15 * SECOND);
    let health = scraped(&collector).await;
    assert_eq!((health.state, health.error), (ScrapeState::Up, None));
    let asked = server.received_requests().await.unwrap();
    assert_eq!((asked.len(), asked[0].url.path()), (1, "/probe"));
    assert!(asked[0].headers["accept"].to_str().unwrap().contains("openmetrics"));
    collector.stop().await;
    assert_eq!(collector.summary().series, 4, "the metric, `up` and two notes");
    collector.forget(owner().as_str()).await.unwrap();
    assert!(!dir.path().join("collector").join(owner().as_str()).exists());
}

#[tokio::test]
async fn an_address_that_is_not_allowed_is_never_connected_to() {
    let server = exporter(ResponseTemplate::new(200)).await;
    let dir = tempfile::tempdir().unwrap();
    let collector = open(&dir, false);
    collector.set_targets([]);
    collector.set_targets([(&owner(), &target(&server.uri()))]);
    collector.step(now());
    let health = scraped(&collector).await;
    assert!(health.state == ScrapeState::Down && health.error.is_some(), "{health:?}");
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = exporter(ResponseTemplate::new(200).set_body_string("m 1\n")).await;
    let server = exporter(ResponseTemplate::new(302).insert_header("location", elsewhere.uri())).await;
    let dir = tempfile::tempdir().unwrap();
    let collector = open(&dir, true);
    collector.set_targets([]);
    collector.set_targets([(&owner(), &target(&server.uri()))]);
    collector.step(now());
    assert_eq!(scraped(&collector).await.error.as_deref(), Some("server returned HTTP status 302 Found"));
    assert!(elsewhere.received_requests().await.unwrap().is_empty());
}

#[test]
fn every_target_has_its_own_place_in_the_interval() {
    let dir = tempfile::tempdir().unwrap();
    let collector = open(&dir, true);
    let mut thirds = [0; 3];
    for n in 0..300_i64 {
        let spec = Spec::of(&owner(), &target(&format!("host{n}:9100")));
        assert_eq!(spec.offset(15_000), spec.clone().offset(15_000));
        let at = UtcMillis(1_795_248_000_000 + 37 * n);
        let next = collector.next(&spec, at);
        assert!(next > at.0 && next <= at.0 + 15_000);
        assert_eq!(collector.next(&spec, UtcMillis(next)), next + 15_000);
        thirds[usize::try_from(spec.offset(15_000) / 5_000).unwrap()] += 1;
    }
    assert!(thirds.iter().all(|share| *share > 60), "{thirds:?}");
}
