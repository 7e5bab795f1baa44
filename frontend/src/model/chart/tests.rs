//! Places, sentences and tables of plots.

use watchkeeper_common::analysis::Unit;

use super::{Plot, Trace};

fn plot(values: &[&[f64]]) -> Plot {
    let traces = values.iter().enumerate();
    Plot {
        title: "load on api-1".to_owned(),
        unit: Unit::Count,
        times: (0..values.first().map_or(0, |one| one.len())).map(|n| n as f64 * 1_000.0).collect(),
        traces: traces
            .map(|(n, values)| Trace { label: format!("cpu {n}"), values: values.to_vec(), band: None })
            .collect(),
        shades: Vec::new(),
    }
}

#[test]
fn the_nearest_place() {
    let plot = plot(&[&[1.0, 2.0, 3.0]]);
    assert_eq!(plot.nearest(-50.0), Some(0));
    assert_eq!(plot.nearest(1_400.0), Some(1));
    assert_eq!(plot.nearest(1_600.0), Some(2));
    assert_eq!(plot.nearest(9_000.0), Some(2));
    assert_eq!(super::tests::plot(&[]).nearest(1.0), None);
}

#[test]
fn what_is_visible_includes_the_neighbours_outside() {
    let plot = plot(&[&[0.0; 10]]);
    assert_eq!(plot.visible((3_000.0, 5_000.0)), 2..7);
    assert_eq!(plot.visible((-9.0, 99_000.0)), 0..10);
    assert_eq!(plot.visible((50_000.0, 60_000.0)), 9..10);
}

#[test]
fn a_sentence_says_what_the_lines_show() {
    let one = plot(&[&[1.0, f64::NAN, 3.0]]);
    assert_eq!(
        one.sentence((0.0, 2_000.0), "10:00", "11:00"),
        "load on api-1, in count: from 10:00 to 11:00 between 1 and 3, last 3."
    );
    let two = plot(&[&[1.0, 2.0], &[5.0, 9.0]]);
    assert_eq!(
        two.sentence((0.0, 2_000.0), "10:00", "11:00"),
        "load on api-1, in count: 2 series, from 10:00 to 11:00 between 1 and 9."
    );
    let none = plot(&[&[f64::NAN, f64::INFINITY]]);
    assert_eq!(none.sentence((0.0, 2_000.0), "10:00", "11:00"), "load on api-1: no samples from 10:00 to 11:00.");
    assert!(none.is_empty());
}

#[test]
fn old_samples_are_stale_only_where_now_is_shown() {
    let mut plot = plot(&[&[1.0, 2.0, f64::NAN]]);
    plot.times = vec![0.0, 15_000.0, 30_000.0];
    assert_eq!(plot.stale((0.0, 200_000.0), 200_000.0), Some(15_000.0));
    assert_eq!(plot.stale((0.0, 60_000.0), 60_000.0), None, "young enough");
    assert_eq!(plot.stale((0.0, 30_000.0), 9e9), None, "the span is long past");
}

#[test]
fn a_table_is_of_bounded_length_and_newest_first() {
    let plot = plot(&[&[0.5; 1_000]]);
    let rows = plot.table((0.0, 1e9));
    assert!(rows.len() <= 60, "{}", rows.len());
    assert_eq!(rows.first(), Some(&999));
    assert_eq!(plot.table((2_000.0, 4_000.0)), vec![4, 3, 2]);
}

#[test]
fn values_that_are_none_are_empty_in_csv() {
    let mut plot = plot(&[&[1.5, f64::NAN], &[f64::INFINITY, -2.0]]);
    plot.traces[1].label = "a \"b\"".to_owned();
    assert_eq!(plot.csv(|at| at.to_string()), "time,\"cpu 0\",\"a \"\"b\"\"\"\n0,1.5,\n1000,,-2");
}
