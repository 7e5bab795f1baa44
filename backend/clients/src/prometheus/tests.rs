//! The source against a scripted Prometheus; the real one is in the server's integration tests.

use serde_json::json;
use watchkeeper_domain::metric::ScrapeState;
use watchkeeper_domain::time::{HOUR, MINUTE, Window};
use wiremock::matchers::{method, path, query_param_contains};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;

const ME: &str = "usr_me";
/// 2026-11-21T08:00:00Z
const END: i64 = 1_795_248_000_000;

fn request() -> GatherRequest {
    let window = Window { start: UtcMillis(END - MINUTE), end: UtcMillis(END) };
    GatherRequest { user_id: ME.to_owned(), window, baseline_ms: HOUR, step_ms: 15_000, max_series: 20_000 }
}

fn source_with(server: &MockServer, edit: impl FnOnce(&mut PrometheusSettings)) -> PrometheusSource {
    let mut settings = PrometheusSettings::new(server.uri().parse().unwrap());
    settings.timeout = Duration::from_secs(5);
    edit(&mut settings);
    PrometheusSource::new(&settings).unwrap()
}

fn source(server: &MockServer) -> PrometheusSource {
    source_with(server, |_| {})
}

fn matrix(series: &serde_json::Value) -> ResponseTemplate {
    ResponseTemplate::new(200)
        .set_body_json(json!({"status": "success", "data": {"resultType": "matrix", "result": series}}))
}

async fn on(server: &MockServer, at: &str, answer: ResponseTemplate) {
    Mock::given(method("GET")).and(path(at)).respond_with(answer).mount(server).await;
}

const RANGE: &str = "/api/v1/query_range";

/// `up` answers with one healthy target, the other query with `rest`.
async fn prometheus(rest: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    let up = json!([{"metric": {"__name__": "up", "user_id": ME, "instance": "a:1", "name": "web"}, "values": [[(END - 15_000) / 1000, "1"]]}]);
    Mock::given(path(RANGE))
        .and(query_param_contains("query", "up{user_id="))
        .respond_with(matrix(&up))
        .mount(&server)
        .await;
    Mock::given(path(RANGE)).and(query_param_contains("query", "__name__!~")).respond_with(rest).mount(&server).await;
    server
}

#[test]
fn the_grid_stands_on_whole_steps_and_ends_before_the_window_does() {
    let whole = request().grid().unwrap();
    assert_eq!((whole.start.0, whole.step_ms, whole.len), (END - HOUR - MINUTE, 15_000, 244));
    assert_eq!(whole.at(whole.len - 1).0, END - 15_000);
    let odd =
        GatherRequest { window: Window { start: UtcMillis(END - 53_000), end: UtcMillis(END + 7_000) }, ..request() };
    let odd = odd.grid().unwrap();
    assert_eq!(odd.at(odd.len - 1).0, END);
    let long = GatherRequest { baseline_ms: 1000 * HOUR, ..request() };
    assert_eq!(long.grid().unwrap().len, 11_000);
    let backwards =
        GatherRequest { window: Window { start: UtcMillis(END), end: UtcMillis(0) }, baseline_ms: 0, ..request() };
    assert!(backwards.grid().is_err());
}

#[tokio::test]
async fn series_of_the_tenant_come_as_columns_and_counters_as_rates() {
    let at = |back: i64| (END - back * 15_000) / 1000;
    let server = prometheus(matrix(&json!([
        {"metric": {"__name__": "node_cpu_seconds_total", "user_id": ME, "instance": "a:1"},
         "values": [[at(3), "10"], [at(2), "25"], [at(1), "40"]]},
        {"metric": {"__name__": "node_load1", "user_id": ME, "instance": "a:1"}, "values": [[at(1), "0.5"]]},
        {"metric": {"__name__": "node_load1", "user_id": "usr_victim", "instance": "v:1"}, "values": [[at(1), "9"]]}
    ])))
    .await;
    let set = source(&server).gather(&request()).await.unwrap();
    let names: Vec<_> = set.series.iter().map(|s| (s.id.metric.as_str(), s.id.instance())).collect();
    assert_eq!(names, [("up", "a:1"), ("node_cpu_seconds_total", "a:1"), ("node_load1", "a:1")]);
    assert!(set.series.iter().all(|s| s.values.len() == set.grid.len));
    let cpu = &set.series[1];
    assert_eq!((cpu.kind, cpu.values[set.grid.len - 1]), (SeriesKind::CounterRate, 1.0));
    // The list of targets is not there (404): `up` speaks for it.
    assert_eq!((set.targets[0].instance.as_str(), set.targets[0].state), ("a:1", ScrapeState::Up));
    let asked = server.received_requests().await.unwrap();
    for query in asked.iter().filter(|r| r.url.path() == RANGE) {
        let (_, text) = query.url.query_pairs().find(|(key, _)| key == "query").unwrap();
        assert!(text.contains("user_id=\"usr_me\""), "{text}");
    }
}

#[tokio::test]
async fn too_much_is_cut_and_said() {
    let series =
        |n: i32| json!({"metric": {"__name__": format!("m{n}"), "user_id": ME}, "values": [[END / 1000 - 15, "1"]]});
    let many: Vec<_> = (0..50).map(series).collect();
    let server = prometheus(matrix(&json!(many))).await;
    let by_series = source(&server).gather(&GatherRequest { max_series: 10, ..request() }).await.unwrap();
    assert_eq!((by_series.series.len(), by_series.truncated.as_deref()), (11, Some("series")));
    let by_bytes = source_with(&server, |s| s.body_limit = 2000).gather(&request()).await.unwrap();
    assert_eq!(by_bytes.truncated.as_deref(), Some("bytes"));
    assert!((2..50).contains(&by_bytes.series.len()), "{}", by_bytes.series.len());
}

#[tokio::test]
async fn a_failing_prometheus_is_told_apart() {
    let fails = |answer: ResponseTemplate| async {
        let server = prometheus(answer).await;
        source_with(&server, |s| s.timeout = Duration::from_millis(500)).gather(&request()).await.unwrap_err()
    };
    let html = ResponseTemplate::new(200).set_body_raw("<html>sign in</html>", "text/html");
    assert!(matches!(fails(html).await, GatherError::BadAnswer { .. }));
    let proxy = fails(ResponseTemplate::new(502).set_body_string("Bad gateway")).await;
    assert!(matches!(&proxy, GatherError::BadAnswer { cause, .. } if cause.contains("502")), "{proxy}");
    let refused =
        json!({"status": "error", "errorType": "execution", "error": "query processing would load too many samples"});
    let refused = fails(ResponseTemplate::new(422).set_body_json(refused)).await;
    let words = "execution: query processing would load too many samples".to_owned();
    assert_eq!(refused, GatherError::Refused { cause: words });
    let slow = fails(ResponseTemplate::new(200).set_delay(Duration::from_secs(20))).await;
    assert!(matches!(slow, GatherError::TimedOut { .. }), "{slow}");
    let cut = fails(ResponseTemplate::new(200).set_body_string(r#"{"status":"success","data":{"result":[{"met"#)).await;
    assert!(matches!(cut, GatherError::BadAnswer { .. }), "{cut}");
}

#[tokio::test]
async fn nobody_listening_is_unreachable_and_no_password_is_shown() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://admin:hunter2@{closed}/prom/").parse().unwrap();
    let source = PrometheusSource::new(&PrometheusSettings::new(url)).unwrap();
    for error in [source.gather(&request()).await.unwrap_err(), source.ready().await.unwrap_err()] {
        assert!(
            matches!(&error, GatherError::Unreachable { url, .. } if *url == format!("http://{closed}/prom")),
            "{error}"
        );
        assert!(!error.to_string().contains("hunter2"));
    }
}

#[tokio::test]
async fn health_is_the_tenants_own_and_the_list_is_asked_for_once() {
    let server = MockServer::start().await;
    let target = |owner: &str, health: &str| {
        json!({"labels": {"instance": "a:1", "name": "n", "user_id": owner}, "health": health, "lastError": "boom",
               "lastScrape": "2026-11-21T08:00:00Z", "lastScrapeDuration": 0.1})
    };
    let list =
        json!({"status": "success", "data": {"activeTargets": [target(ME, "down"), target("usr_victim", "up")]}});
    Mock::given(path("/api/v1/targets"))
        .respond_with(ResponseTemplate::new(200).set_body_json(list))
        .expect(1)
        .mount(&server)
        .await;
    let source = source(&server);
    let (mine, theirs) = futures::join!(source.health(ME, UtcMillis(END)), source.health("usr_victim", UtcMillis(END)));
    let (mine, theirs) = (mine.unwrap(), theirs.unwrap());
    assert_eq!((mine.len(), mine[0].state, mine[0].error.as_deref()), (1, ScrapeState::Down, Some("boom")));
    assert_eq!((theirs.len(), theirs[0].state), (1, ScrapeState::Up));
    assert!(source.health("usr_nobody", UtcMillis(END)).await.unwrap().is_empty());
}

#[tokio::test]
async fn ready_names_the_version() {
    let server = MockServer::start().await;
    let info = json!({"status": "success", "data": {"version": "2.42.0", "revision": "x"}});
    on(&server, "/api/v1/status/buildinfo", ResponseTemplate::new(200).set_body_json(info)).await;
    assert_eq!(source(&server).ready().await, Ok("Prometheus 2.42.0".to_owned()));
}

#[tokio::test]
async fn a_type_that_the_name_hides_is_asked_for() {
    let server = prometheus(matrix(&json!([{"metric": {"__name__": "jobs_done", "user_id": ME},
        "values": [[END / 1000 - 30, "10"], [END / 1000 - 15, "25"]]}])))
    .await;
    let kinds = json!({"status": "success", "data": [
        {"target": {}, "metric": "jobs_done", "type": "counter", "help": "", "unit": ""}]});
    on(&server, "/api/v1/targets/metadata", ResponseTemplate::new(200).set_body_json(kinds)).await;
    let set = source(&server).gather(&request()).await.unwrap();
    assert_eq!((set.series[1].kind, set.series[1].values[set.grid.len - 1]), (SeriesKind::CounterRate, 1.0));
}
