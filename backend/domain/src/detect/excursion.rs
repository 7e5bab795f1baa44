//! Spike and level shift: a series that left the band its own past draws, and has not come back.
//!
//! The band is median ± k robust standard deviations ([`crate::baseline`]). An excursion is judged only while it lasts, so one wild
//! sample is nothing, and its beginning is looked for back into the baseline: `since` is the onset, not the batch. A series that has
//! wandered out and back before is bursty, and must go well beyond its earlier extremes to be news. One that jumps now and then must
//! also stay away for longer: independent jumps that come with probability p fall on n samples in a row with probability pⁿ.
//!
//! Thousands of series are thousands of chances for noise: k grows with √(2 ln n), the expected maximum of n normal draws.

use super::meaning::Role;
use crate::baseline::{Baseline, Habit, median_of};
use crate::metric::{Series, Unit};

/// Distance from the median, in robust standard deviations, that is news for a single series.
const BASE_K: f64 = 6.0;
/// How far beyond its earlier extremes a bursty series must go.
const BEYOND_EARLIER: f64 = 1.5;
/// Beyond this, its earlier jumps say nothing about the present one.
const INCOMPARABLE: f64 = 3.0;
/// How improbable it must be that jumps as frequent as the earlier ones fall on the whole run.
const CHANCE_RUN: f64 = 1e-5;
/// From this many points on, a settled excursion is a new level.
const SHIFT_POINTS: usize = 6;

/// What the series' own past says about its present.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Judgement {
    Quiet(Quiet),
    /// Left the band and moves still.
    Spike(Excursion),
    /// Left the band and settled on a new level.
    LevelShift(Excursion),
}

/// Why a series is quiet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quiet {
    /// No sample to judge.
    NoSample,
    /// The present lies in the range of the older half of the baseline.
    SeenBefore,
    /// Fewer than ten baseline points: nothing can be said about what is usual.
    LittleHistory,
    WithinBand,
    /// Out of the band for too few samples yet.
    TooShort,
    /// Out of the band by an amount that does not matter.
    Immaterial,
    /// It does so at this time.
    Habitual,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Excursion {
    /// Grid index of the onset.
    pub(crate) start: usize,
    pub(crate) observed: f64,
    pub(crate) peak: f64,
    pub(crate) baseline: Baseline,
    /// The edges of the band, in the series' unit.
    pub(crate) low: f64,
    pub(crate) high: f64,
}

/// How strict to be: by the role of the metric and the number of series judged beside it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Strictness {
    k: f64,
    persistence: usize,
    material: Option<f64>,
    relative: f64,
    falls_too: bool,
}

impl Strictness {
    /// `None` for a role that is never judged by its own values.
    pub(crate) fn of(role: Role, series: usize) -> Option<Self> {
        #[expect(clippy::cast_precision_loss, reason = "a count of series")]
        let crowd = (series as f64 / 100.0).max(1.0);
        let k = BASE_K + (2.0 * crowd.ln()).sqrt();
        match role {
            Role::Ignored => None,
            Role::Context => Some(Self { k, persistence: 3, material: None, relative: 0.3, falls_too: true }),
            Role::Symptom { material } => {
                Some(Self { k, persistence: 2, material: Some(material), relative: 1.0, falls_too: false })
            }
            Role::General => Some(Self { k: k + 2.0, persistence: 3, material: None, relative: 0.5, falls_too: true }),
        }
    }
}

/// The cheap look every series gets: is the last sample outside the range of the older half of its baseline? Most are not.
pub(crate) fn screen(values: &[f64], judged: usize) -> Result<(), Quiet> {
    let current = match values.last() {
        Some(value) if value.is_finite() => *value,
        _ => super::survey::last(values).filter(|(index, _)| *index >= judged).ok_or(Quiet::NoSample)?.1,
    };
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in values.get(..judged / 2).unwrap_or(&[]) {
        // Comparisons with NaN are false, so gaps fall through.
        low = if *value < low { *value } else { low };
        high = if *value > high { *value } else { high };
    }
    if low <= current && current <= high { Err(Quiet::SeenBefore) } else { Ok(()) }
}

/// The full look at a series that did not pass [`screen`].
pub(crate) fn judge(series: &Series, judged: usize, strict: Strictness, habit: Option<Habit>) -> Judgement {
    let values = series.values.as_slice();
    let Some(past) = values.get(..judged) else { return Judgement::Quiet(Quiet::NoSample) };
    let Some(baseline) = Baseline::of(&mut past.to_vec(), series.unit) else {
        return Judgement::Quiet(Quiet::LittleHistory);
    };
    let rises = super::survey::last(values).is_some_and(|(_, value)| value > baseline.median);
    if !rises && !strict.falls_too {
        return Judgement::Quiet(Quiet::WithinBand);
    }
    // From here on, upwards is away from the median.
    let away = |value: f64| if rises { value - baseline.median } else { baseline.median - value };
    let reach = strict.k * baseline.sigma;
    let Some(start) = super::survey::run_start(values, |value| away(value) > reach) else {
        return Judgement::Quiet(Quiet::WithinBand);
    };
    let run: Vec<f64> = values.iter().skip(start).copied().filter(|v| v.is_finite()).collect();
    if run.len() < strict.persistence {
        return Judgement::Quiet(Quiet::TooShort);
    }
    let earlier = past.iter().take(start).copied().filter(|v| v.is_finite()).map(away).fold(0.0, f64::max);
    let observed = run.last().copied().unwrap_or(f64::NAN);
    let least = run.iter().copied().map(away).fold(f64::INFINITY, f64::min);
    if earlier > reach && least < BEYOND_EARLIER * earlier {
        return Judgement::Quiet(Quiet::WithinBand);
    }
    if least < INCOMPARABLE * earlier
        && chance(past.get(..start).unwrap_or(past), &baseline, reach, run.len()) > CHANCE_RUN
    {
        return Judgement::Quiet(Quiet::TooShort);
    }
    let matters = strict.material.is_none_or(|least| observed.abs() >= least);
    if !matters || away(observed) < strict.relative * baseline.median.abs() {
        return Judgement::Quiet(Quiet::Immaterial);
    }
    if habit.is_some_and(|habit| habit.knows(baseline.median, &run, reach)) {
        return Judgement::Quiet(Quiet::Habitual);
    }
    let peak = run.iter().copied().fold(observed, |a, b| if away(b) > away(a) { b } else { a });
    let (low, high) = edges(&baseline, strict, series.unit);
    let excursion = Excursion { start, observed, peak, baseline, low, high };
    if run.len() >= SHIFT_POINTS && settled(&run, away(observed)) {
        Judgement::LevelShift(excursion)
    } else {
        Judgement::Spike(excursion)
    }
}

/// How probable it is that `run` samples in a row are jumps, if those beyond half the band so far came independently.
fn chance(past: &[f64], baseline: &Baseline, reach: f64, run: usize) -> f64 {
    let finite = past.iter().filter(|value| value.is_finite()).count();
    let jumps = past.iter().filter(|value| (*value - baseline.median).abs() > reach / 2.0).count();
    #[expect(clippy::cast_precision_loss, reason = "counts of samples")]
    let share = jumps as f64 / finite.max(1) as f64;
    share.powi(i32::try_from(run).unwrap_or(i32::MAX))
}

/// A new level holds still: its own spread is small beside the step to it.
fn settled(run: &[f64], step: f64) -> bool {
    let centre = median_of(run).unwrap_or(f64::NAN);
    let deviations: Vec<f64> = run.iter().map(|value| (value - centre).abs()).collect();
    median_of(&deviations).is_some_and(|spread| spread <= 0.25 * step)
}

/// The edges of the band; beyond them a value is news.
pub(crate) fn edges(baseline: &Baseline, strict: Strictness, unit: Unit) -> (f64, f64) {
    let reach = strict.k * baseline.sigma;
    (lower_edge(baseline.median - reach, unit, baseline.median), baseline.median + reach)
}

/// What cannot be negative is not expected to be.
fn lower_edge(low: f64, unit: Unit, median: f64) -> f64 {
    if unit != Unit::Celsius && median >= 0.0 { low.max(0.0) } else { low }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::fixture::series;

    fn judged(values: Vec<f64>, role: Role) -> Judgement {
        let judged = values.len() - 5;
        match screen(&values, judged) {
            Err(quiet) => Judgement::Quiet(quiet),
            Ok(()) => judge(&series("queue_depth", "a:1", values), judged, Strictness::of(role, 100).unwrap(), None),
        }
    }

    fn noisy(len: usize) -> Vec<f64> {
        (0..len).map(|i| 100.0 + [0.0, 3.0, -2.0, 1.0, -3.0, 2.0, -1.0][i % 7]).collect()
    }

    #[test]
    fn a_constant_and_a_wobble_are_quiet() {
        assert_eq!(judged(vec![5.0; 65], Role::General), Judgement::Quiet(Quiet::SeenBefore));
        assert_eq!(judged(noisy(65), Role::General), Judgement::Quiet(Quiet::SeenBefore));
    }

    #[test]
    fn one_wild_sample_is_nothing_and_three_are_a_spike_with_their_onset() {
        let mut values = noisy(65);
        values[64] = 900.0;
        assert_eq!(judged(values.clone(), Role::General), Judgement::Quiet(Quiet::TooShort));
        values[62] = 700.0;
        values[63] = 400.0;
        let Judgement::Spike(excursion) = judged(values, Role::General) else { panic!("no spike") };
        assert_eq!((excursion.start, excursion.observed, excursion.peak), (62, 900.0, 900.0));
    }

    #[test]
    fn a_new_level_is_a_shift_also_once_the_baseline_contains_it() {
        let mut values = noisy(65);
        values[45..].fill(400.0);
        let Judgement::LevelShift(excursion) = judged(values, Role::General) else { panic!("no shift") };
        assert_eq!(excursion.start, 45);
    }

    #[test]
    fn a_bursty_series_must_outdo_its_earlier_bursts() {
        let mut values = noisy(65);
        values[40..44].fill(800.0);
        values[62..].fill(900.0);
        assert_eq!(judged(values.clone(), Role::General), Judgement::Quiet(Quiet::WithinBand));
        values[62..].fill(3_000.0);
        assert!(matches!(judged(values, Role::General), Judgement::Spike(_)));
    }

    #[test]
    fn a_series_that_jumps_now_and_then_must_stay_away_for_longer() {
        let mut values = noisy(65);
        for jump in [10, 25, 47] {
            values[jump] = 130.0;
        }
        values[62..].fill(185.0);
        assert_eq!(judged(values.clone(), Role::General), Judgement::Quiet(Quiet::TooShort));
        values[60..].fill(185.0);
        assert!(matches!(judged(values, Role::General), Judgement::Spike(_)));
    }

    #[test]
    fn a_symptom_must_matter_and_its_fall_is_good_news() {
        let mut values = vec![0.0; 65];
        values[62..].fill(2.0);
        assert_eq!(judged(values.clone(), Role::Symptom { material: 5.0 }), Judgement::Quiet(Quiet::WithinBand));
        values[62..].fill(8.0);
        assert!(matches!(judged(values, Role::Symptom { material: 5.0 }), Judgement::Spike(_)));
        let mut falling = noisy(65);
        falling[60..].fill(0.0);
        assert!(matches!(judged(falling, Role::Symptom { material: 0.0 }), Judgement::Quiet(_)));
    }

    #[test]
    fn little_history_is_said_and_not_guessed() {
        let mut values = vec![1.0; 12];
        values[9..].fill(500.0);
        assert_eq!(judged(values, Role::General), Judgement::Quiet(Quiet::LittleHistory));
    }
}
