//! What lines are called: the labels that tell them apart, and places beside them where these can stand.

use std::collections::BTreeMap;

use crate::model::order::sorted;

/// A name for each of several label sets: what all share is left out; where one label tells them apart, its value is enough.
pub(crate) fn distinct(sets: &[&BTreeMap<String, String>]) -> Vec<String> {
    let mut keys: Vec<&String> = Vec::new();
    for key in sets.iter().flat_map(|set| set.keys()) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    let differs = |key: &&String| {
        let mut values = sets.iter().map(|set| set.get(*key));
        let first = values.next().flatten();
        values.any(|value| value != first)
    };
    let telling: Vec<&String> = sorted(keys, Ord::cmp).into_iter().filter(differs).collect();
    let name = |set: &&BTreeMap<String, String>| match telling.as_slice() {
        [] => String::new(),
        [only] => set.get(*only).cloned().unwrap_or_else(|| format!("no {only}")),
        several => {
            let pairs = several.iter().filter_map(|key| set.get(*key).map(|value| format!("{key}={value}")));
            pairs.collect::<Vec<_>>().join(" ")
        }
    };
    sets.iter().map(name).collect()
}

/// Moves heights apart until they are `gap` from one another, within `0..=room`; the order of the answer is the input's.
pub(crate) fn spread(heights: &[f64], gap: f64, room: f64) -> Vec<f64> {
    let mut order = sorted(heights.iter().copied().enumerate().collect(), |a: &(usize, f64), b| a.1.total_cmp(&b.1));
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
    sorted(order, |a, b| a.0.cmp(&b.0)).into_iter().map(|(_, height)| height).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{distinct, spread};

    fn set(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn only_what_differs_is_said() {
        let (a, b) = (set(&[("instance", "x"), ("cpu", "0")]), set(&[("instance", "x"), ("cpu", "1")]));
        assert_eq!(distinct(&[&a, &b]), ["0", "1"]);
        let (c, d) = (set(&[("cpu", "0"), ("mode", "idle")]), set(&[("cpu", "1"), ("mode", "user")]));
        assert_eq!(distinct(&[&c, &d]), ["cpu=0 mode=idle", "cpu=1 mode=user"]);
        assert_eq!(distinct(&[&a]), [""]);
        assert_eq!(distinct(&[&a, &set(&[("instance", "x")])]), ["0", "no cpu"]);
        assert!(distinct(&[]).is_empty());
    }

    #[test]
    fn labels_keep_their_distance_and_stay_inside() {
        assert_eq!(spread(&[10.0, 12.0, 50.0], 16.0, 100.0), [10.0, 26.0, 50.0]);
        assert_eq!(spread(&[99.0, 98.0], 16.0, 100.0), [100.0, 84.0]);
        assert_eq!(spread(&[-5.0], 16.0, 100.0), [0.0]);
    }
}
