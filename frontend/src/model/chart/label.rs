//! Places beside lines where their names can stand.

/// Moves heights apart until they are `gap` from one another, within `0..=room`; the order of the answer is the input's.
pub(crate) fn spread(heights: &[f64], gap: f64, room: f64) -> Vec<f64> {
    let mut order: Vec<(usize, f64)> = heights.iter().copied().enumerate().collect();
    order.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut above = f64::NEG_INFINITY;
    for (_, height) in &mut order {
        *height = height.max(above + gap).max(0.0);
        above = *height;
    }
    let mut below = room + gap;
    for (_, height) in order.iter_mut().rev() {
        *height = height.min(below - gap);
        below = *height;
    }
    order.sort_by_key(|(index, _)| *index);
    order.into_iter().map(|(_, height)| height).collect()
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn labels_keep_their_distance_and_stay_inside() {
        assert_eq!(spread(&[10.0, 12.0, 50.0], 16.0, 100.0), [10.0, 26.0, 50.0]);
        assert_eq!(spread(&[99.0, 98.0], 16.0, 100.0), [100.0, 84.0]);
        assert_eq!(spread(&[-5.0], 16.0, 100.0), [0.0]);
    }
}
