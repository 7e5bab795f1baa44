//! How many tokens a text will cost, without any provider's tokenizer.
//!
//! The approximation: a run of letters costs one token per started four, a run of digits one per started three, every
//! other printing character one; blanks ride along with the word after them and line breaks cost one. Characters beyond ASCII cost
//! one each. It errs upwards for prose and metrics text alike, so a budget kept by it is kept.

use crate::metric::MetricSet;

const LETTERS_PER_TOKEN: u32 = 4;
const DIGITS_PER_TOKEN: u32 = 3;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Letters,
    Digits,
    Blank,
    Single,
}

fn class(c: char) -> Class {
    match c {
        'a'..='z' | 'A'..='Z' => Class::Letters,
        '0'..='9' => Class::Digits,
        ' ' | '\t' => Class::Blank,
        _ => Class::Single,
    }
}

/// Estimated tokens of a text.
#[must_use]
pub fn estimate(text: &str) -> u32 {
    let mut total = 0_u32;
    let mut run = (Class::Blank, 0_u32);
    for c in text.chars() {
        let class = class(c);
        if class == run.0 {
            run.1 += 1;
        } else {
            total = total.saturating_add(cost(run));
            run = (class, 1);
        }
    }
    total.saturating_add(cost(run))
}

/// Estimated tokens of a line with its line break. Lines add up: a text costs at most the sum of its lines.
pub(super) fn line(text: &str) -> u32 {
    estimate(text).saturating_add(1)
}

fn cost((class, length): (Class, u32)) -> u32 {
    match class {
        Class::Letters => length.div_ceil(LETTERS_PER_TOKEN),
        Class::Digits => length.div_ceil(DIGITS_PER_TOKEN),
        Class::Blank => 0,
        Class::Single => length,
    }
}

/// What sending every sample of the window as text (`metric{labels} v v v …`) would cost: the yardstick the packed prompt is
/// held against.
#[must_use]
pub fn full_text_tokens(set: &MetricSet) -> u32 {
    let first = (0..set.grid.len).find(|i| set.grid.at(*i) >= set.window.start).unwrap_or(set.grid.len);
    let mut total = 0_u32;
    for series in &set.series {
        // Braces, and per label `="",`.
        let labels = series.id.labels.iter().map(|(name, value)| estimate(name) + estimate(value) + 4).sum::<u32>();
        let values = series.values.get(first..).unwrap_or_default().iter().map(|value| sample(*value)).sum::<u32>();
        total = total.saturating_add(estimate(&series.id.metric) + 3 + labels).saturating_add(values);
    }
    total
}

/// Tokens of one number: its whole digits, and a point with up to three digits when it has a fraction.
fn sample(value: f64) -> u32 {
    if !value.is_finite() {
        return 0;
    }
    let fraction = if value.fract() == 0.0 { 0 } else { 2 };
    let mut whole = 1;
    let mut rest = value.abs() / 1e3;
    while rest >= 1.0 && whole < 7 {
        whole += 1;
        rest /= 1e3;
    }
    whole + fraction
}
