//! What becomes of an exposition: series, kinds, labels, staleness, charts.

use std::collections::BTreeSet;

use watchkeeper_clients::metrics::{MetricsRequest, RangeRequest};
use watchkeeper_domain::id::{Id, UserId};
use watchkeeper_domain::metric::{Grid, MetricSet, ScrapeState};
use watchkeeper_domain::time::{SECOND, UtcMillis};

use super::exporter::{Answer, Exporter, OPENMETRICS};
use super::world::{Sources, last, named, now, owner, target};
use crate::support::parts::eventually;

fn exposition(requests: u32, queue: f64) -> String {
    format!(
        "# HELP app_requests_total All of them.\n# TYPE app_requests_total counter\n\
         app_requests_total{{code=\"200\"}} {requests}\napp_requests_total{{code=\"500\"}} 7 1395066363000\n\
         # TYPE app_queue_depth gauge\napp_queue_depth {queue}\n\
         # TYPE app_jobs counter\napp_jobs 5\n\
         # TYPE app_wait_seconds histogram\n\
         app_wait_seconds_bucket{{le=\"0.1\"}} 1\napp_wait_seconds_bucket{{le=\"+Inf\"}} 3\n\
         app_wait_seconds_sum 1.5\napp_wait_seconds_count 3\n\
         app_odd NaN\napp_odd_too +Inf\n\
         app_text{{value=\"a \\\\ \\\" \\n ü\"}} 1\n"
    )
}

/// Metric, labels, kind and unit of every series.
fn seen(set: &MetricSet) -> BTreeSet<String> {
    set.series.iter().map(|series| format!("{:?} {:?} {:?}", series.id, series.kind, series.unit)).collect()
}

fn settled(set: &MetricSet) -> Result<(), String> {
    let rates = named(set, "app_requests_total");
    let enough = rates.iter().any(|series| series.values.iter().filter(|value| value.is_finite()).count() >= 4);
    if enough { Ok(()) } else { Err(format!("{} series", set.series.len())) }
}

/// Both see the same series, and the values that do not depend on the instant.
async fn agree(sources: &Sources, owner: &UserId) -> Vec<(&'static str, MetricSet)> {
    let sets = sources.gathered(owner, settled).await;
    for (name, set) in &sets {
        assert_eq!(seen(set), seen(&sets[0].1), "{name}");
        assert_eq!((last(set, "up"), last(set, "app_queue_depth")), (1.0, 2.5), "{name}");
        assert!(last(set, "app_odd").is_nan() && last(set, "app_odd_too").is_nan(), "{name}");
        assert_eq!(last(set, "app_jobs"), 0.0, "{name}: by its type it is a counter");
        assert_eq!(named(set, "app_text")[0].id.labels["value"], "a \\ \" \n ü", "{name}");
        assert_eq!(named(set, "app_queue_depth")[0].id.labels["env"], "test", "{name}");
    }
    sets
}

#[tokio::test]
async fn text_gzip_and_openmetrics_give_the_same_series() {
    let exporter = Exporter::start(Answer::text(exposition(1, 2.5))).await;
    let sources = Sources::start().await;
    let me = owner(1);
    sources.publish(&me, &[target(&exporter, "web")]);
    agree(&sources, &me).await;
    exporter.says(Answer { gzip: true, ..Answer::text(exposition(2, 2.5)) });
    agree(&sources, &me).await;
    let open = exposition(3, 2.5)
        .replace("# HELP app_requests_total", "# HELP app_requests")
        .replace("# TYPE app_requests_total", "# TYPE app_requests")
        .replace(" 7 1395066363000", " 7 1395066363.000 # {trace_id=\"x\"} 1 1395066363");
    let open = Answer { content_type: OPENMETRICS, gzip: true, ..Answer::text(format!("{open}# EOF\n")) };
    exporter.says(open);
    agree(&sources, &me).await;
    sources.scraped(&me, ScrapeState::Up).await;
    for (name, source) in sources.all() {
        assert!(source.health(owner(2).as_str(), now()).await.unwrap().is_empty(), "{name}");
        let nothing = super::world::gather(source, &owner(2), now(), 10).await;
        assert!(nothing.series.is_empty() && nothing.targets.is_empty(), "{name}");
    }
}

#[tokio::test]
async fn a_reset_is_a_gap_and_what_vanishes_ends_at_once() {
    let exporter = Exporter::start(Answer::text(exposition(1_000, 2.5))).await;
    let sources = Sources::start().await;
    let me = owner(1);
    sources.publish(&me, &[target(&exporter, "web")]);
    sources.gathered(&me, settled).await;
    exporter.says(Answer::text(exposition(10, 2.5)));
    let was_reset = |set: &MetricSet| {
        let all = named(set, "app_requests_total");
        let series = all.iter().find(|series| series.id.labels["code"] == "200").ok_or("it is not there")?;
        let Some(gap) = series.values.iter().rposition(|value| !value.is_finite()) else {
            return Err("no gap".to_owned());
        };
        let around = series.values[..gap].iter().any(|v| v.is_finite()) && gap + 1 < series.values.len();
        let never_negative = series.values.iter().all(|value| !value.is_finite() || *value >= 0.0);
        if around && never_negative { Ok(()) } else { Err(format!("{:?}", series.values)) }
    };
    sources.gathered(&me, was_reset).await;

    exporter.says(Answer::text("app_requests_total{code=\"200\"} 10\n"));
    let is_gone = |set: &MetricSet| {
        let (gone, here) = (last(set, "app_queue_depth"), last(set, "app_requests_total"));
        if gone.is_nan() && here.is_finite() { Ok(()) } else { Err(format!("{gone} {here}")) }
    };
    sources.gathered(&me, is_gone).await;

    sources.publish(&me, &[]);
    let all_ended = |set: &MetricSet| {
        let alive = set.series.iter().filter(|series| series.values.last().is_some_and(|v| v.is_finite())).count();
        if alive == 0 && set.targets.is_empty() { Ok(()) } else { Err(format!("{alive} {:?}", set.targets)) }
    };
    sources.gathered(&me, all_ended).await;
}

#[tokio::test]
async fn clashing_labels_step_aside_and_no_owner_can_be_claimed() {
    let victim = owner(0x900d);
    let planted = format!(
        "clash{{job=\"theirs\",instance=\"theirs\",name=\"n\",env=\"e\",exported_env=\"x\"}} 1\n\
         spoof{{user_id=\"{victim}\",exported_user_id=\"{victim}\"}} 2\nup{{user_id=\"{victim}\"}} 0\n\
         scrape_samples_scraped 9\nempty{{a=\"\"}} 1\napp_requests_total{{code=\"200\"}} 1\n"
    );
    let exporter = Exporter::start(Answer::text(planted)).await;
    let sources = Sources::start().await;
    let me = owner(1);
    sources.publish(&me, &[target(&exporter, "web")]);
    let sets = sources.gathered(&me, settled).await;
    for (name, set) in &sets {
        assert_eq!(seen(set), seen(&sets[0].1), "{name}");
        let clash = &named(set, "clash")[0].id.labels;
        assert_eq!((clash["job"].as_str(), clash["exported_job"].as_str()), ("dynamic-targets", "theirs"), "{name}");
        assert!(set.series.iter().all(|one| one.id.labels.keys().all(|key| !key.contains("user_id"))), "{name}");
        assert_eq!((named(set, "up").len(), last(set, "up")), (1, 1.0), "{name}");
    }
    for (name, source) in sources.all() {
        assert!(super::world::gather(source, &victim, now(), 10).await.series.is_empty(), "{name}");
    }
}

#[tokio::test]
async fn charts_of_both_agree() {
    let exporter = Exporter::start(Answer::text(exposition(1, 2.5))).await;
    let sources = Sources::start().await;
    let me = owner(1);
    sources.publish(&me, &[target(&exporter, "web")]);
    sources.gathered(&me, settled).await;
    let user_id = me.as_str().to_owned();
    let mut seen = Vec::new();
    for (name, source) in sources.all() {
        let [instance] = source.instances(&user_id, now()).await.unwrap().try_into().unwrap();
        assert!(instance.last_sample_at.is_some_and(|at| now().since(at) < 5 * SECOND), "{name}: {instance:?}");
        let asked = MetricsRequest {
            user_id: user_id.clone(),
            instance: Some(instance.instance.clone()),
            search: "APP_".to_owned(),
            limit: 4,
            now: now(),
        };
        let metrics = source.metrics(&asked).await.unwrap();
        assert_eq!((metrics.items.len(), metrics.truncated), (4, true), "{name}");
        let elsewhere = MetricsRequest { instance: Some("elsewhere:1\"}".to_owned()), ..asked };
        assert!(source.metrics(&elsewhere).await.unwrap().items.is_empty(), "{name}");
        let place = now().0 / SECOND * SECOND - 4 * SECOND;
        let range = RangeRequest {
            user_id: user_id.clone(),
            metric: "app_requests_total".to_owned(),
            instance: None,
            grid: Grid { start: UtcMillis(place), step_ms: SECOND, len: 5 },
            max_series: 50,
        };
        let both = eventually(name, || async {
            let set = source.range(&range).await.unwrap();
            if set.series.len() == 2 { Ok(set) } else { Err(format!("{set:?}")) }
        });
        let both = both.await;
        assert!(
            both.series.iter().all(|series| series.values.len() == 5 && series.values[4] == 0.0),
            "{name}: {both:?}"
        );
        let one = source.range(&RangeRequest { max_series: 1, ..range.clone() }).await.unwrap();
        assert_eq!((one.series.len(), one.truncated), (1, true), "{name}");
        let none = source.range(&RangeRequest { metric: "no_such\"}".to_owned(), ..range }).await.unwrap();
        assert_eq!((none.series.len(), none.truncated), (0, false), "{name}");
        seen.push((instance.instance, instance.name, instance.series, metrics));
    }
    assert!(seen.iter().all(|one| *one == seen[0]), "{seen:?}");
}
