//! Flapping: a state that will not stay, told by how often it changed.

/// Changes within the grid that make a state unsteady.
const MIN_CHANGES: u32 = 4;

/// How steady a 0/1 state was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Steadiness {
    Steady,
    /// It changed, but not often, or not lately.
    Calm,
    Flaps {
        changes: u32,
        /// Grid index of the first change.
        first: usize,
    },
}

/// Counts the changes of a state column; flapping needs [`MIN_CHANGES`], the last of them in the recent quarter of the grid.
pub(crate) fn steadiness(values: &[f64]) -> Steadiness {
    let mut previous: Option<f64> = None;
    let (mut changes, mut first, mut latest) = (0_u32, 0, 0);
    for (index, value) in values.iter().copied().enumerate().filter(|(_, value)| value.is_finite()) {
        if previous.is_some_and(|before| before != value) {
            first = if changes == 0 { index } else { first };
            latest = index;
            changes += 1;
        }
        previous = Some(value);
    }
    match changes {
        0 => Steadiness::Steady,
        MIN_CHANGES.. if latest >= values.len() - values.len() / 4 => Steadiness::Flaps { changes, first },
        _ => Steadiness::Calm,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pattern: &str) -> Steadiness {
        steadiness(&pattern.chars().map(|c| c.to_digit(10).map_or(f64::NAN, f64::from)).collect::<Vec<_>>())
    }

    #[test]
    fn changes_are_counted_over_gaps_and_only_recent_ones_matter() {
        assert_eq!(of("1111 11111"), Steadiness::Steady);
        assert_eq!(of("1111100000"), Steadiness::Calm);
        assert_eq!(of("0101011111111111111111"), Steadiness::Calm);
        assert_eq!(of("11110111011 0"), Steadiness::Flaps { changes: 5, first: 4 });
    }
}
