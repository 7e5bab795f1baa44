//! Sorting. The standard library's is compiled anew, at some 4 kB, for every type it sorts; here it sorts places only.

use std::cmp::Ordering;

/// The things in order; equal ones stay as they stood.
pub(crate) fn sorted<T>(things: Vec<T>, compare: impl Fn(&T, &T) -> Ordering) -> Vec<T> {
    let places = places(things.len(), &|one, other| match (things.get(one), things.get(other)) {
        (Some(one), Some(other)) => compare(one, other),
        _ => Ordering::Equal,
    });
    let mut things: Vec<Option<T>> = things.into_iter().map(Some).collect();
    places.into_iter().filter_map(|place| things.get_mut(place).and_then(Option::take)).collect()
}

fn places(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    places.sort_by(|one, other| compare(*one, *other));
    places
}

/// A set or a map of what comes; `collect` would sort it first.
pub(crate) fn gathered<C: Default + Extend<T>, T>(things: impl IntoIterator<Item = T>) -> C {
    let mut gathered = C::default();
    gathered.extend(things);
    gathered
}

#[cfg(test)]
mod tests {
    use super::sorted;

    #[test]
    fn equal_things_stay_as_they_stood() {
        let words = sorted(vec!["pear", "fig", "apple", "kiwi", "plum"], |a, b| a.len().cmp(&b.len()));
        assert_eq!(words, ["fig", "pear", "kiwi", "plum", "apple"]);
        assert!(sorted(Vec::<u8>::new(), Ord::cmp).is_empty());
    }
}
