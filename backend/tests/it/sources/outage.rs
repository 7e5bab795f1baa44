//! One scripted outage: a queue that fills up, errors, then silence. Both sources lead to the same facts.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use watchkeeper_domain::detect;
use watchkeeper_domain::metric::{MetricSet, ScrapeState};

use super::exporter::{Answer, Exporter};
use super::world::{Sources, gather, now, owner, target};

/// Steady, then failing, seconds.
const STEADY: u64 = 26;
const FAILING: u64 = 7;

fn says(queue: u32, errors: u32, tick: u32) -> Answer {
    Answer::text(format!(
        "# TYPE app_queue_depth gauge\napp_queue_depth {}\n# TYPE http_request_errors_total counter\n\
         http_request_errors_total {errors}\n# TYPE app_requests_total counter\napp_requests_total {}\n",
        queue + tick % 3,
        tick * 100,
    ))
}

/// What it says and where, not when to the second: the two scrape at different instants.
fn facts(set: &MetricSet) -> BTreeSet<String> {
    let found = detect::examine(set).facts;
    found.iter().map(|fact| format!("{:?} {} {}", fact.kind, fact.series.metric, fact.series.instance())).collect()
}

#[tokio::test]
async fn the_same_outage_gives_the_same_facts() {
    let mut exporter = Exporter::start(says(40, 0, 0)).await;
    let sources = Sources::start().await;
    let me = owner(1);
    sources.publish(&me, &[target(&exporter, "shop")]);
    sources.scraped(&me, ScrapeState::Up).await;
    let began = Instant::now();
    let mut tick = 0;
    let mut ticking = tokio::time::interval(Duration::from_millis(500));
    while began.elapsed() < Duration::from_secs(STEADY + FAILING) {
        ticking.tick().await;
        tick += 1;
        let failing = u32::try_from(began.elapsed().as_millis().saturating_sub(1_000 * u128::from(STEADY))).unwrap();
        let queue = if failing > 0 { 4_000 } else { 40 };
        exporter.says(says(queue, failing, tick));
    }
    let end = now();
    let mut told = Vec::new();
    for (name, source) in sources.all() {
        let set = gather(source, &me, end, 30).await;
        let facts = facts(&set);
        assert!(facts.iter().any(|fact| fact.contains("app_queue_depth")), "{name}: {facts:?}");
        assert!(facts.iter().any(|fact| fact.contains("http_request_errors_total")), "{name}: {facts:?}");
        told.push((name, facts));
    }
    assert!(told.iter().all(|(_, facts)| *facts == told[0].1), "{told:?}");

    exporter.die().await;
    sources.scraped(&me, ScrapeState::Down).await;
    let mut told = Vec::new();
    for (name, source) in sources.all() {
        let facts = detect::examine(&gather(source, &me, now(), 40).await).facts;
        let down =
            facts.iter().find(|fact| fact.series.metric == "up").map(|fact| (fact.kind.clone(), fact.series.clone()));
        told.push((name, down));
    }
    assert!(told.iter().all(|(_, fact)| fact.is_some() && *fact == told[0].1), "{told:?}");
}
