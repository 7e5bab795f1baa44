//! Series checked per CPU-second: examines a synthetic mix of half a million series a few times and prints what one CPU did. Then the
//! tokens of a prompt about five of those hosts, beside sending a model every metric of the window as text.
//!
//! `cargo run --release -p watchkeeper-domain --example series_bench`
//!
//! The mix is what exporters send: much that never changes, noisy gauges and rates, bookkeeping to be ignored, and one series in a
//! thousand that is truly outside. CPU time is read from `/proc/self/stat`, so a busy machine does not falsify it.

#![expect(clippy::print_stdout, reason = "its output is its purpose")]

use std::collections::BTreeMap;

use watchkeeper_domain::detect::examine;
use watchkeeper_domain::metric::{Grid, MetricSet, Series, SeriesId};
use watchkeeper_domain::prompt::{full_text_tokens, pack};
use watchkeeper_domain::series::describe;
use watchkeeper_domain::time::{MINUTE, UtcMillis, Window};

const SERIES: u32 = 500_000;
const PER_HOST: u32 = 500;
/// Targets of a usual tenant, for the tokens of a prompt.
const TARGETS: u32 = 5;
/// The server's own.
const PROMPT_BUDGET: u32 = 6_000;
const POINTS: u16 = 65;
const JUDGED: i64 = 5;
const ROUNDS: u32 = 4;
/// Kernel ticks a second, as `/proc` counts them on every Linux this runs on.
const TICKS: f64 = 100.0;

fn main() {
    let set = mix(SERIES);
    let before = cpu_seconds();
    let outside: u32 = (0..ROUNDS).map(|_| examine(&set).outside).sum();
    let spent = cpu_seconds() - before;
    let looked_at = f64::from(SERIES * ROUNDS);
    println!("series examined:        {looked_at} ({} points each, {} outside)", POINTS, outside / ROUNDS);
    println!("CPU seconds:            {spent:.2}");
    println!("series per CPU-second:  {:.0}", looked_at / spent);
    println!("a million series takes: {:.2} CPU-seconds", spent / looked_at * 1e6);
    let set = mix(TARGETS * PER_HOST);
    let (prompt, everything) = (prompt_tokens(&set), full_text_tokens(&set));
    let ratio = f64::from(everything) / f64::from(prompt);
    println!(
        "prompt tokens:          {prompt} for {TARGETS} targets, {everything} with every metric as text (1/{ratio:.0})"
    );
}

/// What a model is told of a batch that has findings; one that has none costs nothing.
fn prompt_tokens(set: &MetricSet) -> u32 {
    let findings = examine(set);
    pack(&findings.facts, &set.targets, &[], PROMPT_BUDGET).tokens
}

fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the command's closing parenthesis: state is field 3, utime and stime are fields 14 and 15.
    let after = stat.rsplit(')').next().unwrap_or_default();
    after.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / TICKS
}

fn mix(series: u32) -> MetricSet {
    let grid = Grid { start: UtcMillis(1_795_244_400_000), step_ms: MINUTE, len: usize::from(POINTS) };
    let end = grid.at(grid.len);
    let mut noise = Noise(42);
    let series = (0..series).map(|index| one(index, &mut noise)).collect();
    MetricSet {
        grid,
        window: Window { start: end - JUDGED * MINUTE, end },
        series,
        targets: Vec::new(),
        truncated: None,
    }
}

fn one(index: u32, noise: &mut Noise) -> Series {
    let (metric, level, wobble) = match index % PER_HOST {
        0..150 => ("node_network_mtu_bytes", 1500.0, 0.0),
        150..230 => ("go_memstats_alloc_bytes", 4e6, 1e6),
        230..330 => ("node_cpu_seconds_total", 0.1, 0.05),
        330..430 => ("node_memory_Active_bytes", 3e9, 2e7),
        430..470 => ("app_queue_depth", 40.0, 8.0),
        _ => ("http_requests_handled_total", 120.0, 15.0),
    };
    let broken = index % 1_000 == 999;
    let values = (0..POINTS).map(|point| {
        let lift = if broken && point + 4 > POINTS { 50.0 * level } else { 0.0 };
        level + wobble * noise.next() + lift
    });
    let (kind, unit) = describe(metric, None);
    let labels = BTreeMap::from([
        ("instance".to_owned(), format!("host-{}:9100", index / PER_HOST)),
        ("job".to_owned(), "dynamic-targets".to_owned()),
        ("name".to_owned(), format!("part-{}", index % PER_HOST)),
    ]);
    Series { id: SeriesId { metric: metric.to_owned(), labels }, kind, unit, values: values.collect() }
}

/// Roughly normal noise from a fixed seed (xorshift; sum of four uniform draws).
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        (0..4).map(|_| self.uniform()).sum::<f64>() - 2.0
    }

    #[expect(clippy::cast_precision_loss, reason = "53 bits fit a double exactly")]
    fn uniform(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}
