//! Counters as per-second rates.

/// Turns a counter's samples into per-second rates, in place.
///
/// A point becomes the increase since the previous sample divided by the time between them. A decrease is a counter reset
/// (Prometheus counts it the same way): what happened around it is unknown, so the point becomes a gap (`NaN`), as does every
/// point without a sample before it. `step_ms` is the grid's step; a step that is not positive makes everything a gap.
pub fn rates(values: &mut [f64], step_ms: i64) {
    #[expect(clippy::cast_precision_loss, reason = "a grid step is far below 2^52 milliseconds")]
    let step = step_ms as f64 / 1_000.0;
    let mut previous: Option<f64> = None;
    let mut gap = 0.0;
    for value in values {
        let sample = *value;
        gap += step;
        *value = f64::NAN;
        if !sample.is_finite() {
            continue;
        }
        if let Some(before) = previous
            && sample >= before
            && gap > 0.0
        {
            *value = (sample - before) / gap;
        }
        previous = Some(sample);
        gap = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rated(samples: &[f64]) -> Vec<Option<f64>> {
        let mut values = samples.to_vec();
        rates(&mut values, 10_000);
        values.into_iter().map(|v| v.is_finite().then_some(v)).collect()
    }

    #[test]
    fn an_increase_is_divided_by_the_time_between_samples() {
        assert_eq!(rated(&[0.0, 10.0, 30.0]), [None, Some(1.0), Some(2.0)]);
    }

    #[test]
    fn a_reset_is_a_gap_and_not_a_spike() {
        assert_eq!(rated(&[1e9, 1e9 + 10.0, 5.0, 15.0]), [None, Some(1.0), None, Some(1.0)]);
    }

    #[test]
    fn a_hole_spreads_the_increase_over_the_time_it_took() {
        assert_eq!(rated(&[0.0, f64::NAN, 40.0]), [None, None, Some(2.0)]);
    }

    #[test]
    fn a_step_of_zero_gives_no_rates() {
        let mut values = [1.0, 2.0];
        rates(&mut values, 0);
        assert!(values.iter().all(|v| v.is_nan()));
    }
}
