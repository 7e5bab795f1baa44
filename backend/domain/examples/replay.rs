//! Replays recorded scrapes of one exporter through detection and prints what each batch would have said.
//!
//! `cargo run --release -p watchkeeper-domain --example replay -- DIR [STEP_SECONDS [POINTS [JUDGED]]]`
//!
//! `DIR` holds one exposition a file, named `<unix milliseconds>.prom`. It is the way to measure the rate of false findings on a
//! quiet machine, and to look at what a real failure looks like to the detectors.

#![expect(clippy::print_stdout, reason = "its output is its purpose")]

use std::collections::BTreeMap;
use std::path::Path;

use watchkeeper_domain::cluster::cluster;
use watchkeeper_domain::detect::examine;
use watchkeeper_domain::metric::{Grid, MetricSet, ScrapeHealth, ScrapeState, Series, SeriesId, SeriesKind};
use watchkeeper_domain::series::{describe, family_name, rates};
use watchkeeper_domain::time::{UtcMillis, Window};

type Samples = BTreeMap<SeriesId, f64>;

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let directory = arguments.next().unwrap_or_else(|| ".".to_owned());
    let mut number = |default: i64| arguments.next().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (step_ms, points, judged) = (number(15) * 1_000, number(65), number(5));
    let (scrapes, hints) = read(Path::new(&directory))?;
    let (Some(first), Some(last)) = (scrapes.keys().next(), scrapes.keys().last()) else { return Ok(()) };
    let (mut batches, mut loud, mut examined, mut outside) = (0_u32, 0_u32, 0_u64, 0_u64);
    let mut end = *first + step_ms * points;
    while end <= *last {
        let set = gather(&scrapes, &hints, end, step_ms, points, judged);
        let findings = examine(&set);
        batches += 1;
        loud += u32::from(!findings.facts.is_empty());
        examined += u64::from(findings.series);
        outside += u64::from(findings.outside);
        for (cluster, fact) in cluster(&findings.facts).iter().flat_map(|c| c.fact_ids.iter().map(move |id| (c, id))) {
            let text = findings.facts.iter().find(|f| f.id == *fact).map_or("", |f| f.text.as_str());
            println!("{end} {} {fact}: {text}", cluster.fingerprint);
        }
        end += judged * step_ms;
    }
    println!("{batches} batches, {loud} not quiet; {outside} of {examined} series-judgements outside baseline");
    Ok(())
}

fn read(directory: &Path) -> std::io::Result<(BTreeMap<i64, Samples>, BTreeMap<String, String>)> {
    let mut scrapes = BTreeMap::new();
    let mut hints = BTreeMap::new();
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        let Some(at) = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse().ok()) else {
            continue;
        };
        let text = std::fs::read_to_string(&path)?;
        for line in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
            if let Some((metric, kind)) = line.split_once(' ') {
                hints.insert(metric.to_owned(), kind.to_owned());
            }
        }
        scrapes.insert(at, text.lines().filter(|line| !line.starts_with('#')).filter_map(sample).collect());
    }
    Ok((scrapes, hints))
}

/// `metric{label="value",…} 1.5`; values with escaped quotes are not worth the trouble here.
fn sample(line: &str) -> Option<(SeriesId, f64)> {
    let (name, value) = line.rsplit_once(' ')?;
    let (metric, rest) = name.split_once('{').unwrap_or((name, ""));
    let pairs = rest.trim_end_matches('}').split("\",").filter_map(|pair| pair.split_once("=\""));
    let labels = pairs.map(|(label, value)| (label.to_owned(), value.trim_end_matches('"').to_owned()));
    let labels = labels.chain([("instance".to_owned(), "recorded:9100".to_owned())]).collect();
    Some((SeriesId { metric: metric.to_owned(), labels }, value.parse().ok()?))
}

/// The grid a batch at `end` would have gathered: the newest scrape not older than a step and a half at each point.
fn gather(
    scrapes: &BTreeMap<i64, Samples>,
    hints: &BTreeMap<String, String>,
    end: i64,
    step_ms: i64,
    points: i64,
    judged: i64,
) -> MetricSet {
    let start = end - step_ms * points;
    let len = usize::try_from(points).unwrap_or(0);
    let mut columns: BTreeMap<SeriesId, Vec<f64>> = BTreeMap::new();
    for point in 0..len {
        let at = start + step_ms * i64::try_from(point).unwrap_or(0);
        let newest = scrapes.range(at - step_ms * 3 / 2..=at).next_back();
        for (id, value) in newest.iter().flat_map(|(_, samples)| samples.iter()) {
            let column = columns.entry(id.clone()).or_insert_with(|| vec![f64::NAN; len]);
            if let Some(cell) = column.get_mut(point) {
                *cell = *value;
            }
        }
    }
    let series = columns.into_iter().map(|(id, mut values)| {
        let hint = hints.get(&id.metric).or_else(|| hints.get(family_name(&id.metric)));
        let (kind, unit) = describe(&id.metric, hint.map(String::as_str));
        if kind == SeriesKind::CounterRate {
            rates(&mut values, step_ms);
        }
        Series { id, kind, unit, values }
    });
    let target = ScrapeHealth {
        instance: "recorded:9100".to_owned(),
        name: "recorded".to_owned(),
        state: ScrapeState::Up,
        last_scrape: Some(UtcMillis(end)),
        duration_seconds: None,
        error: None,
    };
    MetricSet {
        grid: Grid { start: UtcMillis(start), step_ms, len },
        window: Window { start: UtcMillis(end - judged * step_ms), end: UtcMillis(end) },
        series: series.collect(),
        targets: vec![target],
        truncated: None,
    }
}
