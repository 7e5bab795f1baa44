//! Scrapes that fail: the same target is down for the same reason, its series end, and it comes back.

use std::time::Duration;

use watchkeeper_domain::detect;
use watchkeeper_domain::id::Id;
use watchkeeper_domain::metric::{MetricSet, ScrapeState};

use super::exporter::{Answer, Exporter, OPENMETRICS};
use super::world::{Sources, last, named, now, owner, target};
use crate::support::parts::eventually;

const GOOD: &str = "app_queue_depth 1\n";

fn good() -> Answer {
    Answer::text(GOOD)
}

/// Answers that are no exposition, and words that both sources' errors hold; where they do not share one, either.
fn bad() -> Vec<(&'static str, Answer)> {
    let many: String = (0..20_001).map(|n| format!("m{n} 1\n")).collect();
    let labels: String = (0..64).map(|n| format!("l{n}=\"x\",")).collect();
    vec![
        ("HTTP status 500", Answer { status: "500 Internal Server Error", ..good() }),
        ("HTTP status 404", Answer { status: "404 Not Found", ..good() }),
        ("expected|start token", Answer::text("<html>hello</html>\n")),
        ("pars", Answer::text("good 1\nbad one\n")),
        // Some versions of Prometheus let a series live on that stood before the mistake.
        ("EOF", Answer { content_type: OPENMETRICS, ..Answer::text("other 1\n") }),
        ("deadline exceeded", Answer { delay: Duration::from_secs(5), ..good() }),
        ("sample limit exceeded", Answer::text(many)),
        ("label_limit", Answer::text(format!("m{{{labels}}} 1\n"))),
        ("body size limit exceeded", Answer::text(vec![b'\n'; 11_000_000])),
    ]
}

fn ended(set: &MetricSet) -> Result<(), String> {
    let (up, gone) = (last(set, "up"), last(set, "app_queue_depth"));
    if up == 0.0 && gone.is_nan() { Ok(()) } else { Err(format!("up {up}, queue {gone}")) }
}

fn back(set: &MetricSet) -> Result<(), String> {
    let (up, here) = (last(set, "up"), last(set, "app_queue_depth"));
    if up == 1.0 && here == 1.0 { Ok(()) } else { Err(format!("up {up}, queue {here}")) }
}

/// Down everywhere, with such an error, and told as the same fact.
async fn fails_alike(sources: &Sources, words: &str) {
    let me = owner(1);
    for (name, source) in sources.all() {
        // Prometheus' list of targets may be some seconds old.
        eventually(name, || async {
            let health = source.health(me.as_str(), now()).await.unwrap().pop().ok_or("no target")?;
            let told = health.error.as_deref().is_some_and(|error| words.split('|').any(|word| error.contains(word)));
            let whole = health.last_scrape.is_some() && health.duration_seconds.is_some();
            let failed = health.state == ScrapeState::Down && told && whole;
            if failed { Ok(()) } else { Err(format!("{health:?} does not say {words:?}")) }
        })
        .await;
    }
    let mut told = Vec::new();
    for (name, set) in sources.gathered(&me, ended).await {
        let facts = detect::examine(&set).facts;
        let down =
            facts.iter().find(|fact| fact.series.metric == "up").map(|fact| (fact.kind.clone(), fact.series.clone()));
        told.push((name, down.unwrap_or_else(|| panic!("{name}: {facts:?}"))));
    }
    assert!(told.iter().all(|(_, fact)| *fact == told[0].1), "{told:?}");
}

#[tokio::test]
async fn every_failure_is_the_same_failure_on_both() {
    let mut exporter = Exporter::start(good()).await;
    let sources = Sources::start().await;
    let me = owner(1);
    sources.publish(&me, &[target(&exporter, "web")]);
    sources.gathered(&me, back).await;
    exporter.die().await;
    fails_alike(&sources, "refused").await;
    exporter.come_back().await;
    for (words, answer) in bad() {
        exporter.says(good());
        sources.gathered(&me, back).await;
        exporter.says(answer);
        fails_alike(&sources, words).await;
    }
    exporter.says(good());
    sources.scraped(&me, ScrapeState::Up).await;
    for (name, set) in sources.gathered(&me, back).await {
        assert_eq!(named(&set, "app_queue_depth").len(), 1, "{name}: it is the same series again");
    }
}
