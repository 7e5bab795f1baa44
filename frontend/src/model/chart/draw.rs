//! The picture of a plot, as SVG text: numbers and fixed words only, nothing of anybody's making.

use std::fmt::Write as _;

use watchkeeper_common::analysis::Unit;

use super::scale::{Scale, range};
use super::ticks::{self, ValueAxis};
use super::{LABELLED, Plot, Span};

/// The view box; it is stretched to whatever the chart's size is.
pub(crate) const WIDTH: f64 = 1000.0;
pub(crate) const HEIGHT: f64 = 100.0;
/// Ribbons under one another before they begin anew.
const RIBBONS: usize = 4;

/// How a span of a plot lies on the screen.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Layout {
    pub(crate) x: Scale,
    pub(crate) y: Scale,
    pub(crate) axis: ValueAxis,
}

impl Layout {
    pub(crate) fn of(plot: &Plot, span: Span) -> Self {
        let bands = plot.traces.iter().filter_map(|trace| trace.band).filter(|_| plot.traces.len() == 1);
        let seen = plot.values(span).chain(bands.flat_map(|(low, high)| [low, high]));
        let values = range(seen, plot.unit);
        Self {
            x: Scale::new(span, (0.0, WIDTH)),
            y: Scale::new(values, (HEIGHT - 1.0, 1.0)),
            axis: ticks::values(values, plot.unit),
        }
    }

    /// A place on the time axis in per cent of its length.
    pub(crate) fn left(&self, at: f64) -> f64 {
        self.x.at(at) / WIDTH * 100.0
    }

    /// A value's place in per cent of the height.
    pub(crate) fn top(&self, value: f64) -> f64 {
        self.y.at(value) / HEIGHT * 100.0
    }
}

/// The band of a single line, shades, grid and lines, in this order from behind.
pub(crate) fn picture(plot: &Plot, span: Span, layout: &Layout) -> String {
    let mut svg = String::new();
    if let [only] = plot.traces.as_slice() {
        svg.push_str(&band(only.band, layout));
    }
    for (index, shade) in plot.shades.iter().enumerate() {
        let (from, to) = (layout.x.at(shade.span.0), layout.x.at(shade.span.1));
        let width = (to - from).max(2.0);
        // A ribbon each, so that those that overlap are told apart; behind the lines only a breath of it.
        let (tone, top) = (shade.tone, index % RIBBONS * 4);
        push(
            &mut svg,
            format_args!(
                r#"<g class="tone-{tone}"><rect class="window" x="{from:.1}" width="{width:.1}" y="0" height="{HEIGHT}"/>"#
            ),
        );
        push(
            &mut svg,
            format_args!(r#"<rect class="ribbon" x="{from:.1}" width="{width:.1}" y="{top}" height="3"/></g>"#),
        );
    }
    for (value, _) in &layout.axis.ticks {
        let y = layout.y.at(*value);
        push(&mut svg, format_args!(r#"<path class="grid" d="M0 {y:.1}H{WIDTH}"/>"#));
    }
    for (index, class) in (0..plot.traces.len()).map(|index| (index, line_class(index, plot.traces.len()))) {
        push(&mut svg, format_args!(r#"<path class="line {class}" d="{}"/>"#, path(plot, index, span, layout)));
    }
    svg
}

/// One line again, with its band, over the others.
pub(crate) fn lit(plot: &Plot, index: usize, span: Span, layout: &Layout) -> String {
    let behind = plot.traces.get(index).map(|trace| band(trace.band, layout)).unwrap_or_default();
    format!(r#"{behind}<path class="line lit-line" d="{}"/>"#, path(plot, index, span, layout))
}

/// How a line is told from others: by colour and dashes up to five, by the legend beyond.
pub(crate) fn line_class(index: usize, of: usize) -> &'static str {
    match (of, index) {
        (0 | 1, _) => "only",
        (2..=LABELLED, 0) => "trace-1",
        (2..=LABELLED, 1) => "trace-2",
        (2..=LABELLED, 2) => "trace-3",
        (2..=LABELLED, 3) => "trace-4",
        (2..=LABELLED, _) => "trace-5",
        _ => "many",
    }
}

fn band(band: Option<(f64, f64)>, layout: &Layout) -> String {
    let Some((low, high)) = band else { return String::new() };
    let (top, bottom) = (layout.y.at(high), layout.y.at(low));
    format!(r#"<rect class="band" x="0" width="{WIDTH}" y="{top:.2}" height="{:.2}"/>"#, (bottom - top).max(1.5))
}

/// A path through the samples; a gap in the data is a gap in the line, and a lone sample a dot.
fn path(plot: &Plot, index: usize, span: Span, layout: &Layout) -> String {
    let seen = plot.visible(span);
    let Some(trace) = plot.traces.get(index) else { return String::new() };
    let values = trace.values.get(seen.clone()).unwrap_or_default();
    let times = plot.times.get(seen).unwrap_or_default();
    let mut path = String::with_capacity(values.len() * 12);
    let (mut drawing, mut alone) = (false, false);
    for (at, value) in times.iter().zip(values) {
        if value.is_finite() {
            let verb = if drawing { 'L' } else { 'M' };
            push(&mut path, format_args!("{verb}{:.1} {:.2}", layout.x.at(*at), layout.y.at(*value)));
            alone = !drawing;
            drawing = true;
        } else {
            if alone {
                path.push_str("h0.01");
            }
            (drawing, alone) = (false, false);
        }
    }
    if alone {
        path.push_str("h0.01");
    }
    path
}

/// A line without axes, for where it stands among words.
pub(crate) fn sparkline(values: &[f64]) -> String {
    let last = values.len().saturating_sub(1).max(1) as f64;
    let x = Scale::new((0.0, last), (0.0, WIDTH));
    let y = Scale::new(range(values.iter().copied(), Unit::Count), (HEIGHT - 4.0, 4.0));
    let mut path = String::new();
    let mut drawing = false;
    for (place, value) in values.iter().enumerate() {
        if value.is_finite() {
            let verb = if drawing { 'L' } else { 'M' };
            push(&mut path, format_args!("{verb}{:.1} {:.1}", x.at(place as f64), y.at(*value)));
        }
        drawing = value.is_finite();
    }
    path
}

fn push(text: &mut String, part: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    text.write_fmt(part).unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::chart::{Shade, Trace};

    fn plot(lines: &[&[f64]]) -> Plot {
        let trace = |values: &&[f64]| Trace { label: "a".to_owned(), values: values.to_vec(), band: None };
        Plot {
            title: "x".to_owned(),
            unit: Unit::Count,
            times: vec![0.0, 1.0, 2.0, 3.0, 4.0],
            traces: lines.iter().map(trace).collect(),
            shades: Vec::new(),
        }
    }

    fn drawn(plot: &Plot) -> String {
        let span = (0.0, 4.0);
        picture(plot, span, &Layout::of(plot, span))
    }

    #[test]
    fn gaps_stay_gaps_and_a_lone_sample_is_a_dot() {
        let plot = plot(&[&[0.0, 1.0, f64::NAN, 0.5, f64::NAN]]);
        let layout = Layout::of(&plot, (0.0, 4.0));
        let path = path(&plot, 0, (0.0, 4.0), &layout);
        assert_eq!(path.matches('M').count(), 2, "{path}");
        assert!(path.starts_with("M0.0 99.00L250.0 ") && path.ends_with("h0.01"), "{path}");
    }

    #[test]
    fn nothing_but_numbers_is_drawn() {
        let mut plot = plot(&[&[f64::INFINITY, f64::MAX, -f64::MAX, f64::NAN, 1.0]]);
        plot.traces[0].label = "<script>".to_owned();
        plot.shades = vec![Shade { span: (1.0, 2.0), tone: "high", label: "<script>".to_owned() }];
        let svg = drawn(&plot);
        assert!(!svg.contains("script") && !svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        assert!(svg.contains(r#"class="tone-high"><rect class="window" x="250.0" width="250.0""#), "{svg}");
    }

    #[test]
    fn a_band_stands_behind_a_single_line_only() {
        let mut plot = plot(&[&[1.0; 5], &[2.0; 5]]);
        plot.traces[0].band = Some((0.5, 1.5));
        assert!(!drawn(&plot).contains("band"));
        assert!(lit(&plot, 0, (0.0, 4.0), &Layout::of(&plot, (0.0, 4.0))).contains("band"));
        plot.traces.truncate(1);
        assert!(drawn(&plot).contains("band"));
    }

    #[test]
    fn fifty_lines_of_a_thousand_samples_are_a_bounded_picture() {
        let values: Vec<f64> = (0..1_000).map(|n| f64::from(n % 97)).collect();
        let lines: Vec<&[f64]> = (0..50).map(|_| values.as_slice()).collect();
        let plot = Plot { times: (0..1_000).map(f64::from).collect(), ..plot(&lines) };
        let span = (0.0, 999.0);
        let svg = picture(&plot, span, &Layout::of(&plot, span));
        assert!(svg.len() < 1_000_000, "{} bytes", svg.len());
        assert_eq!(svg.matches("line many").count(), 50);
    }

    #[test]
    fn a_sparkline_has_gaps_too() {
        assert_eq!(sparkline(&[0.0, 1.0, f64::NAN, 1.0]).matches('M').count(), 2);
        assert_eq!(sparkline(&[]), "");
    }
}
